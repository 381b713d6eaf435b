/**
 * Adam in float64 as the formulas say it, and nothing else: no rounding to float32, no reordering, powers by `**`.
 * Written from the papers and torch's documentation, so that it can be wrong only where they are.
 */

export interface AdamOptions {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
  readonly amsgrad: boolean;
  readonly maximize: boolean;
  readonly decoupledWeightDecay: boolean;
  readonly epsilonHat: boolean;
}

export const TORCH_DEFAULTS: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
  decoupledWeightDecay: false,
  epsilonHat: false,
};

/** One element of a parameter with its state. */
export interface AdamElement {
  readonly param: number;
  readonly expAvg: number;
  readonly expAvgSq: number;
  readonly maxExpAvgSq: number;
}

/** The element after its `step`th update, counted from 1. */
export function adam(old: AdamElement, grad: number, step: number, options: AdamOptions): AdamElement {
  const { lr, betas, eps, weightDecay, amsgrad, maximize, decoupledWeightDecay, epsilonHat } = options;
  const [beta1, beta2] = betas;
  const biasCorrection1 = 1 - beta1 ** step;
  const biasCorrection2 = 1 - beta2 ** step;

  const param = decoupledWeightDecay ? old.param * (1 - lr * weightDecay) : old.param;
  const slope = (maximize ? -grad : grad) + (decoupledWeightDecay ? 0 : weightDecay * old.param);

  const expAvg = beta1 * old.expAvg + (1 - beta1) * slope;
  const expAvgSq = beta2 * old.expAvgSq + (1 - beta2) * slope * slope;
  const maxExpAvgSq = Math.max(old.maxExpAvgSq, expAvgSq);
  const v = amsgrad ? maxExpAvgSq : expAvgSq;

  const update = epsilonHat
    ? (((lr * Math.sqrt(biasCorrection2)) / biasCorrection1) * expAvg) / (Math.sqrt(v) + eps)
    : (lr * (expAvg / biasCorrection1)) / (Math.sqrt(v / biasCorrection2) + eps);
  return { param: param - update, expAvg, expAvgSq, maxExpAvgSq };
}

/** An element before its first update. */
export function fresh(param: number): AdamElement {
  return { param, expAvg: 0, expAvgSq: 0, maxExpAvgSq: 0 };
}
