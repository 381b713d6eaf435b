/**
 * Knows whether a product is up to date: by the content of what it was made from, and of what was made.
 *
 * Content and not time: a fresh clone, a switched branch and a restored file all have new times. The stamp is written
 * last, so a build that was interrupted is not up to date.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { inRoot, inTools, root, unfinished } from "./paths.mjs";

function* filesIn(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) yield path;
  else for (const name of readdirSync(path).sort()) if (!name.startsWith(".")) yield* filesIn(join(path, name));
}

/** One hash over the files, or all files in the folders, named relative to the project. */
export function hashFiles(...paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    for (const file of filesIn(inRoot(path))) {
      const content = readFileSync(file);
      hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

const stampFile = (name) => inTools("stamps", name);

/**
 * Whether `product` is what was made last time, from the same inputs.
 *
 * @param {{ name: string, inputs: string, product: string }} stamp `inputs` is any text that changes with them
 */
export function isFresh({ name, inputs, product }) {
  try {
    return readFileSync(stampFile(name), "utf8") === `${inputs}\n${hashFiles(product)}\n`;
  } catch {
    return false;
  }
}

/** Remembers that `product` was made from `inputs`. */
export function writeStamp({ name, inputs, product }) {
  writeWhole(stampFile(name), `${inputs}\n${hashFiles(product)}\n`);
}

/** Writes a file that is either there whole or not at all. */
export function writeWhole(file, content, mode = 0o644) {
  const temporary = unfinished("file");
  mkdirSync(join(temporary, ".."), { recursive: true });
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(temporary, content, { mode });
  renameSync(temporary, file);
}
