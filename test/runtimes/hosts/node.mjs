/** Node: all supported versions, and the oldest made poorer or stricter by its flags. */

import { join } from "node:path";
import { needRuntime } from "../../../scripts/setup/runtimes.mjs";
import { runCommand } from "./command.mjs";

/** This one, if it is of that version. */
async function find(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  return join(await needRuntime(`node-${major}`), "bin/node");
}
const [node20, node22, node24, node26] = [20, 22, 24, 26].map((major) => () => find(major));

/**
 * @param {string} name
 * @param {() => Promise<string>} find
 * @param {string[]} args
 * @param {Partial<import("../hosts.mjs").Host>} [options]
 * @returns {import("../hosts.mjs").Host}
 */
function host(name, find, args, options) {
  return {
    name,
    kernel: "wasm",
    find,
    run: (node, where) => runCommand(name, [node, ...args], where),
    ...options,
  };
}

/** @type {(flag: string, kernel: "wasm" | "js") => import("../hosts.mjs").Host} */
const flag = (flag, kernel) => host(`Node 20 ${flag}`, node20, [flag, "import.mjs"], { kernel });

export const NODE = [
  host("Node 20", node20, ["import.mjs"], { quick: true }),
  host("Node 20, require", node20, ["require.cjs"]),
  host("Node 22", node22, ["import.mjs"]),
  host("Node 22, require", node22, ["require.cjs"]),
  host("Node 24", node24, ["import.mjs"], { quick: true, resumes: true }),
  host("Node 24, require", node24, ["require.cjs"], { quick: true }),
  host("Node 26", node26, ["import.mjs"], { resumes: true }),
  host("Node 26, require", node26, ["require.cjs"]),
  host("Node 20, Object.prototype polluted", node20, ["--import", "./pollution.mjs", "import.mjs"]),
  flag("--frozen-intrinsics", "wasm"),
  flag("--liftoff-only", "wasm"),
  flag("--no-enable-avx", "wasm"),
  flag("--no-enable-sse4-1", "js"),
  flag("--wasm-max-mem-pages=4", "js"),
  flag("--jitless", "js"),
];
