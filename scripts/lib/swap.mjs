/** Puts a finished folder in the place of an old one. */

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { unfinished } from "./paths.mjs";

/** An empty folder to write a product into. Only who holds the lock may have one: the next who does removes them all. */
export function emptyFolder(name) {
  const folder = unfinished(name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Moves `folder` to `place`; who reads there sees the old files or the new ones, never a mixture. */
export function swapIn(folder, place) {
  const old = unfinished("old");
  rmSync(old, { recursive: true, force: true });
  mkdirSync(dirname(place), { recursive: true });
  if (existsSync(place)) renameSync(place, old);
  renameSync(folder, place);
  rmSync(old, { recursive: true, force: true });
}
