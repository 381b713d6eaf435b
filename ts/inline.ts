/** The entry for every host that may compile WebAssembly from bytes: they come with the code, so importing is enough. */

import * as fallback from "./wasm/fallback/index.js";
import { kernelHex } from "./wasm/generated/kernel-bytes.js";
import { install, installFallback } from "./wasm/instance.js";

// Hex: a third longer than base64, and a fifth shorter after gzip.
function decode(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

try {
  install(new WebAssembly.Module(decode(kernelHex)));
} catch (error) {
  installFallback(fallback, error);
}

export * from "./index.js";
