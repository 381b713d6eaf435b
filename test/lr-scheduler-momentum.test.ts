/**
 * Momentum as CyclicLR and OneCycleLR move it on SGD: torch's sequences (test_lrscheduler.py), with momenta that only SGD
 * can take, and a training that follows them.
 */

import { Adam, CyclicLR, type LRScheduler, OneCycleLR, Parameter, SGD } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";

/** Two groups, with learning rates 0.05 and 0.5, and no momentum of their own. */
function twoGroups(options: Partial<ConstructorParameters<typeof SGD>[1]> = {}): SGD {
  return new SGD([{ params: [Parameter.from([1])] }, { params: [Parameter.from([2])], lr: 0.5 }], {
    lr: 0.05,
    ...options,
  });
}

type Sequences = readonly (readonly number[])[];

/** Each group's rates and momenta, at construction and after each step. */
function expectSequences(make: (optimizer: SGD) => LRScheduler, lr: Sequences, momentum: Sequences): void {
  const optimizer = twoGroups();
  const scheduler = make(optimizer);
  lr[0].forEach((_, step) => {
    if (step > 0) {
      optimizer.step();
      scheduler.step();
    }
    optimizer.paramGroups.forEach((group, index) => {
      expect(group.lr, `lr of group ${index} after ${step} steps`).toBeCloseTo(lr[index][step], 12);
      expect(group.momentum, `momentum of group ${index} after ${step} steps`).toBeCloseTo(momentum[index][step], 12);
    });
  });
}

const plus = (by: number, values: readonly number[]) => values.map((value) => value + by);

describe("CyclicLR", () => {
  const bounds = { baseLr: 1, maxLr: 5, baseMomentum: 1, maxMomentum: 5 };
  const each = { baseLr: [1, 2], maxLr: [5, 6], baseMomentum: [1, 2], maxMomentum: [5, 6] };

  test.each([
    [{ stepSizeUp: 4 }, [1, 2, 3, 4, 5, 4, 3, 2, 1, 2, 3], [5, 4, 3, 2, 1, 2, 3, 4, 5, 4, 3]],
    [
      { stepSizeUp: 4, mode: "triangular2" },
      [1, 2, 3, 4, 5, 4, 3, 2, 1, 1.5, 2, 2.5, 3, 2.5, 2, 1.5, 1, 1.25, 1.5, 1.75, 2, 1.75],
      [5, 4, 3, 2, 1, 2, 3, 4, 5, 4.5, 4, 3.5, 3, 3.5, 4, 4.5, 5, 4.75, 4.5, 4.25, 4, 4.25],
    ],
    [
      { stepSizeUp: 4, stepSizeDown: 6 },
      [1, 2, 3, 4, 5, 13 / 3, 11 / 3, 3, 7 / 3, 5 / 3, 1],
      [5, 4, 3, 2, 1, 5 / 3, 7 / 3, 3, 11 / 3, 13 / 3, 5],
    ],
    [
      { stepSizeUp: 4, mode: "exp_range", gamma: 0.9 },
      [0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0, 0.25, 0.5, 0.75, 1].map((x, i) => 1 + 4 * x * 0.9 ** i),
      [0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0, 0.25, 0.5, 0.75, 1].map((x, i) => 5 - 4 * x * 0.9 ** i),
    ],
  ] as const)("%o", (options, lr, momentum) => {
    expectSequences((o) => new CyclicLR(o, { ...bounds, ...options }), [lr, lr], [momentum, momentum]);
  });

  test("with bounds for each group", () => {
    const [lr, momentum] = [
      [1, 2, 3, 4, 5, 4, 3, 2, 1, 2, 3],
      [5, 4, 3, 2, 1, 2, 3, 4, 5, 4, 3],
    ];
    const make = (o: SGD) => new CyclicLR(o, { ...each, stepSizeUp: 4 });
    expectSequences(make, [lr, plus(1, lr)], [momentum, plus(1, momentum)]);
  });

  test("leaves momentum alone when told to", () => {
    const optimizer = twoGroups({ momentum: 0.7 });
    const scheduler = new CyclicLR(optimizer, { ...bounds, stepSizeUp: 4, cycleMomentum: false });
    for (let i = 0; i < 10; i++) {
      expect(optimizer.paramGroups.map(({ momentum }) => momentum)).toEqual([0.7, 0.7]);
      optimizer.step();
      scheduler.step();
    }
    expect(optimizer.paramGroups[0]).toMatchObject({ maxMomentum: undefined, baseMomentum: undefined });
  });

  test("has torch's bounds by default, from construction on", () => {
    const optimizer = twoGroups();
    new CyclicLR(optimizer, { baseLr: 1, maxLr: 5 });
    expect(optimizer.paramGroups[1]).toMatchObject({ lr: 1, momentum: 0.9, maxMomentum: 0.9, baseMomentum: 0.8 });
  });
});

