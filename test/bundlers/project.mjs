/** A fresh project with the packed package in its node_modules, and what was built in it. */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { run } from "../../scripts/lib/exec.mjs";
import { installFrom, packInto } from "../../scripts/lib/pack.mjs";
import { inRoot, inTools } from "../../scripts/lib/paths.mjs";

/** Tools are found from here upwards. */
const folder = inTools("bundlers");
const apps = inRoot("test/bundlers/apps");

/** Packs the package; resolves to the tarball. */
export const pack = () => packInto(folder);

/**
 * Makes a project with one of the programs of `apps/` as its app.mjs.
 *
 * @param {string} name of the bundler
 * @param {"scenario" | "smallest"} app
 * @param {string} tarball
 */
export async function makeProject(name, app, tarball) {
  const path = join(folder, "projects", `${name.replace(/\W+/g, "-")}-${app}`);
  rmSync(path, { recursive: true, force: true });
  await installFrom(tarball, join(path, "node_modules/adam-wasm"));
  writeFileSync(join(path, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  cpSync(join(apps, `${app}.mjs`), join(path, "app.mjs"));
  for (const file of ["index.html", "worker.mjs", "node-route.mjs", "edge-route.mjs"]) {
    cpSync(join(apps, file), join(path, file));
  }
  cpSync(inRoot("test/support/scenario.mjs"), join(path, "run.mjs"));
  const env = {
    ...process.env,
    HOME: inTools("bundlers-home"),
    NODE_ENV: "production",
    CI: "1",
    NEXT_TELEMETRY_DISABLED: "1",
  };
  const program = (name) => inTools("bundlers/node_modules/.bin", name);
  return {
    path,
    out: join(path, "out"),
    /** Runs a program of the tools in the project. */
    tool: (tool, ...args) => run(`${name}-${app}`, [program(tool), ...args], { cwd: path, env }),
    /** The same for who starts it: program, arguments and options. */
    command: (tool, ...args) => ({ program: program(tool), args, options: { cwd: path, env } }),
    /** Imports a package of the tools. */
    load: (file) => import(inTools("bundlers/node_modules", file)),
    write: (file, content) => {
      mkdirSync(join(path, file, ".."), { recursive: true });
      writeFileSync(join(path, file), content);
    },
    copy: (from, to) => cpSync(join(path, from), join(path, to)),
  };
}

/** The files under a folder that a user would download or deploy. */
function outputs(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(c|m)?js$|\.wasm$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
}

/** How many copies of the kernel are in them, as a file or as text. */
export function kernelCopies(folder) {
  const kernel = readFileSync(inRoot("dist/kernel.wasm"));
  const hex = kernel.subarray(0, 64).toString("hex");
  return outputs(folder)
    .map((bytes) => (kernel.equals(bytes) ? 1 : bytes.toString("latin1").split(hex).length - 1))
    .reduce((sum, count) => sum + count, 0);
}

/** Bytes of all of them after gzip. */
export const gzipSize = (folder) => outputs(folder).reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
