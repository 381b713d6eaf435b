/** The test functions of optimization, and where torch 2.13, optax and jettify/pytorch-optimizer end up on them. */

import { describe, expect, test } from "vitest";
import type { AdamOptions } from "./support/oracle.js";
import { descend, FLOAT32, FLOAT64, ORACLE, type Run, TRAINERS, type Trainer } from "./support/trainers.js";

type Point = readonly number[];
type Slope = (point: Point) => Point;

/** Slope of (1 − x)² + b · (y − x²)². */
const rosenbrock =
  (b: number): Slope =>
  ([x, y]) => [-2 * (1 - x) - 4 * b * x * (y - x * x), 2 * b * (y - x * x)];

const parabola: Slope = ([x, y, z]) => [2 * (x - 1), 2 * (y + 1), 2 * (z - 1)];

const quadratic: Slope = ([x, y]) => [2 * x, 2 * y];

/** Slope of (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)². */
const beale: Slope = ([x, y]) => {
  const rows = [1.5, 2.25, 2.625].map((c, i) => ({ error: c - x + x * y ** (i + 1), power: i + 1 }));
  const sum = (of: (row: (typeof rows)[number]) => number) =>
    rows.reduce((total, row) => total + 2 * row.error * of(row), 0);
  return [sum(({ power }) => y ** power - 1), sum(({ power }) => x * power * y ** (power - 1))];
};

const DOUBLES = [ORACLE, ...FLOAT64];

function expectAt(run: Run, expected: Point, tolerance: number, what: string): void {
  const distance = Math.max(...expected.map((x, i) => Math.abs(run.values[i] - x)));
  expect(distance, `${what} (${run.values}), expected (${expected}), off by`).toBeLessThan(tolerance);
}

describe("Rosenbrock's valley from (1.5, 1.5), as torch walks it", () => {
  const start = (trainer: Trainer, options: Partial<AdamOptions>) => trainer.start([1.5, 1.5], options);

  describe.each(DOUBLES)("$name", (trainer) => {
    test("Adam, lr 1e-3", () => {
      const run = start(trainer, { lr: 1e-3 });
      const places: readonly (readonly [number, Point, number])[] = [
        [1, [1.499, 1.501], 1e-9],
        [10, [1.490020145, 1.509982091], 6e-10],
        [100, [1.411321605, 1.589699821], 6e-10],
        [2000, [1.30093765, 1.6932494], 6e-9],
      ];
      let steps = 0;
      for (const [until, place, tolerance] of places) {
        descend(run, until - steps, rosenbrock(100));
        steps = until;
        expectAt(run, place, tolerance, `after ${steps} steps`);
      }
      const [x, y] = run.values;
      expect((1 - x) ** 2 + 100 * (y - x * x) ** 2, "the function there").toBeCloseTo(0.0906292, 7);
    });

    test("Adam, lr 1e-2", () => {
      const run = descend(start(trainer, { lr: 1e-2 }), 2000, rosenbrock(100));
      expectAt(run, [1.19196854, 1.4213221], 6e-9, "after 2000 steps");
    });

    test("AMSGrad, lr 1e-2", () => {
      const run = descend(start(trainer, { lr: 1e-2, amsgrad: true }), 2000, rosenbrock(100));
      expectAt(run, [1.23611776, 1.52863451], 6e-9, "after 2000 steps");
    });
  });

  test.each(FLOAT32)("Adam, lr 1e-3, $name", (trainer) => {
    const run = descend(start(trainer, { lr: 1e-3 }), 2000, rosenbrock(100));
    expectAt(run, [1.3009341, 1.6932402], 2e-5, "after 2000 steps");
  });
});

describe("optax's problems, lr .1", () => {
  test.each(TRAINERS)("the parabola, $name", (trainer) => {
    const run = descend(trainer.start([-1, 10, 1], { lr: 0.1 }), 100, parabola);
    expectAt(run, [1.0084228, 1.99817864, 1], trainer.dtype === "float32" ? 2e-6 : 6e-8, "after 100 steps");
    descend(run, 9900, parabola);
    expectAt(run, [1, -1, 1], 1e-12, "after 10 000 steps");
  });

  test.each(TRAINERS)("Rosenbrock's valley from (0, 0), Adam, $name", (trainer) => {
    const run = descend(trainer.start([0, 0], { lr: 0.1 }), 10_000, rosenbrock(100));
    expectAt(run, [1, 1], 6e-2, "after 10 000 steps");
  });

  test.each(TRAINERS)("Rosenbrock's valley from (0, 0), AMSGrad, $name", (trainer) => {
    const run = descend(trainer.start([0, 0], { lr: 0.1, amsgrad: true }), 10_000, rosenbrock(100));
    expectAt(run, [1, 1], trainer.dtype === "float32" ? 2e-6 : 1e-13, "after 10 000 steps");
  });
});

describe("jettify's problems from (1.5, 1.5), 800 steps", () => {
  const problems: readonly [string, Slope, Point][] = [
    ["Rosenbrock with b 1", rosenbrock(1), [1, 1]],
    ["a quadratic", quadratic, [0, 0]],
    ["Beale", beale, [3, 0.5]],
  ];
  describe.each(problems)("%s", (_, slope, minimum) => {
    test.each(TRAINERS)("$name", (trainer) => {
      for (const lr of [0.1, 0.5, 1]) {
        expectAt(descend(trainer.start([1.5, 1.5], { lr }), 800, slope), minimum, 1e-3, `lr ${lr}`);
      }
    });
  });
});

test.each(TRAINERS)("jettify's picture: Rosenbrock from (-2, 2) with gradients clipped to norm 1, $name", (trainer) => {
  const clipped: Slope = (point) => {
    const slope = rosenbrock(100)(point);
    const factor = Math.min(1, 1 / (Math.hypot(...slope) + 1e-6));
    return slope.map((g) => factor * g);
  };
  const run = descend(trainer.start([-2, 2], { lr: 0.1 }), 10, clipped);
  expectAt(run, [-1.444119791, 2.503067177], trainer.dtype === "float32" ? 2e-5 : 6e-10, "after 10 steps");
});
