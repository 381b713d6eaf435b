/** This package where WebAssembly cannot run: its kernel in plain JavaScript. */

import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { scratch } from "../../scripts/lib/scratch.mjs";
import { standing } from "./adam-wasm.mjs";

/** @type {import("./index.mjs").Source} */
export const ADAM_WASM_JS = {
  names: ["adam-wasm in plain JS"],
  find: async () => {
    const copy = await javascriptCopy();
    return [{ make: (data) => standing(copy, data) }];
  },
};

/** A second copy of the package, imported where there is no WebAssembly, without the warning. */
async function javascriptCopy() {
  const folder = scratch("copy");
  const { WebAssembly } = globalThis;
  const { warn } = console;
  try {
    cpSync(inRoot("dist"), join(folder, "dist"), { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    Reflect.deleteProperty(globalThis, "WebAssembly");
    console.warn = () => {};
    return await import(pathToFileURL(join(folder, "dist/inline.js")).href);
  } finally {
    Object.assign(globalThis, { WebAssembly });
    console.warn = warn;
  }
}
