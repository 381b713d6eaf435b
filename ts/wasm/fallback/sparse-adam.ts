/** SparseAdam, operation for operation as `crate/kernel/src/sparse_adam.rs`. */

import { gradFactorOf } from "./decay.js";
import { flushMoments, isFlushed } from "./flush.js";
import { biasCorrection } from "./scalars.js";
import type { Elements, Slots } from "./slots.js";

const { sqrt } = Math;

export function stepSparseAdam(
  slots: Slots,
  lr: number,
  beta1: number,
  beta2: number,
  eps: number,
  flags: number,
  gradScale: number,
): void {
  for (const { step, round, smallestNormal, slices } of slots.advance()) {
    const [c1, c2, epsilon] = [round(1 - beta1), round(1 - beta2), round(eps)];
    const gradFactor = gradFactorOf(gradScale, flags, round);
    const negStepSize = round(-((lr * sqrt(biasCorrection(beta2, step))) / biasCorrection(beta1, step)));
    const flushes = isFlushed(flags, step);
    for (const { param, grad, moments } of slices) {
      const [expAvg, expAvgSq] = moments as [Elements, Elements];
      for (let i = 0; i < param.length; i++) {
        const g = round((grad[i] as number) * gradFactor);
        const [m0, v0] = [expAvg[i] as number, expAvgSq[i] as number];
        const m = round(m0 + round(round(g - m0) * c1));
        const v = round(v0 + round(round(round(g * g) - v0) * c2));
        const quotient = round(m / round(round(sqrt(v)) + epsilon));
        expAvg[i] = m;
        expAvgSq[i] = v;
        param[i] = round((param[i] as number) + round(negStepSize * quotient));
      }
      if (flushes) flushMoments(moments, eps, smallestNormal);
    }
  }
}
