/** Factor, weight decay and first moment, operation for operation as `crate/kernel/src/decay.rs`. */

import { FLAG } from "../instance.js";
import type { Round } from "./slots.js";

/** True if `flags` has the bit. */
export const has = (flags: number, flag: keyof typeof FLAG) => (flags & FLAG[flag]) !== 0;

/** Scalars of {@link decayedParam} and {@link decayedGrad}. */
export interface Decay {
  readonly gradFactor: number;
  readonly l2: boolean;
  readonly weightDecay: number;
  readonly paramDecay: number;
}

/** What gradients are multiplied by. */
export function gradFactorOf(gradScale: number, flags: number, round: Round): number {
  return round(has(flags, "maximize") ? -gradScale : gradScale);
}

export function decayScalars(lr: number, weightDecay: number, flags: number, gradScale: number, round: Round): Decay {
  const decoupled = has(flags, "decoupledWeightDecay");
  return {
    gradFactor: gradFactorOf(gradScale, flags, round),
    l2: weightDecay !== 0 && !decoupled,
    weightDecay: round(weightDecay),
    paramDecay: round(decoupled ? 1 - lr * weightDecay : 1),
  };
}

export function decayedParam(param: number, { paramDecay }: Decay, round: Round): number {
  return round(param * paramDecay);
}

/** The gradient of the rule, for a parameter that has been decayed. */
export function decayedGrad(grad: number, param: number, { gradFactor, l2, weightDecay }: Decay, round: Round): number {
  const scaled = round(grad * gradFactor);
  return l2 ? round(scaled + round(weightDecay * param)) : scaled;
}

/** Scalars of {@link lerp}. */
export interface Lerp {
  readonly fromGrad: boolean;
  readonly coefficient: number;
}

export function lerpScalars(beta1: number, round: Round): Lerp {
  return lerpTo(1 - beta1, round);
}

/** The scalars for a weight in [0, 1]. */
export function lerpTo(exact: number, round: Round): Lerp {
  const weight = round(exact);
  const fromGrad = weight >= 0.5;
  return { fromGrad, coefficient: fromGrad ? -(1 - weight) : weight };
}

/** The new first moment. */
export function lerp(expAvg: number, grad: number, { fromGrad, coefficient }: Lerp, round: Round): number {
  return round((fromGrad ? grad : expAvg) + round(coefficient * round(grad - expAvg)));
}
