/** Adam, operation for operation as `crate/kernel/src/adam.rs`, each rounded to the element type. */

import { decayedGrad, decayedParam, decayScalars, has, lerp, lerpScalars } from "./decay.js";
import { flushMoments, isFlushed } from "./flush.js";
import { biasCorrection } from "./scalars.js";
import type { Elements, Slots } from "./slots.js";

const { abs, sqrt, max } = Math;

export function stepAdam(
  slots: Slots,
  lr: number,
  beta1: number,
  beta2: number,
  eps: number,
  weightDecay: number,
  flags: number,
  gradScale: number,
): void {
  for (const { step, round, smallestNormal, slices } of slots.advance()) {
    const biasCorrection1 = biasCorrection(beta1, step);
    const biasCorrection2Sqrt = sqrt(biasCorrection(beta2, step));
    const epsilonHat = has(flags, "epsilonHat");
    const stepSize = epsilonHat ? (lr * biasCorrection2Sqrt) / biasCorrection1 : lr / biasCorrection1;
    const divided = has(flags, "exact") && !epsilonHat;
    const correction = round(epsilonHat ? 1 : divided ? biasCorrection2Sqrt : 1 / biasCorrection2Sqrt);
    const decay = decayScalars(lr, weightDecay, flags, gradScale, round);
    const lerping = lerpScalars(beta1, round);
    const [b2, oneMinusB2, epsilon, negStepSize] = [round(beta2), round(1 - beta2), round(eps), round(-stepSize)];
    const flushes = isFlushed(flags, step);
    for (const { param, grad, moments } of slices) {
      const [expAvg, expAvgSq, maxExpAvgSq] = moments as [Elements, Elements, Elements?];
      const maximum = has(flags, "amsgrad") ? maxExpAvgSq : undefined;
      for (let i = 0; i < param.length; i++) {
        const p = decayedParam(param[i] as number, decay, round);
        const g = decayedGrad(grad[i] as number, p, decay, round);
        const m = lerp(expAvg[i] as number, g, lerping, round);
        const v = round(round((expAvgSq[i] as number) * b2) + round(round(oneMinusB2 * g) * g));
        let divisor = v;
        if (maximum !== undefined) divisor = maximum[i] = max(abs(maximum[i] as number), abs(v));
        const root = round(sqrt(divisor));
        const denom = round((divided ? round(root / correction) : round(root * correction)) + epsilon);
        expAvg[i] = m;
        expAvgSq[i] = v;
        param[i] = round(p + round(round(negStepSize * m) / denom));
      }
      if (flushes) flushMoments(moments, eps, smallestNormal);
    }
  }
}