describe("OneCycleLR", () => {
  const options = { maxLr: 25, totalSteps: 10, baseMomentum: 1, maxMomentum: 22 };
  const down = (start: number, end: number, steps: number) =>
    Array.from({ length: steps }, (_, i) => end + ((start - end) / 2) * (1 + Math.cos((Math.PI * (i + 1)) / steps)));

  test.each([
    [
      { finalDivFactor: 2, annealStrategy: "linear" },
      [1, 13, 25, 21.5, 18, 14.5, 11, 7.5, 4, 0.5],
      [22, 11.5, 1, 4, 7, 10, 13, 16, 19, 22],
    ],
    [
      { pctStart: 0.4, finalDivFactor: 4, annealStrategy: "linear", threePhase: true },
      [1, 9, 17, 25, 17, 9, 1, 0.75, 0.5, 0.25],
      [22, 15, 8, 1, 8, 15, 22, 22, 22, 22],
    ],
    [{ finalDivFactor: 2 }, [1, 13, 25, ...down(25, 0.5, 7)], [22, 11.5, 1, ...down(1, 22, 7)]],
  ] as const)("%o", (more, lr, momentum) => {
    expectSequences((o) => new OneCycleLR(o, { ...options, ...more }), [lr, lr], [momentum, momentum]);
  });

  test("has torch's bounds by default, from construction on", () => {
    const optimizer = twoGroups();
    new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 10 });
    expect(optimizer.paramGroups[1]).toMatchObject({ momentum: 0.95, maxMomentum: 0.95, baseMomentum: 0.85 });
  });
});

test("steps are taken with the momentum of the moment: buffer and parameter by hand", () => {
  const parameter = Parameter.from([1], { dtype: "float64" });
  const optimizer = new SGD([parameter], { lr: 1 });
  const scheduler = new CyclicLR(optimizer, {
    baseLr: 0.5,
    maxLr: 1,
    stepSizeUp: 2,
    baseMomentum: 0.25,
    maxMomentum: 0.75,
  });
  let [param, buffer] = [1, 0];
  const [rates, momenta] = [
    [0.5, 0.75, 1, 0.75, 0.5],
    [0.75, 0.5, 0.25, 0.5, 0.75],
  ];
  rates.forEach((lr, i) => {
    parameter.grad = [i + 1];
    optimizer.step();
    scheduler.step();
    buffer = i === 0 ? 1 : momenta[i] * buffer + i + 1;
    param -= lr * buffer;
    expect([...parameter.data]).toEqual([param]);
  });
});

test("momentum that falls to nothing and rises again keeps its buffer", () => {
  const parameter = Parameter.from([1], { dtype: "float64" });
  const optimizer = new SGD([parameter], { lr: 1 });
  const scheduler = new CyclicLR(optimizer, { baseLr: 1, maxLr: 1, stepSizeUp: 1, baseMomentum: 0, maxMomentum: 0.5 });
  const buffers = [4, 4, 6].map(() => {
    parameter.grad = [4];
    optimizer.step();
    scheduler.step();
    return optimizer.state.get(parameter)?.momentumBuffer.item();
  });
  expect(buffers).toEqual([4, 4, 6]);
});

describe("a momentum", () => {
  test.each([
    [
      "Adam: less than 1",
      new Adam([Parameter.from([1])]),
      1,
      "Expected maxMomentum of at least 0 and less than 1, but got 1",
    ],
    ["SGD: from 0 up", new SGD([Parameter.from([1])]), -1, "Expected non-negative number maxMomentum, but got -1"],
  ] as const)("of %s", (_, optimizer, maxMomentum, message) => {
    const before = optimizer.stateDict();
    for (const make of [
      () => new CyclicLR(optimizer, { baseLr: 1, maxLr: 2, maxMomentum }),
      () => new OneCycleLR(optimizer, { maxLr: 2, totalSteps: 10, maxMomentum }),
    ]) {
      expectError(thrownBy(make), { type: RangeError, code: "ERR_OPTION", message });
      expect(optimizer.stateDict()).toEqual(before);
    }
  });

  test("of SGD with nesterov must not fall to 0, and the step that would make it is taken back", () => {
    const optimizer = twoGroups({ momentum: 0.5, nesterov: true });
    const scheduler = new CyclicLR(optimizer, { baseLr: 1, maxLr: 2, stepSizeUp: 1, baseMomentum: 0 });
    const before = [optimizer.stateDict(), scheduler.stateDict()];
    optimizer.step();
    const message = "Nesterov momentum requires a momentum and zero dampening";
    expectError(
      thrownBy(() => scheduler.step()),
      { type: RangeError, code: "ERR_OPTION", message },
    );
    expect([optimizer.stateDict(), scheduler.stateDict()]).toEqual(before);
  });
});
