/** Numbers that other projects, or torch, published for small problems, and that anyone can check by hand. */

import { describe, expect, test } from "vitest";
import type { AdamOptions } from "./support/oracle.js";
import { descend, TRAINERS } from "./support/trainers.js";

const TENTHS = Array.from({ length: 10 }, (_, i) => (i + 1) / 10);

/** Keras's test problem: ten ones, a first gradient of 0.01, then 0.1, 0.2, …, 1. */
const kerasSlope = (_: readonly number[], step: number) => (step === 1 ? TENTHS.map(() => 0.01) : TENTHS);

type Range = readonly [number, number];

describe.each(TRAINERS)("$name", (trainer) => {
  test.each<[string, Partial<AdamOptions>, readonly Range[], number]>([
    [
      "Adam with amsgrad",
      { lr: 1e-3, eps: 1e-7, amsgrad: true, epsilonHat: true },
      [
        [0.999, 0.999],
        [0.99819, 0.99825],
        [0.9973, 0.99739],
        [0.99637, 0.99648],
        [0.99541, 0.99553],
      ],
      6e-6,
    ],
    [
      "AdamW",
      { lr: 1, eps: 2, weightDecay: 0.5, decoupledWeightDecay: true, epsilonHat: true },
      [
        [0.4998, 0.4998],
        [0.2382, 0.2486],
        [0.1003, 0.1223],
        [0.0258, 0.0586],
        [-0.0159, 0.0263],
      ],
      6e-5,
    ],
  ])("Keras 3, %s", (_, options, rows, tolerance) => {
    const run = trainer.start(
      TENTHS.map(() => 1),
      options,
    );
    for (const [at, row] of rows.entries()) {
      run.step(kerasSlope([], at + 1));
      const range = [Math.min(...run.values), Math.max(...run.values)];
      expectAll(range, row, tolerance, `smallest and largest after ${at + 1} steps`);
    }
  });

  test("TensorFlow.js, x² from (2, 4)", () => {
    const run = trainer.start([2, 4], { lr: 0.1, betas: [0.8, 0.9], eps: 1e-8 });
    const expected = [
      [1.9, 3.9],
      [1.80018296, 3.80008207],
      [1.70068341, 3.70030268],
    ];
    for (const row of expected) {
      run.step(run.values.map((x) => 2 * x));
      expectAll(run.values, row, trainer.dtype === "float32" ? 5e-7 : 6e-9, "x");
    }
  });

  test("candle and torch, a line through four points", () => {
    const inputs = [
      [2, 1],
      [7, 4],
      [-4, 12],
      [5, 8],
    ];
    const run = trainer.start([0, 0, 0], { lr: 0.1, weightDecay: 0.01, decoupledWeightDecay: true });
    descend(run, 100, ([w1, w2, b]) => {
      const errors = inputs.map(([x1, x2]) => w1 * x1 + w2 * x2 + b - (3 * x1 + x2 - 2));
      const sum = (of: (row: number[]) => number) =>
        2 * inputs.reduce((total, row, i) => total + errors[i] * of(row), 0);
      return [sum(([x1]) => x1), sum(([, x2]) => x2), sum(() => 1)];
    });
    expect(run.values.map((x) => x.toFixed(4))).toEqual(["2.7257", "0.7097", "0.7873"]);
  });
});

describe("torch in float64, three steps of gradients from 1e-8 to 1e5", () => {
  const start = [0.5, -0.25, 1, 2, 0, -3, 10, 0.125];
  const gradient = [1, -2, 0.5, 1e-3, -1e-8, 0, 1e5, 3];
  const factors = [1, -0.5, 1];

  const rows: readonly [string, Partial<AdamOptions>, readonly number[]][] = [
    [
      "Adam",
      {},
      [
        0.498154182299638, -0.248154182289608, 0.998154182319699, 1.99815420234006, 0.000886520784867292, -3,
        9.99815418227958, 0.123154182286265,
      ],
    ],
    [
      "Adam with L2",
      { weightDecay: 0.1 },
      [
        0.498061545019879, -0.248130390911228, 0.997825396119571, 1.99700024819929, -0.000480427229275269,
        -2.99700003199649, 9.99815416301048, 0.123146227327683,
      ],
    ],
    [
      "AdamW",
      { weightDecay: 0.01, decoupledWeightDecay: true },
      [
        0.498139205112908, -0.248146705027878, 0.998124205282968, 1.99809422560309, 0.000886509609088722, -2.9999100009,
        9.99785420794284, 0.123150454987035,
      ],
    ],
  ];

  describe.each(rows)("%s", (_, options, expected) => {
    test.each(TRAINERS)("$name", (trainer) => {
      const run = trainer.start(start, { lr: 1e-3, ...options });
      descend(run, 3, (_, step) => gradient.map((g) => factors[step - 1] * g));
      // Fifteen digits are printed.
      const unit = trainer.dtype === "float32" ? 2 ** -23 : 6e-15;
      for (const [i, x] of expected.entries()) {
        expectAll([run.values[i]], [x], unit * Math.max(1, Math.abs(x)), `element ${i}`);
      }
    });
  });
});

function expectAll(actual: readonly number[], expected: readonly number[], tolerance: number, what: string): void {
  const distance = Math.max(...expected.map((x, i) => Math.abs(actual[i] - x)));
  expect(distance, `${what}: ${actual}, expected ${expected}, off by`).toBeLessThanOrEqual(tolerance);
}
