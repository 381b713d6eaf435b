/** Vercel's edge runtime: it forbids compiling bytes. Without its export condition there is plain JavaScript. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { bundle } from "../app.mjs";
import { runCommand } from "./command.mjs";

/** Bundlers for the edge hand such a module over compiled. */
const kernelModule = {
  name: "kernel-module",
  setup: (build) => build.onLoad({ filter: /kernel\.wasm$/ }, () => ({ contents: "export default kernelModule" })),
};

/** @type {(name: string, kernel: "wasm" | "js", conditions: string[]) => import("../hosts.mjs").Host} */
const host = (name, kernel, conditions) => ({
  name,
  kernel,
  quick: kernel === "wasm",
  find: async () => process.execPath,
  run: async (node, where) => {
    const { app } = where;
    const script = join(app, `edge-${kernel}.js`);
    writeFileSync(script, await bundle(app, "script.mjs", { conditions, plugins: [kernelModule] }));
    const module = join(app, "node_modules/adam-wasm/dist/kernel.wasm");
    return runCommand(name, [node, inRoot("test/runtimes/hosts/edge-vm.mjs"), script, module], where);
  },
});

export const EDGE_RUNTIME = [
  host("edge-runtime", "wasm", ["edge-light"]),
  host("edge-runtime, inline entry", "js", []),
];
