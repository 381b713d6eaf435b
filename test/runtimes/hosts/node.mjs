/** Node: this one, as it is and made poorer or stricter by its flags, and other versions. */

import { join } from "node:path";
import { needRuntime } from "../../../scripts/setup/runtimes.mjs";
import { runCommand } from "./command.mjs";

const thisOne = async () => process.execPath;
const installed = (major) => async () => join(await needRuntime(`node-${major}`), "bin/node");
const [node22, node24, node26] = [22, 24, 26].map(installed);

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
    quick: true,
    find,
    run: (node, app) => runCommand(name, app, [node, ...args]),
    ...options,
  };
}

/** @type {(flag: string, kernel: "wasm" | "js") => import("../hosts.mjs").Host} */
const flag = (flag, kernel) => host(`Node ${flag}`, thisOne, [flag, "import.mjs"], { kernel });

export const NODE = [
  host("Node, this one", thisOne, ["import.mjs"]),
  host("Node, this one, require", thisOne, ["require.cjs"]),
  host("Node 22", node22, ["import.mjs"], { quick: false }),
  host("Node 22, require", node22, ["require.cjs"], { quick: false }),
  host("Node 24", node24, ["import.mjs"]),
  host("Node 24, require", node24, ["require.cjs"]),
  host("Node 26", node26, ["import.mjs"], { quick: false }),
  host("Node 26, require", node26, ["require.cjs"], { quick: false }),
  host("Node, Object.prototype polluted", thisOne, ["--import", "./pollution.mjs", "import.mjs"]),
  flag("--frozen-intrinsics", "wasm"),
  flag("--liftoff-only", "wasm"),
  flag("--no-enable-avx", "wasm"),
  flag("--no-enable-sse4-1", "js"),
  flag("--wasm-max-mem-pages=4", "js"),
  flag("--jitless", "js"),
];
