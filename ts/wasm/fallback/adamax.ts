/** Adamax, operation for operation as `crate/kernel/src/adamax.rs`. */

import { decayedGrad, decayedParam, decayScalars, lerp, lerpScalars } from "./decay.js";
import { flush, isFlushed } from "./flush.js";
import { biasCorrection } from "./scalars.js";
import type { Elements, Slots } from "./slots.js";

export function stepAdamax(
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
    const decay = decayScalars(lr, weightDecay, flags, gradScale, round);
    const lerping = lerpScalars(beta1, round);
    const [b2, epsilon] = [round(beta2), round(eps)];
    const negStepSize = round(-(lr / biasCorrection(beta1, step)));
    const flushes = isFlushed(flags, step);
    for (const { param, grad, moments } of slices) {
      const [expAvg, expInf] = moments as [Elements, Elements];
      for (let i = 0; i < param.length; i++) {
        const p = decayedParam(param[i] as number, decay, round);
        const g = decayedGrad(grad[i] as number, p, decay, round);
        const m = lerp(expAvg[i] as number, g, lerping, round);
        const u = Math.max(Math.abs(round((expInf[i] as number) * b2)), round(Math.abs(g) + epsilon));
        expAvg[i] = m;
        expInf[i] = u;
        param[i] = round(p + round(round(negStepSize * m) / u));
      }
      if (flushes) flush(expAvg, smallestNormal);
    }
  }
}
