/** Adam's state and body, operation for operation as `crate/kernel/src/adam.rs`, each rounded to the element type. */

import { memory } from "./memory.js";
import { biasCorrection } from "./scalars.js";
import { ELEMENTS, type Slot, Slots } from "./slots.js";

const { sqrt, max } = Math;
const FLUSH_INTERVAL = 32;
const FLAG = { amsgrad: 1, maximize: 2, decoupledWeightDecay: 4, epsilonHat: 8, exact: 16, flushDenormal: 32 };

type Round = (x: number) => number;
type Elements = Float32Array | Float64Array;

interface Arrays {
  readonly param: Elements;
  readonly grad: Elements;
  readonly expAvg: Elements;
  readonly expAvgSq: Elements;
  readonly maxExpAvgSq: Elements | null;
}

/** Step counts and moments of one param group. */
export class AdamState {
  readonly #slots = new Slots();

  add(param: number, length: number, dtype: number): boolean {
    return this.#slots.add(param, length, dtype);
  }

  reserve(slot: number, amsgrad: boolean): boolean {
    return this.#slots.reserve(slot, amsgrad ? 3 : 2);
  }

  table(): number {
    return this.#slots.pointer;
  }

  stepCount(slot: number): number {
    return this.#slots.at(slot).step;
  }

  moment(slot: number, which: number): number {
    return this.#slots.at(slot).moments[which] ?? 0;
  }

  step(lr: number, beta1: number, beta2: number, eps: number, weightDecay: number, flags: number): void {
    const amsgrad = (flags & FLAG.amsgrad) !== 0;
    for (const { slot, param, grad } of this.#slots.advance()) {
      const { length, dtype, moments } = slot;
      const { TypedArray, round, tiny } = ELEMENTS[dtype as 0 | 1];
      const at = (pointer: number | undefined) => new TypedArray(memory.buffer, pointer ?? 0, length);
      const [expAvg, expAvgSq] = [at(moments[0]), at(moments[1])];
      const maxExpAvgSq = amsgrad ? at(moments[2]) : null;
      const arrays = { param: at(param), grad: at(grad), expAvg, expAvgSq, maxExpAvgSq };
      update(arrays, scalars(lr, beta1, beta2, eps, weightDecay, flags, slot, round), round);
      if ((flags & FLAG.flushDenormal) !== 0 && slot.step % FLUSH_INTERVAL === 0) {
        flush(expAvg, tiny);
        if (eps > 0) flush(expAvgSq, tiny);
      }
    }
  }

  free(): void {
    this.#slots.free();
  }
}

function scalars(
  lr: number,
  beta1: number,
  beta2: number,
  eps: number,
  weightDecay: number,
  flags: number,
  { step }: Slot,
  round: Round,
) {
  const has = (flag: number) => (flags & flag) !== 0;
  const decoupled = has(FLAG.decoupledWeightDecay);
  const biasCorrection1 = biasCorrection(beta1, step);
  const biasCorrection2Sqrt = sqrt(biasCorrection(beta2, step));
  const stepSize = has(FLAG.epsilonHat) ? (lr * biasCorrection2Sqrt) / biasCorrection1 : lr / biasCorrection1;
  const divided = has(FLAG.exact) && !has(FLAG.epsilonHat);
  const weight = round(1 - beta1);
  return {
    maximize: has(FLAG.maximize),
    l2: weightDecay !== 0 && !decoupled,
    weightDecay: round(weightDecay),
    paramDecay: round(decoupled ? 1 - lr * weightDecay : 1),
    lerpFromGrad: weight >= 0.5,
    lerpCoefficient: weight >= 0.5 ? -(1 - weight) : weight,
    beta2: round(beta2),
    oneMinusBeta2: round(1 - beta2),
    divided,
    correction: round(has(FLAG.epsilonHat) ? 1 : divided ? biasCorrection2Sqrt : 1 / biasCorrection2Sqrt),
    eps: round(eps),
    negStepSize: round(-stepSize),
  };
}

function update(
  { param, grad, expAvg, expAvgSq, maxExpAvgSq }: Arrays,
  k: ReturnType<typeof scalars>,
  round: Round,
): void {
  const { maximize, l2, weightDecay, paramDecay, lerpFromGrad, lerpCoefficient } = k;
  const { beta2, oneMinusBeta2, divided, correction, eps, negStepSize } = k;
  for (let i = 0; i < param.length; i++) {
    const p = round((param[i] as number) * paramDecay);
    let g = grad[i] as number;
    if (maximize) g = -g;
    if (l2) g = round(g + round(weightDecay * p));
    const m = expAvg[i] as number;
    const newM = round((lerpFromGrad ? g : m) + round(lerpCoefficient * round(g - m)));
    const newV = round(round((expAvgSq[i] as number) * beta2) + round(round(oneMinusBeta2 * g) * g));
    let v = newV;
    if (maxExpAvgSq !== null) v = maxExpAvgSq[i] = max(maxExpAvgSq[i] as number, newV);
    const root = divided ? round(round(sqrt(v)) / correction) : round(round(sqrt(v)) * correction);
    expAvg[i] = newM;
    expAvgSq[i] = newV;
    param[i] = round(p + round(round(negStepSize * newM) / round(root + eps)));
  }
}

function flush(values: Elements, tiny: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value > -tiny && value < tiny) values[i] = 0;
  }
}
