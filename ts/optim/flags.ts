/** Booleans as the kernel takes them: bits of one number. */

import { FLAG } from "../wasm/instance.js";
import { flushesDenormal } from "./flush-denormal.js";

const OPTIONS = ["amsgrad", "maximize", "decoupledWeightDecay", "epsilonHat", "exact", "nesterov"] as const;

/** The bits of the options that are true. Groups keep them: options change rarely, and their shapes differ by rule. */
export function optionFlags(options: { readonly [K in (typeof OPTIONS)[number]]?: boolean }): number {
  let flags = 0;
  for (const option of OPTIONS) if (options[option]) flags |= FLAG[option];
  return flags;
}

/** The bits of what a step is to do besides. */
export function stepFlags(zeroGrad: boolean): number {
  return (zeroGrad ? FLAG.zeroGrad : 0) | (flushesDenormal() ? FLAG.flushDenormal : 0);
}
