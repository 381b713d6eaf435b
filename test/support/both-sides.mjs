/** A short training that torch repeats to the bit: test/vectors/generate_both_sides.py is its twin. */

import { AdamW, Parameter, StepLR } from "adam-wasm";

export const STEPS = 5;

/** Exact in float32, and different in every element and step. */
const gradient = (step, length) => Array.from({ length }, (_, i) => (((7 * i + 3 * step) % 11) - 5) / 8);

/** What is trained, before its first step. */
export function start() {
  const model = {
    "layer.weight": Parameter.from([
      [1, -2, 3],
      [0.5, -0.25, 0],
    ]),
    "layer.bias": Parameter.from([1.5, -1]),
  };
  const [weight, bias] = Object.entries(model);
  const optimizer = new AdamW([{ params: [weight], lr: 0.02, weightDecay: 0.1 }, { params: [bias] }], {
    amsgrad: true,
    exact: true,
  });
  return { model, optimizer, scheduler: new StepLR(optimizer, { stepSize: 3, gamma: 0.5 }) };
}

/** The same after the last step, with values that JSON does not have. */
export function trained() {
  const { model, optimizer, scheduler } = start();
  for (let step = 1; step <= STEPS; step++) {
    for (const param of Object.values(model)) param.grad = gradient(step, param.length);
    optimizer.step();
    scheduler.step();
  }
  return { model, optimizer, scheduler, epoch: STEPS, losses: [0.5, -0, Number.POSITIVE_INFINITY, Number.NaN] };
}
