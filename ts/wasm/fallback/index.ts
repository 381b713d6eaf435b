/**
 * The kernel in plain JavaScript: the same exports as the module, the same bits.
 *
 * It runs where WebAssembly or its SIMD is missing or forbidden, and it is what the tests hold the module to.
 */

import type { KernelExports } from "../instance.js";
import { averageParams } from "./averages.js";
import { clampGrads, gradNorm, scaleGrads } from "./grads.js";
import { allocate, deallocate, memory } from "./memory.js";
import { stateExports } from "./state.js";

export const fallback: KernelExports = {
  memory,
  allocate,
  deallocate,
  ...stateExports,
  gradNorm,
  scaleGrads,
  clampGrads,
  averageParams,
};
