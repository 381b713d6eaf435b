/** The packages of package-lock.json in `node_modules/`. */

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { run } from "../lib/exec.mjs";
import { inRoot } from "../lib/paths.mjs";
import { step } from "../lib/step.mjs";

// Inside the folder: it goes when the folder goes, and `npm ci` removes it first.
const stamp = inRoot("node_modules", ".installed-from");

/** Some packages hold programs for one platform, so a folder taken to another machine is not what it was. */
const wanted = () => {
  const lock = createHash("sha256")
    .update(readFileSync(inRoot("package-lock.json")))
    .digest("hex");
  return `${lock} ${process.platform}-${process.arch}\n`;
};

/** Whether the packages are what the lock file says. */
export function hasPackages() {
  try {
    return readFileSync(stamp, "utf8") === wanted();
  } catch {
    return false;
  }
}

/** Installs them. */
export const installPackages = () =>
  step("npm packages", async () => {
    const lock = wanted();
    await run("npm-packages", ["npm", "ci", "--include=dev"]);
    writeFileSync(stamp, lock);
  });
