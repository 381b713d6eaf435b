/** Trainings and counter-examples of the papers, and where torch 2.13 ends up on them. */

import { createHash } from "node:crypto";
import { Adam, type AdamOptions, AdamW, Parameter, SGD } from "adam-wasm";
import { describe, expect, test } from "vitest";
import type { AnyOptimizer } from "./support/family.js";
import { makeData, trainSoftmax } from "./support/softmax-run.js";

describe("softmax regression, ten epochs (Adam paper, section 6.1, on a set that can be made anywhere)", () => {
  test("the set is the one the numbers are for", () => {
    const { x, labels } = makeData();
    expect(createHash("sha256").update(new Uint8Array(x.buffer)).digest("hex")).toMatch(/^ec79bed9c8b9ad16/);
    expect([...labels.subarray(0, 10)]).toEqual([9, 1, 4, 0, 6, 0, 4, 8, 0, 1]);
  });

  type Create = (params: Parameter[]) => Adam | SGD;
  type Row = readonly [name: string, Create, losses: readonly number[], accuracy: number, norm: number];
  const rows: readonly Row[] = [
    ["Adam, .01/√t", (w) => new Adam(w), [1.449819, 0.884236, 0.701276], 0.86875, 3.194595],
    ["Adam, 1e-3", (w) => new Adam(w), [2.041289, 1.308456, 0.886867], 0.8582, 2.496858],
    ["AMSGrad, 1e-3", (w) => new Adam(w, { amsgrad: true }), [2.041292, 1.308484, 0.886921], 0.8582, 2.496663],
    ["AdamW, 1e-3", (w) => new AdamW(w, { weightDecay: 0.1 }), [2.041527, 1.311975, 0.893538], 0.8582, 2.47534],
    ["Adam, L2", (w) => new Adam(w, { weightDecay: 0.01 }), [2.041446, 1.313034, 0.898449], 0.85898, 2.451986],
    [
      "SGD with Nesterov momentum, .01/√t",
      (w) => new SGD(w, { momentum: 0.9, nesterov: true }),
      [2.010366, 1.463097, 1.208403],
      0.87109,
      1.591307,
    ],
    ["SGD, .1", (w) => new SGD(w, { lr: 0.1 }), [1.299828, 0.580042, 0.443058], 0.89648, 4.791655],
  ];

  test.each(rows)("%s", (name, create, losses, accuracy, norm) => {
    const rate = name.endsWith("/√t") ? (step: number) => 0.01 / Math.sqrt(step) : undefined;
    const run = trainSoftmax(create as unknown as (params: Parameter[]) => AnyOptimizer, rate);
    expectClose(
      [1, 5, 10].map((epoch) => run.losses[epoch - 1]),
      losses,
      [2e-5, 2e-5, 2e-5],
    );
    expect(Number(run.accuracy.toFixed(5))).toBe(accuracy);
    expectClose([run.norm], [norm], [2e-5]);
  });
});

describe("Reddi, Kale and Kumar's counter-examples, on [-1, 1] with its best at -1", () => {
  /** Runs an online problem; returns where it is at `moments`, and the average regret at the last. */
  function online(
    {
      start = 0,
      cost,
      rate,
      ...options
    }: Partial<AdamOptions> & {
      start?: number;
      cost: (t: number) => number;
      rate?: (t: number) => number;
    },
    moments: readonly number[],
  ) {
    const x = Parameter.from(Float64Array.of(start));
    const optimizer = new Adam([x], options);
    const places: number[] = [];
    let regret = 0;
    for (let t = 1; t <= (moments.at(-1) as number); t++) {
      const c = cost(t);
      regret += c * (x.data[0] + 1);
      if (rate) optimizer.paramGroups[0].lr = rate(t);
      x.grad = Float64Array.of(c);
      optimizer.step();
      x.data[0] = Math.min(1, Math.max(-1, x.data[0]));
      if (moments.includes(t)) places.push(x.data[0]);
    }
    return { places, regret: regret / (moments.at(-1) as number) };
  }

  const cost = (t: number) => (t % 101 === 1 ? 1010 : -10);
  const rate = (t: number) => 0.5 / Math.sqrt(t);
  const betas = [0.9, 0.99] as const;

  test("Adam ends at the worst place, AMSGrad moves to the best (lr .5/√t)", () => {
    const moments = [1010, 10_100, 101_000];
    const adam = online({ cost, rate, betas }, moments);
    expectClose(adam.places, [-0.291, 0.9606, 1], [5e-4, 5e-5, 5e-5]);
    expectClose([adam.regret], [0.291], [5e-4]);
    const amsgrad = online({ cost, rate, betas, amsgrad: true }, moments);
    expectClose(amsgrad.places, [-0.809, -0.898, -0.99145], [5e-4, 5e-4, 5e-6]);
    expectClose([amsgrad.regret], [0.113], [5e-4]);
  });

  test("and so with a constant lr of 1e-3", () => {
    const moments = [101_000, 202_000];
    expectClose(online({ cost, betas }, moments.slice(0, 1)).places, [1], [1e-3]);
    expectClose(online({ cost, betas, amsgrad: true }, moments).places, [-0.078, -0.157], [5e-4, 5e-4]);
  });
});

test.each([
  [{ lr: 0.1, momentum: 0.9 }, (n: number) => 0.1 * 10 * (n - 9 * (1 - 0.9 ** n))],
  [{ lr: 0.1, momentum: 0.9, dampening: 0.5 }, (n: number) => sumOf(n, (k) => 0.1 * (0.9 ** k + 5 * (1 - 0.9 ** k)))],
  [
    { lr: 0.1, momentum: 0.9, nesterov: true },
    (n: number) => sumOf(n, (k) => 0.1 * (1 + 0.9 * 10 * (1 - 0.9 ** (k + 1)))),
  ],
])("SGD %o on a constant gradient follows its closed form", (options, distance) => {
  const parameter = Parameter.from(Float64Array.of(7));
  const optimizer = new SGD([parameter], options);
  for (let step = 1; step <= 50; step++) {
    parameter.grad = Float64Array.of(1);
    optimizer.step();
    expect(7 - parameter.data[0], `after ${step} steps`).toBeCloseTo(distance(step), 10);
  }
});

/** Of k = 0 … n − 1. */
function sumOf(n: number, term: (k: number) => number): number {
  return Array.from({ length: n }, (_, k) => term(k)).reduce((a, b) => a + b, 0);
}

function expectClose(actual: readonly number[], expected: readonly number[], tolerances: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, x] of expected.entries())
    expect(Math.abs(actual[i] - x), `${actual[i]}, expected ${x}`).toBeLessThan(tolerances[i]);
}
