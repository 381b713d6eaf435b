/** An application with the package installed in it, as users have it: what all hosts run. */

import { copyFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { Failure } from "../../scripts/lib/exec.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { scratch } from "../../scripts/lib/scratch.mjs";

/** Makes one in a folder of its own, which goes when this process ends; returns the folder. */
export function makeApp() {
  const folder = scratch("runtimes");
  const installed = join(folder, "node_modules/adam-wasm");
  mkdirSync(installed, { recursive: true });
  cpSync(inRoot("dist"), join(installed, "dist"), { recursive: true });
  copyFileSync(inRoot("package.json"), join(installed, "package.json"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const file of ["scenario.mjs", "pollution.mjs"]) copyFileSync(inRoot("test/support", file), join(folder, file));
  for (const program of readdirSync(inRoot("test/runtimes/programs"))) {
    copyFileSync(inRoot("test/runtimes/programs", program), join(folder, program));
  }
  return folder;
}

/**
 * Bundles and minifies one of its programs as applications do it; resolves to the script.
 *
 * @param {string} app
 * @param {string} program
 * @param {import("esbuild").BuildOptions} [options] what the host needs
 */
export async function bundle(app, program, options = {}) {
  const entryPoints = [join(app, program)];
  const { outputFiles, warnings } = await build({
    entryPoints,
    bundle: true,
    minify: true,
    format: "iife",
    write: false,
    logLevel: "silent",
    ...options,
  });
  if (warnings.length > 0)
    throw new Failure(`esbuild warns of ${program}: ${warnings.map(({ text }) => text).join("; ")}`);
  return outputFiles[0].text;
}
