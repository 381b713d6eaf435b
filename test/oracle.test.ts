/** The float64 oracle against torch, and the package in float64 against the oracle. */

import { Adam, Parameter } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { fromHex } from "./support/bits.js";
import { normals } from "./support/noise.js";
import { type AdamElement, type AdamOptions, adam, fresh, TORCH_DEFAULTS } from "./support/oracle.js";
import { optionsOf, TORCH_RUNS, type TorchRun } from "./support/torch-vectors.js";
import { FLOAT64, ORACLE } from "./support/trainers.js";

describe("the oracle gives torch's float64 runs", () => {
  test.each(TORCH_RUNS.filter(({ dtype }) => dtype === "float64"))("$name", (run) => {
    let compared = 0;
    for (const param of run.init.keys()) {
      const elements = replay(run, param);
      for (const [step, { params, state }] of Object.entries(run.expect)) {
        const now = elements[Number(step)];
        const rows: readonly [keyof AdamElement, readonly string[]][] = [
          ["param", params[param]],
          ["expAvg", state[param].exp_avg as readonly string[]],
          ["expAvgSq", state[param].exp_avg_sq as readonly string[]],
        ];
        for (const [name, hex] of rows) {
          for (const [i, expected] of [...fromHex(hex, "float64")].entries()) {
            const what = `${name} ${i} of parameter ${param} after step ${step}`;
            expect(Math.abs(now[i][name] / expected - 1), what).toBeLessThan(1e-13);
            compared++;
          }
        }
      }
    }
    expect(compared).toBe(5 * 3 * (21 + 19 + 1));
  });
});

describe("the first step, in units of lr, by where eps is added", () => {
  const rows = [
    [1e-4, 0.9999, 0.996848],
    [1e-6, 0.990099, 0.759747],
    [1e-7, 0.909091, 0.240253],
    [1e-8, 0.5, 0.030653],
    [1e-9, 0.090909, 0.003152],
  ];
  describe.each([ORACLE, ...FLOAT64])("$name", (trainer) => {
    test.each(rows)("gradient %d", (grad, today, hat) => {
      for (const [epsilonHat, expected] of [
        [false, today],
        [true, hat],
      ] as const) {
        const run = trainer.start([0], { lr: 1, epsilonHat });
        run.step([grad]);
        expect(-run.values[0], `epsilonHat ${epsilonHat}`).toBeCloseTo(expected, 6);
      }
    });
  });
});

describe("float64 parameters follow the oracle", () => {
  const flags = ["amsgrad", "maximize", "decoupledWeightDecay", "epsilonHat"] as const;
  const sets = [...Array(2 ** flags.length).keys()].map((bits) =>
    Object.fromEntries(flags.map((flag, i) => [flag, (bits >> i) % 2 === 1])),
  );

  test.each(sets)("%o", (set) => {
    for (const betas of [
      [0.9, 0.999],
      [0.3, 0.9],
      [0, 0.99],
    ] as const) {
      for (const [exact, weightDecay] of [
        [false, 0],
        [true, 0.3],
        [false, 0.3],
      ] as const) {
        const options = { ...TORCH_DEFAULTS, ...set, lr: 1e-2, eps: 1e-4, betas, weightDecay };
        const error = largestError(options, exact);
        expect(error, `betas ${betas}, exact ${exact}, weightDecay ${weightDecay}`).toBeLessThan(1e-12);
      }
    }
  });
});

/** Every element of one parameter of a run, after each of its steps. */
function replay(run: TorchRun, param: number): AdamElement[][] {
  const decoupled = run.optimizer === "AdamW" ? { decoupledWeightDecay: true, weightDecay: 0.01 } : {};
  const options = { ...TORCH_DEFAULTS, ...decoupled, ...optionsOf(run, param) };
  const history = [[...fromHex(run.init[param], run.dtype)].map(fresh)];
  let count = 0;
  for (const row of run.grads) {
    const now = history[history.length - 1];
    const hex = row[param];
    if (hex !== null) count++;
    const grad = hex === null ? null : fromHex(hex, run.dtype);
    history.push(grad === null ? now : now.map((element, i) => adam(element, grad[i], count, options)));
  }
  return history;
}

/** Of parameters over 60 steps, in units of their size. */
function largestError(options: AdamOptions, exact: boolean): number {
  const start = normals(5, 0, 7);
  const param = Parameter.from(start, { dtype: "float64" });
  const optimizer = new Adam([param], { ...options, exact });
  let [elements, error] = [start.map(fresh), 0];
  for (let step = 1; step <= 60; step++) {
    // Gradients that shrink, so that AMSGrad's maximum is one.
    const grad = normals(6, step, start.length, 0.9 ** step);
    param.grad = grad;
    optimizer.step();
    elements = elements.map((element, i) => adam(element, grad[i], step, options));
    for (const [i, x] of param.data.entries()) {
      error = Math.max(error, Math.abs(x - elements[i].param) / Math.max(1, Math.abs(x)));
    }
  }
  return error;
}
