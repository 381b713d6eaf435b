/**
 * A training in progress that has one of everything: three groups with options of their own, both dtypes, AMSGrad, a
 * frozen parameter, one that had no gradient yet, and gradients by copy and by reference.
 */

import { Adam, Parameter, Tensor } from "adam-wasm";
import { snapshot } from "./snapshot.js";

export interface Training {
  readonly optimizer: Adam;
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly scale: Parameter;
  readonly frozen: Parameter;
  readonly late: Parameter;
  /** All of them, in the order of the groups. */
  readonly parameters: readonly Parameter[];
}

/** After two steps, with gradients for the third. Two trainings have the same bits. */
export function training(): Training {
  const weight = Parameter.from(
    [
      [0.1, -0.2, 0.3],
      [0.4, 0.5, -0.6],
    ],
    { name: "weight" },
  );
  const bias = Parameter.from([1, 2, 3], { name: "bias" });
  const scale = Parameter.from(Float64Array.of(0.5, 0.25));
  const frozen = Parameter.from([7, 8], { requiresGrad: false });
  const late = Parameter.from([9]);
  const optimizer = new Adam(
    [
      { params: [weight, bias], name: "layers", weightDecay: 0.1 },
      { params: [scale], lr: 0.01, amsgrad: true },
      { params: [frozen, late], maximize: true, decoupledWeightDecay: true },
    ],
    { betas: [0.8, 0.99] },
  );
  const gradient = Tensor.zeros([2, 3]);
  weight.grad = gradient;
  frozen.grad = [1, 1];
  for (let step = 1; step <= 3; step++) {
    gradient.set([step, -1, 0.5, 0, 2, step / 3]);
    bias.grad = [0.1 * step, 0, -1];
    scale.grad = Float64Array.of(step, -0.5);
    if (step < 3) optimizer.step();
  }
  return { optimizer, weight, bias, scale, frozen, late, parameters: [weight, bias, scale, frozen, late] };
}

/** Everything there is to be changed. */
export function snapshotOf({ optimizer, parameters }: Training) {
  return snapshot(optimizer, parameters);
}
