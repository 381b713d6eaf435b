/** The packages of package-lock.json in `node_modules/`. */

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../lib/exec.mjs";
import { locked } from "../lib/lock.mjs";
import { inRoot, inTools } from "../lib/paths.mjs";
import { step } from "../lib/step.mjs";

// Inside the folder: it goes when the folder goes, and `npm ci` removes it first.
const stampIn = (folder) => join(folder, "node_modules", ".installed-from");

/** Some packages hold programs for one platform, so a folder taken to another machine is not what it was. */
const wanted = (folder) => {
  const lock = createHash("sha256")
    .update(readFileSync(join(folder, "package-lock.json")))
    .digest("hex");
  return `${lock} ${process.platform}-${process.arch}\n`;
};

/** Whether the packages are what the lock file says. */
export function hasPackages(folder = inRoot()) {
  try {
    return readFileSync(stampIn(folder), "utf8") === wanted(folder);
  } catch {
    return false;
  }
}

/** Installs them. */
export const installPackages = (title = "npm packages", folder = inRoot(), flags = ["--include=dev"]) =>
  step(title, async () => {
    const lock = wanted(folder);
    await run(title.replaceAll(" ", "-"), ["npm", "ci", ...flags], { cwd: folder });
    writeFileSync(stampIn(folder), lock);
  });

/**
 * Packages that only one kind of test needs: of the manifest in `source`, without their install scripts, in
 * `.tools/<name>`. Resolves to that folder.
 */
export const needPackagesOf = (source, name) =>
  locked(async () => {
    const folder = inTools(name);
    mkdirSync(folder, { recursive: true });
    for (const file of ["package.json", "package-lock.json"]) cpSync(inRoot(source, file), join(folder, file));
    if (!hasPackages(folder)) await installPackages(`npm packages: ${name}`, folder, ["--ignore-scripts"]);
    return folder;
  });
