/** A second copy of the package, as two versions in one program are: its own modules, its own memory. */

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./child.js";

export type Package = typeof import("adam-wasm");

export async function secondCopy(): Promise<Package> {
  const folder = mkdtempSync(join(tmpdir(), "adam-wasm-copy-"));
  try {
    cpSync(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    return await import(pathToFileURL(join(folder, "dist", "inline.js")).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A copy that was imported where there is no WebAssembly: it runs the kernel in plain JavaScript. */
export async function javascriptCopy(): Promise<Package> {
  const { WebAssembly } = globalThis;
  const { warn } = console;
  Reflect.deleteProperty(globalThis, "WebAssembly");
  console.warn = () => {};
  try {
    return await secondCopy();
  } finally {
    Object.assign(globalThis, { WebAssembly });
    console.warn = warn;
  }
}
