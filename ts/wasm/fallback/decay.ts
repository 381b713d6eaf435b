/** Sign, weight decay and first moment, operation for operation as `crate/kernel/src/decay.rs`. */

import { FLAG } from "../instance.js";
import type { Round } from "./slots.js";

/** True if `flags` has the bit. */
export const has = (flags: number, flag: keyof typeof FLAG) => (flags & FLAG[flag]) !== 0;

/** Scalars of {@link decayedParam} and {@link decayedGrad}. */
export interface Decay {
  readonly maximize: boolean;
  readonly l2: boolean;
  readonly weightDecay: number;
  readonly paramDecay: number;
}

export function decayScalars(lr: number, weightDecay: number, flags: number, round: Round): Decay {
  const decoupled = has(flags, "decoupledWeightDecay");
  return {
    maximize: has(flags, "maximize"),
    l2: weightDecay !== 0 && !decoupled,
    weightDecay: round(weightDecay),
    paramDecay: round(decoupled ? 1 - lr * weightDecay : 1),
  };
}

export function decayedParam(param: number, { paramDecay }: Decay, round: Round): number {
  return round(param * paramDecay);
}

/** The gradient of the rule, for a parameter that has been decayed. */
export function decayedGrad(grad: number, param: number, { maximize, l2, weightDecay }: Decay, round: Round): number {
  const signed = maximize ? -grad : grad;
  return l2 ? round(signed + round(weightDecay * param)) : signed;
}

/** Scalars of {@link lerp}. */
export interface Lerp {
  readonly fromGrad: boolean;
  readonly coefficient: number;
}

export function lerpScalars(beta1: number, round: Round): Lerp {
  const weight = round(1 - beta1);
  const fromGrad = weight >= 0.5;
  return { fromGrad, coefficient: fromGrad ? -(1 - weight) : weight };
}

/** The new first moment. */
export function lerp(expAvg: number, grad: number, { fromGrad, coefficient }: Lerp, round: Round): number {
  return round((fromGrad ? grad : expAvg) + round(coefficient * round(grad - expAvg)));
}
