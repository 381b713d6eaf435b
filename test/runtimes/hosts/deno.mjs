/** Deno, which may read what is imported and nothing else. */

import { join } from "node:path";
import { needRuntime } from "../../../scripts/setup/runtimes.mjs";
import { runCommand } from "./command.mjs";

const find = async () => join(await needRuntime("deno"), "deno");

/** @type {(name: string, args: string[], kernel?: "wasm" | "js") => import("../hosts.mjs").Host} */
const host = (name, args, kernel = "wasm") => ({
  name,
  kernel,
  quick: kernel === "wasm",
  resumes: args[0] === "import.mjs",
  find,
  run: (deno, where) =>
    runCommand(name, [deno, "run", ...args], where, { DENO_DIR: join(where.app, ".deno"), DENO_NO_UPDATE_CHECK: "1" }),
});

export const DENO = [
  host("Deno", ["import.mjs"]),
  host("Deno, require", ["require.cjs"]),
  host("Deno --jitless", ["--v8-flags=--jitless", "import.mjs"], "js"),
];
