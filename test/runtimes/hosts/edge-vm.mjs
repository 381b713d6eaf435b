/** `node edge-vm.mjs script.js kernel.wasm`: runs a script in the edge runtime's vm and prints its report. */

import { readFileSync } from "node:fs";
import { EdgeVM } from "@edge-runtime/vm";

const [script, kernel] = process.argv.slice(2).map((file) => readFileSync(file));
const vm = new EdgeVM({
  codeGeneration: { strings: false, wasm: false },
  extend: (context) => Object.assign(context, { kernelModule: new WebAssembly.Module(kernel) }),
});
vm.evaluate(script.toString());
const { version } = JSON.parse(readFileSync(new URL(import.meta.resolve("@edge-runtime/vm/package.json")), "utf8"));
console.log(JSON.stringify({ version, ...(await vm.evaluate("report")) }));
