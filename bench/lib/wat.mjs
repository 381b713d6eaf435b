/** WebAssembly from its text. */

import binaryen from "binaryen";

/** The exports of a module with SIMD and no imports. */
export function instantiate(text) {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.SIMD128);
  const binary = new Uint8Array(module.emitBinary());
  module.dispose();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary));
  return /** @type {Record<string, (...args: number[]) => number>} */ (exports);
}
