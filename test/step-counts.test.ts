/** Every parameter counts its own updates: those in which it had a gradient. */

import { Adam, type AdamOptions, Parameter } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { type DType, expectSameBits, type Floats, floats } from "./support/bits.js";
import { hash, normals } from "./support/noise.js";

const OPTIONS: Partial<AdamOptions> = { lr: 0.1, amsgrad: true, weightDecay: 0.1 };
const DTYPES: readonly DType[] = [
  "float32",
  "float64",
  "float32",
  "float32",
  "float64",
  "float64",
  "float32",
  "float32",
];
const LENGTHS = [3, 5, 1, 8, 2, 7, 0, 13];
const STEPS = 70;

const gradient = (index: number, step: number) => normals(90 + index, step, LENGTHS[index]);
const start = (index: number) => Parameter.from(normals(80 + index, 0, LENGTHS[index]), { dtype: DTYPES[index] });

/** Which parameters have a gradient at which steps: in any mixture of early, late and never. */
const SCHEDULES: Readonly<Record<string, (index: number, step: number) => boolean>> = {
  "all at every step": () => true,
  "one later than the other": (index, step) => step > 5 * index,
  "every other one, every other step": (index, step) => (index + step) % 2 === 0,
  "by chance": (index, step) => hash(7, step, index) % 3 > 0,
  "only the first": (index) => index === 0,
};

describe.each(Object.entries(SCHEDULES))("gradients: %s", (_, hasGradient) => {
  test("in one group, each parameter is as if it were alone", () => {
    const params = LENGTHS.map((_, index) => start(index));
    const optimizer = new Adam(params, OPTIONS);
    for (let step = 1; step <= STEPS; step++) {
      for (const [index, param] of params.entries())
        param.grad = hasGradient(index, step) ? gradient(index, step) : null;
      optimizer.step();
    }
    for (const [index, param] of params.entries()) {
      const steps = Array.from({ length: STEPS }, (_, at) => at + 1).filter((step) => hasGradient(index, step));
      const alone = trainedAlone(index, steps);
      const state = optimizer.state.get(param);
      expect(state?.step, `step of parameter ${index}`).toBe(steps.length > 0 ? steps.length : undefined);
      expectSameBits(param.data, alone.param, `parameter ${index}`);
      for (const name of ["expAvg", "expAvgSq", "maxExpAvgSq"] as const) {
        if (state !== undefined)
          expectSameBits(state[name]?.data as Floats, alone[name], `${name} of parameter ${index}`);
      }
    }
  });
});

test("a parameter without a gradient is not decayed, moved or counted", () => {
  const [moved, idle] = [Parameter.from([1, 2]), Parameter.from([1, 2])];
  const optimizer = new Adam([moved, idle], { lr: 0.1, weightDecay: 0.5, decoupledWeightDecay: true });
  moved.grad = [1, 1];
  optimizer.step();
  expect([...idle.data]).toEqual([1, 2]);
  expect(optimizer.state.has(idle)).toBe(false);

  idle.grad = [1, 1];
  optimizer.step();
  const { expAvg, step } = optimizer.state.get(idle) ?? {};
  expect(step).toBe(1);
  const before = { param: idle.data.slice(), expAvg: expAvg?.data.slice() as Floats };
  idle.grad = null;
  for (let step = 0; step < 5; step++) optimizer.step();
  expectSameBits(idle.data, before.param, "params");
  expectSameBits(expAvg?.data as Floats, before.expAvg, "exp_avg");
  expect(optimizer.state.get(idle)?.step).toBe(1);
  expect(optimizer.state.get(moved)?.step).toBe(7);
});

test("a gradient of zeros is a gradient: it counts, and decays", () => {
  const param = Parameter.from([1]);
  const optimizer = new Adam([param], { lr: 0.5, weightDecay: 0.5, decoupledWeightDecay: true });
  param.grad = [0];
  optimizer.step();
  expect(param.item()).toBe(0.75);
  expect(optimizer.state.get(param)?.step).toBe(1);
});

test("decay of one group does not reach a group without", () => {
  const [weight, bias] = [Parameter.from([1]), Parameter.from([1])];
  const decaying = { lr: 0.5, weightDecay: 0.5, decoupledWeightDecay: true };
  const optimizer = new Adam([{ params: [weight] }, { params: [bias], weightDecay: 0 }], decaying);
  for (const param of [weight, bias]) param.grad = [0];
  optimizer.step();
  expect([weight.item(), bias.item()]).toEqual([0.75, 1]);
});

function trainedAlone(index: number, steps: readonly number[]) {
  const param = start(index);
  const optimizer = new Adam([param], OPTIONS);
  for (const step of steps) {
    param.grad = gradient(index, step);
    optimizer.step();
  }
  const none = floats(DTYPES[index], LENGTHS[index]);
  const { expAvg, expAvgSq, maxExpAvgSq } = optimizer.state.get(param) ?? {};
  const copy = (tensor: { readonly data: Floats } | undefined) => tensor?.data.slice() ?? none;
  return { param: copy(param), expAvg: copy(expAvg), expAvgSq: copy(expAvgSq), maxExpAvgSq: copy(maxExpAvgSq) };
}
