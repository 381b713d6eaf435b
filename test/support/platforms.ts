/** The implementations under test, each a value: the module as it is shipped, and the kernel in plain JavaScript. */

// The modules, whose inside can be imported; the package by its name is their bundle.
import { backend } from "../../dist/inline.js";
import { fallback } from "../../dist/wasm/fallback/index.js";
import { type KernelExports, kernel } from "../../dist/wasm/instance.js";

export interface Platform {
  readonly name: string;
  readonly kernel: KernelExports;
}

// A host without wasm SIMD would compare JavaScript with itself.
if (backend().kind !== "wasm")
  throw new Error(`these tests are about the module, and it cannot run: ${backend().reason}`);

export const WASM: Platform = { name: "wasm", kernel: kernel() };
export const JAVASCRIPT: Platform = { name: "javascript", kernel: fallback };
export const PLATFORMS = [WASM, JAVASCRIPT] as const;
