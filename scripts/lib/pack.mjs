/** The package as npm would publish it. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./exec.mjs";

/** Packs it into `folder`; resolves to the tarball's path. It needs `dist/`. */
export async function packInto(folder) {
  mkdirSync(folder, { recursive: true });
  const output = await run("npm-pack", ["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder]);
  return join(folder, JSON.parse(output)[0].filename);
}

/** Unpacks a tarball as the package is installed: `folder` is then its folder in `node_modules`. */
export async function installFrom(tarball, folder) {
  mkdirSync(folder, { recursive: true });
  await run("untar", ["tar", "-xzf", tarball, "-C", folder, "--strip-components=1"]);
}
