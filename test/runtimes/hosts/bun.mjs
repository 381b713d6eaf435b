/** Bun. */

import { join } from "node:path";
import { needRuntime } from "../../../scripts/setup/runtimes.mjs";
import { runCommand } from "./command.mjs";

const find = async () => join(await needRuntime("bun"), "bin/bun");

/** @type {(name: string, program: string, env?: Record<string, string>) => import("../hosts.mjs").Host} */
const host = (name, program, env) => ({
  name,
  kernel: env === undefined ? "wasm" : "js",
  quick: env === undefined,
  resumes: program === "import.mjs",
  find,
  run: (bun, where) => runCommand(name, [bun, program], where, env),
});

export const BUN = [
  host("Bun", "import.mjs"),
  host("Bun, require", "require.cjs"),
  host("Bun without SIMD", "import.mjs", { BUN_JSC_useWasmSIMD: "0" }),
  host("Bun without WebAssembly", "import.mjs", { BUN_JSC_useWasm: "0" }),
];
