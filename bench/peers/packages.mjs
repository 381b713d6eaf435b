/** The packages of peers, in `.tools/peers`. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { needPackagesOf } from "../../scripts/setup/npm.mjs";

let installed;

/** Installs all of them once; resolves to what is needed to load one. */
export async function packages() {
  installed ??= needPackagesOf("bench/peers", "peers");
  const folder = await installed;
  const file = (...parts) => join(folder, "node_modules", ...parts);
  return {
    file,
    loadCommon: createRequire(file("peers.cjs")),
    load: (path) => import(pathToFileURL(file(path)).href),
    version: (name) => JSON.parse(readFileSync(file(name, "package.json"), "utf8")).version,
  };
}
