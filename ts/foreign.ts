/** Tensors and optimizers of another copy of this package, whose memory this one cannot reach. */

import { kindOf, stateError } from "./check.js";
import { memoryBuffer } from "./wasm/instance.js";

/** Every tensor and optimizer has it, of whatever copy, and says there which memory it is in. */
export const BRAND = Symbol.for("adam-wasm.tensor");

/** True for what another copy of this package made. */
export function isForeign(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !(BRAND in value)) return false;
  return value[BRAND] !== memoryBuffer();
}

/** @throws ERR_ENV for it */
export function refuseForeign(value: unknown): void {
  if (!isForeign(value)) return;
  throw stateError(
    "ERR_ENV",
    `this ${kindOf(value)} belongs to another copy of adam-wasm; load the package once, in one version, and leave it external in libraries`,
  );
}
