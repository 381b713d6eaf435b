/** RAdam, operation for operation as `crate/kernel/src/radam.rs`. */

import { integerPower } from "../../power.js";
import { decayedGrad, decayedParam, decayScalars, lerp, lerpScalars } from "./decay.js";
import { flushMoments, isFlushed } from "./flush.js";
import { biasCorrection } from "./scalars.js";
import type { Elements, Slots } from "./slots.js";

const { sqrt } = Math;

export function stepRAdam(
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
    const rectification = rectificationOf(beta2, step);
    const decay = decayScalars(lr, weightDecay, flags, gradScale, round);
    const lerping = lerpScalars(beta1, round);
    const [b2, oneMinusB2, epsilon] = [round(beta2), round(1 - beta2), round(eps)];
    const negStepSize = round(-((lr * (rectification ?? 1)) / biasCorrection(beta1, step)));
    const flushes = isFlushed(flags, step);
    for (const { param, grad, moments } of slices) {
      const [expAvg, expAvgSq] = moments as [Elements, Elements];
      for (let i = 0; i < param.length; i++) {
        const p = decayedParam(param[i] as number, decay, round);
        const g = decayedGrad(grad[i] as number, p, decay, round);
        const m = lerp(expAvg[i] as number, g, lerping, round);
        const v = round(round((expAvgSq[i] as number) * b2) + round(round(oneMinusB2 * g) * g));
        const denom = rectification === null ? 1 : round(round(sqrt(v)) + epsilon);
        expAvg[i] = m;
        expAvgSq[i] = v;
        param[i] = round(p + round(round(negStepSize * m) / denom));
      }
      if (flushes) flushMoments(moments, eps, smallestNormal);
    }
  }
}

/** rect · √bias_correction2, or null while the second moment cannot be trusted. */
function rectificationOf(beta2: number, step: number): number | null {
  const biasCorrection2 = biasCorrection(beta2, step);
  const rhoInf = 2 / (1 - beta2) - 1;
  const rho = rhoInf - (2 * step * integerPower(beta2, step)) / biasCorrection2;
  if (!(rho > 5)) return null;
  const rect = ((rho - 4) * (rho - 2) * rhoInf) / ((rhoInf - 4) * (rhoInf - 2) * rho);
  return sqrt(rect) * sqrt(biasCorrection2);
}
