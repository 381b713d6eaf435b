/** Booleans as the kernel takes them: bits of one number. */

import { FLAG } from "../wasm/instance.js";
import { flushesDenormal } from "./flush-denormal.js";

type Option = Exclude<keyof typeof FLAG, "flushDenormal" | "zeroGrad">;

/** The bits of the options that are true. Groups keep them: options change rarely, and their shapes differ by rule. */
export function optionFlags(options: { readonly [K in Option]?: boolean }): number {
  return (
    (options.amsgrad ? FLAG.amsgrad : 0) |
    (options.maximize ? FLAG.maximize : 0) |
    (options.decoupledWeightDecay ? FLAG.decoupledWeightDecay : 0) |
    (options.epsilonHat ? FLAG.epsilonHat : 0) |
    (options.exact ? FLAG.exact : 0) |
    (options.nesterov ? FLAG.nesterov : 0)
  );
}

/** The bits of what a step is to do besides. */
export function stepFlags(zeroGrad: boolean): number {
  return (zeroGrad ? FLAG.zeroGrad : 0) | (flushesDenormal() ? FLAG.flushDenormal : 0);
}
