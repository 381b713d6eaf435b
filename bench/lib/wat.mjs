/** WebAssembly from its text. */

/** @typedef {Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory }} Exports */

/** Resolves to the exports of a module with SIMD and no imports. */
export async function instantiate(text) {
  // Late: it takes a second, and not every run needs it.
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.SIMD128);
  const binary = new Uint8Array(module.emitBinary());
  module.dispose();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary));
  return /** @type {Exports} */ (exports);
}
