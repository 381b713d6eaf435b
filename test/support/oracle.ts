/**
 * The rules in float64 as the formulas say them, and nothing else: no rounding to float32, no reordering, powers by `**`.
 * Written from the papers and torch's documentation, so that they can be wrong only where those are.
 *
 * Each takes one element of a parameter with its state, and gives the element after its `step`th update, counted from 1.
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
export type Element<Name extends string = never> = Readonly<Record<"param" | Name, number>>;

export type AdamElement = Element<"expAvg" | "expAvgSq" | "maxExpAvgSq">;

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

export interface SGDOptions {
  readonly lr: number;
  readonly momentum: number;
  readonly dampening: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
  readonly maximize: boolean;
}

/** The first buffer is the gradient itself, whatever the dampening; without momentum there is none. */
export function sgd(
  { param, momentumBuffer }: Element<"momentumBuffer">,
  grad: number,
  step: number,
  { lr, momentum, dampening, weightDecay, nesterov, maximize }: SGDOptions,
): Element<"momentumBuffer"> {
  const slope = (maximize ? -grad : grad) + weightDecay * param;
  if (momentum === 0) return { param: param - lr * slope, momentumBuffer: 0 };
  const buffer = step === 1 ? slope : momentum * momentumBuffer + (1 - dampening) * slope;
  const direction = nesterov ? slope + momentum * buffer : buffer;
  return { param: param - lr * direction, momentumBuffer: buffer };
}

/** The row of a sparse gradient that names the element; others stay as they are. eps is added before bias correction. */
export function sparseAdam(
  old: Element<"expAvg" | "expAvgSq">,
  grad: number,
  step: number,
  options: Omit<AdamOptions, "weightDecay" | "amsgrad" | "decoupledWeightDecay" | "epsilonHat">,
): Element<"expAvg" | "expAvgSq"> {
  const { param, expAvg, expAvgSq } = adam({ ...old, maxExpAvgSq: 0 }, grad, step, {
    ...TORCH_DEFAULTS,
    ...options,
    epsilonHat: true,
  });
  return { param, expAvg, expAvgSq };
}

export function adamax(
  { param, expAvg, expInf }: Element<"expAvg" | "expInf">,
  grad: number,
  step: number,
  { lr, betas: [beta1, beta2], eps, weightDecay, maximize }: AdamOptions,
): Element<"expAvg" | "expInf"> {
  const slope = (maximize ? -grad : grad) + weightDecay * param;
  const m = beta1 * expAvg + (1 - beta1) * slope;
  const u = Math.max(beta2 * expInf, Math.abs(slope) + eps);
  return { param: param - ((lr / (1 - beta1 ** step)) * m) / u, expAvg: m, expInf: u };
}

/** The product of momenta is a float32 in torch, and so here. */
export function nadam(
  old: Element<"expAvg" | "expAvgSq" | "muProduct">,
  grad: number,
  step: number,
  options: AdamOptions & { readonly momentumDecay: number },
): Element<"expAvg" | "expAvgSq" | "muProduct"> {
  const { lr, betas, eps, momentumDecay } = options;
  const mu = (t: number) => betas[0] * (1 - 0.5 * 0.96 ** (t * momentumDecay));
  const muProduct = Math.fround(old.muProduct * Math.fround(mu(step)));
  const { param, slope, expAvg, expAvgSq } = moments(old, grad, options);
  const denominator = Math.sqrt(expAvgSq / (1 - betas[1] ** step)) + eps;
  const ofGradient = ((1 - mu(step)) / (1 - muProduct)) * slope;
  const ofMoment = (mu(step + 1) / (1 - muProduct * mu(step + 1))) * expAvg;
  return { param: param - (lr * (ofGradient + ofMoment)) / denominator, expAvg, expAvgSq, muProduct };
}

/** eps is added before bias correction. */
export function radam(
  old: Element<"expAvg" | "expAvgSq">,
  grad: number,
  step: number,
  options: AdamOptions,
): Element<"expAvg" | "expAvgSq"> {
  const { lr, betas, eps } = options;
  const [biasCorrection1, biasCorrection2] = betas.map((beta) => 1 - beta ** step);
  const { param, expAvg, expAvgSq } = moments(old, grad, options);
  const longest = 2 / (1 - betas[1]) - 1;
  const length = longest - (2 * step * betas[1] ** step) / biasCorrection2;
  const momentum = expAvg / biasCorrection1;
  if (length <= 5) return { param: param - lr * momentum, expAvg, expAvgSq };
  const rectified = ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length);
  const adaptive = Math.sqrt(biasCorrection2) / (Math.sqrt(expAvgSq) + eps);
  return { param: param - lr * momentum * adaptive * Math.sqrt(rectified), expAvg, expAvgSq };
}

/** What Adam's kin have in common: decay of either kind, and both moments. */
function moments(old: Element<"expAvg" | "expAvgSq">, grad: number, options: AdamOptions) {
  const { lr, betas, weightDecay, maximize, decoupledWeightDecay } = options;
  const slope = (maximize ? -grad : grad) + (decoupledWeightDecay ? 0 : weightDecay * old.param);
  return {
    param: decoupledWeightDecay ? old.param * (1 - lr * weightDecay) : old.param,
    slope,
    expAvg: betas[0] * old.expAvg + (1 - betas[0]) * slope,
    expAvgSq: betas[1] * old.expAvgSq + (1 - betas[1]) * slope * slope,
  };
}
