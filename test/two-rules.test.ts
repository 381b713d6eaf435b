/** `epsilonHat`: the rule of 2017, as PyTorch then, Caffe and TensorFlow write it, and the page that tells it from today's. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Adam, type AdamOptions, Parameter } from "adam-wasm";
import { describe, expect, test } from "vitest";
import type { DType } from "./support/bits.js";
import { ROOT } from "./support/child.js";
import { normals } from "./support/noise.js";

interface Old {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
}

type Writing = (old: Old) => (param: number[], grad: readonly number[], t: number) => void;

/** torch/optim/adam.py of 2017: `mul_`, `add_`, `addcmul_`, `addcdiv_`. */
const pytorch2017: Writing = ({ lr, betas: [beta1, beta2], eps, weightDecay }) => {
  const [expAvg, expAvgSq] = [Array(20).fill(0), Array(20).fill(0)] as number[][];
  return (param, grad, t) => {
    const stepSize = (lr * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
    for (const [i, g] of grad.entries()) {
      const d = g + weightDecay * param[i];
      expAvg[i] = expAvg[i] * beta1 + (1 - beta1) * d;
      expAvgSq[i] = expAvgSq[i] * beta2 + (1 - beta2) * d * d;
      param[i] -= (stepSize * expAvg[i]) / (Math.sqrt(expAvgSq[i]) + eps);
    }
  };
};

/** caffe/src/caffe/solvers/adam_solver.cpp: momentum is β₁, momentum2 β₂, delta eps; `Regularize` adds the L2 decay. */
const caffe: Writing = ({ lr, betas: [momentum, momentum2], eps: delta, weightDecay }) => {
  const [historyM, historyV] = [Array(20).fill(0), Array(20).fill(0)] as number[][];
  return (data, diff, t) => {
    const correction = Math.sqrt(1 - momentum2 ** t) / (1 - momentum ** t);
    for (const [i, g] of diff.entries()) {
      const regularized = weightDecay * data[i] + g;
      historyM[i] = (1 - momentum) * regularized + momentum * historyM[i];
      historyV[i] = (1 - momentum2) * regularized ** 2 + momentum2 * historyV[i];
      data[i] -= lr * correction * (historyM[i] / (Math.sqrt(historyV[i]) + delta));
    }
  };
};

/** tensorflow/python/training/adam.py: `lr_t`, and "epsilon hat" in its comment. */
const tensorflow: Writing = ({ lr, betas: [beta1, beta2], eps }) => {
  const [m, v] = [Array(20).fill(0), Array(20).fill(0)] as number[][];
  return (variable, gradient, t) => {
    const lrT = lr * (Math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t));
    for (const [i, g] of gradient.entries()) {
      m[i] += (g - m[i]) * (1 - beta1);
      v[i] += (g * g - v[i]) * (1 - beta2);
      variable[i] -= (m[i] * lrT) / (Math.sqrt(v[i]) + eps);
    }
  };
};

const START = normals(61, 0, 20);
/** Many of them are of the size of eps. */
const gradient = (t: number) => normals(62, t, 20).map((g, i) => g * 10 ** -(i % 10));

function train(dtype: DType, options: Partial<AdamOptions>, steps = 60): readonly number[] {
  const param = Parameter.from(START, { dtype });
  const optimizer = new Adam([param], options);
  for (let t = 1; t <= steps; t++) {
    param.grad = param.dtype === "float64" ? Float64Array.from(gradient(t)) : gradient(t);
    optimizer.step();
  }
  return [...param.data];
}

function written(writing: Writing, old: Old): readonly number[] {
  const param = [...START];
  const step = writing(old);
  for (let t = 1; t <= 60; t++) step(param, gradient(t), t);
  return param;
}

const apart = (a: readonly number[], b: readonly number[]) => Math.max(...a.map((x, i) => Math.abs(x - b[i])));

describe.each([
  ["PyTorch of 2017", pytorch2017, 0],
  ["PyTorch of 2017, with L2 decay", pytorch2017, 0.1],
  ["Caffe, with L2 decay", caffe, 0.1],
  ["TensorFlow", tensorflow, 0],
] as const)("%s", (_, writing, weightDecay) => {
  test.each([
    ["float64", 1e-13],
    ["float32", 2e-6],
  ] as const)("is what epsilonHat does in %s, and what the default does not", (dtype, tolerance) => {
    for (const eps of [1e-8, 1e-5, 1e-3]) {
      const old: Old = { lr: 1e-2, betas: [0.9, 0.999], eps, weightDecay };
      const expected = written(writing, old);
      expect(apart(train(dtype, { ...old, epsilonHat: true }), expected), `eps ${eps}`).toBeLessThan(tolerance);
      if (eps === 1e-3) expect(apart(train(dtype, old), expected), "today's rule").toBeGreaterThan(0.01);
    }
  });
});

test("2017's rule is today's with eps / √(1 − β₂ᵗ)", () => {
  const param = Parameter.from(START, { dtype: "float64" });
  const optimizer = new Adam([param]);
  for (let t = 1; t <= 60; t++) {
    optimizer.paramGroups[0].eps = 1e-8 / Math.sqrt(1 - 0.999 ** t);
    param.grad = Float64Array.from(gradient(t));
    optimizer.step();
  }
  expect(apart([...param.data], train("float64", { epsilonHat: true }))).toBeLessThan(1e-13);
});

test("exact changes nothing with epsilonHat: there is no second division", () => {
  expect(train("float32", { epsilonHat: true, exact: true })).toEqual(train("float32", { epsilonHat: true }));
});

test("moments do not depend on the rule, so it can be switched in the middle", () => {
  const param = Parameter.from(START);
  const optimizer = new Adam([param]);
  const moments = [false, true].map((epsilonHat) => {
    const own = Parameter.from(START);
    const other = new Adam([own], { epsilonHat });
    own.grad = gradient(1);
    other.step();
    return [other.state.get(own)?.expAvg.data, other.state.get(own)?.expAvgSq.data];
  });
  expect(moments[0]).toEqual(moments[1]);
  optimizer.paramGroups[0].epsilonHat = true;
  param.grad = gradient(1);
  optimizer.step();
  expect([...param.data]).toEqual(train("float32", { epsilonHat: true }, 1));
});

test("docs/two-rules.md prints what the first step is", () => {
  const page = readFileSync(join(ROOT, "docs/two-rules.md"), "utf8");
  const rows = [...page.matchAll(/^\| (1e-\d) \| ([\d.]+) \| ([\d.]+) \|$/gm)];
  expect(rows.map(([, g]) => Number(g))).toEqual([1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9]);
  for (const [, g, ...printed] of rows) {
    const measured = [false, true].map((epsilonHat) => {
      const param = Parameter.from([0], { dtype: "float64" });
      const optimizer = new Adam([param], { lr: 1, epsilonHat });
      param.grad = Float64Array.of(Number(g));
      optimizer.step();
      return (-param.data[0]).toFixed(6);
    });
    expect(measured, `gradient ${g}`).toEqual(printed);
  }
});
