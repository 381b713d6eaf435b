/** Boolean options as the kernel takes them: bits of one number. */

import { FLAG } from "../wasm/instance.js";
import { flushesDenormal } from "./flush-denormal.js";
import type { StepOptions } from "./step-options.js";

type Option = Exclude<keyof typeof FLAG, "flushDenormal" | "zeroGrad">;

/** The bits of the options that are true, of what the step is to do besides, and of the flush if it is on. */
export function flagsOf(options: { readonly [K in Option]?: boolean }, { zeroGrad }: Required<StepOptions>): number {
  return (
    (options.amsgrad ? FLAG.amsgrad : 0) |
    (options.maximize ? FLAG.maximize : 0) |
    (options.decoupledWeightDecay ? FLAG.decoupledWeightDecay : 0) |
    (options.epsilonHat ? FLAG.epsilonHat : 0) |
    (options.exact ? FLAG.exact : 0) |
    (options.nesterov ? FLAG.nesterov : 0) |
    (zeroGrad ? FLAG.zeroGrad : 0) |
    (flushesDenormal() ? FLAG.flushDenormal : 0)
  );
}
