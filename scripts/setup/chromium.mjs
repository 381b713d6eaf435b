/** A browser for the tests: any Chromium or Chrome of the machine, else Debian's. */

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure } from "../lib/exec.mjs";
import { needPackages } from "./debian.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** The path of one, or `null`. */
function findChromium() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const file of NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not this one.
    }
  }
  return null;
}

/** The path of one, which is installed if need be. */
export async function needChromium() {
  const found = findChromium();
  if (found !== null) return found;
  const reason = "No Chromium or Chrome for the browser tests";
  await needPackages("Chromium", ["chromium"], reason, ["export CHROMIUM_PATH=<path of Chrome or Chromium>"]);
  const installed = findChromium();
  if (installed === null) throw new Failure(`${reason}, although Debian's package is installed: set CHROMIUM_PATH`);
  return installed;
}
