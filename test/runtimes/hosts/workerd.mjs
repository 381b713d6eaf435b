/** workerd, the runtime of Cloudflare Workers: it forbids compiling bytes. */

import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../../../scripts/lib/exec.mjs";
import { needRuntime } from "../../../scripts/setup/runtimes.mjs";
import { bundle } from "../app.mjs";
import { runCommand } from "./command.mjs";

const CONFIG = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);
const worker :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "./kernel.wasm", wasm = embed "kernel.wasm"),
  ],
  compatibilityDate = "2026-11-01",
);
`;

async function run(workerd, where) {
  const { app } = where;
  const options = { format: "esm", conditions: ["workerd", "worker", "browser"], external: ["./kernel.wasm"] };
  writeFileSync(join(app, "worker.js"), await bundle(app, "worker.mjs", /** @type {{}} */ (options)));
  copyFileSync(join(app, "node_modules/adam-wasm/dist/kernel.wasm"), join(app, "kernel.wasm"));
  writeFileSync(join(app, "worker.capnp"), CONFIG);
  const version = (await ask(workerd, ["--version"])).replace("workerd ", "");
  return { version, ...(await runCommand("workerd", [workerd, "test", "worker.capnp"], where)) };
}

/** @type {import("../hosts.mjs").Host[]} */
export const WORKERD = [
  {
    name: "workerd",
    kernel: "wasm",
    quick: true,
    resumes: true,
    find: async () => join(await needRuntime("workerd"), "bin/workerd"),
    run,
  },
];
