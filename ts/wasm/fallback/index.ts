/**
 * The kernel in plain JavaScript: the same exports as the module, the same bits.
 *
 * It runs where WebAssembly or its SIMD is missing or forbidden, and it is what the tests hold the module to.
 */

export { averageParams } from "./averages.js";
export { clampGrads, gradNorm, scaleGrads } from "./grads.js";
export { allocate, deallocate, memory } from "./memory.js";
export { State } from "./state.js";
