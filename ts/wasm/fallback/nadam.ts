/** NAdam, operation for operation as `crate/kernel/src/nadam.rs`. */

import { decayedGrad, decayedParam, decayScalars, lerp, lerpScalars } from "./decay.js";
import { flushMoments, isFlushed } from "./flush.js";
import { biasCorrection, expNegative } from "./scalars.js";
import type { Elements, Slots } from "./slots.js";

const { fround, sqrt } = Math;
const LN_0_96 = -4.082199452025517e-2;

export function stepNAdam(
  slots: Slots,
  lr: number,
  beta1: number,
  beta2: number,
  eps: number,
  weightDecay: number,
  momentumDecay: number,
  flags: number,
  gradScale: number,
): void {
  const muOf = (step: number) => beta1 * (1 - 0.5 * expNegative(step * momentumDecay * LN_0_96));
  const productOf = (before: number, step: number) => fround(fround(before) * fround(muOf(step)));
  for (const { step, product, round, smallestNormal, slices } of slots.advance(1, productOf)) {
    const [mu, muNext] = [muOf(step), muOf(step + 1)];
    const decay = decayScalars(lr, weightDecay, flags, gradScale, round);
    const lerping = lerpScalars(beta1, round);
    const [b2, oneMinusB2, epsilon] = [round(beta2), round(1 - beta2), round(eps)];
    const correction = round(1 / sqrt(biasCorrection(beta2, step)));
    const gradCoefficient = round((-lr * (1 - mu)) / (1 - product));
    const expAvgCoefficient = round((-lr * muNext) / (1 - product * muNext));
    const flushes = isFlushed(flags, step);
    for (const { param, grad, moments } of slices) {
      const [expAvg, expAvgSq] = moments as [Elements, Elements];
      for (let i = 0; i < param.length; i++) {
        const p = decayedParam(param[i] as number, decay, round);
        const g = decayedGrad(grad[i] as number, p, decay, round);
        const m = lerp(expAvg[i] as number, g, lerping, round);
        const v = round(round((expAvgSq[i] as number) * b2) + round(round(oneMinusB2 * g) * g));
        const denom = round(round(round(sqrt(v)) * correction) + epsilon);
        const direction = round(round(gradCoefficient * g) + round(expAvgCoefficient * m));
        expAvg[i] = m;
        expAvgSq[i] = v;
        param[i] = round(p + round(direction / denom));
      }
      if (flushes) flushMoments(moments, eps, smallestNormal);
    }
  }
}
