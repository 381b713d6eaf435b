/** SGD, operation for operation as `crate/kernel/src/sgd.rs`. */

import { decayedGrad, decayedParam, decayScalars, has } from "./decay.js";
import { flush } from "./flush.js";
import type { Elements, Slots } from "./slots.js";

export function stepSGD(
  slots: Slots,
  lr: number,
  momentum: number,
  dampening: number,
  weightDecay: number,
  flags: number,
  gradScale: number,
): void {
  const hasMomentum = momentum !== 0;
  const nesterov = has(flags, "nesterov");
  for (const { step, round, smallestNormal, slices } of slots.advance(hasMomentum ? 1 : 0)) {
    const decay = decayScalars(lr, weightDecay, flags, gradScale, round);
    const [kept, taken] = step === 1 ? [-0, 1] : [round(momentum), round(1 - dampening)];
    const [factor, negLr] = [round(momentum), round(-lr)];
    for (const { param, grad, moments } of slices) {
      const [buffer] = hasMomentum ? (moments as [Elements]) : [];
      for (let i = 0; i < param.length; i++) {
        const p = decayedParam(param[i] as number, decay, round);
        const g = decayedGrad(grad[i] as number, p, decay, round);
        let direction = g;
        if (buffer !== undefined) {
          const b = round(round((buffer[i] as number) * kept) + round(taken * g));
          buffer[i] = b;
          direction = nesterov ? round(g + round(factor * b)) : b;
        }
        param[i] = round(p + round(negLr * direction));
      }
      if (buffer !== undefined && has(flags, "flushDenormal")) flush(buffer, smallestNormal);
    }
  }
}
