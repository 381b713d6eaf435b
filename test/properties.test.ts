/** What the papers prove of Adam, and what each form of it here must therefore show. */

import { describe, expect, test } from "vitest";
import { descend, TRAINERS } from "./support/trainers.js";

describe.each(TRAINERS)("$name", (trainer) => {
  const close = trainer.dtype === "float32" ? 5e-7 : 1e-12;
  const expectClose = (actual: number, expected: number, what: string, tolerance = close) => {
    const difference = Math.abs(actual / expected - 1);
    expect(difference, `${what}: ${actual}, expected ${expected}, relative difference`).toBeLessThan(tolerance);
  };

  test("the first step is lr · g / (|g| + eps), whatever the betas", () => {
    const gradients = [1e3, -1e3, 1, -0.1, 1e-4, -1e-7, 1e-8];
    for (const beta1 of [0, 0.3, 0.5, 0.9]) {
      for (const beta2 of [0.9, 0.99, 0.999, 0.9999, 0.99999]) {
        const [lr, eps] = [1e-3, 1e-8];
        const zeros = gradients.map(() => 0);
        const run = trainer.start(zeros, { lr, eps, betas: [beta1, beta2] });
        run.step(gradients);
        for (const [i, g] of gradients.entries()) {
          expectClose(run.values[i], (-lr * g) / (Math.abs(g) + eps), `g ${g}, betas ${beta1} ${beta2}`);
        }
      }
    }
  });

  test.each([
    [0.999, 3.16227666],
    [0.99, 0.9999999],
  ])("after 19 999 zeros a gradient of 1 moves by lr · (1 − beta1) / √(1 − beta2) (beta2 %d)", (beta2, steps) => {
    const run = trainer.start([0], { lr: 1e-3, betas: [0.9, beta2] });
    descend(run, 20_000, (_, step) => [step === 20_000 ? 1 : 0]);
    expectClose(-run.values[0] / 1e-3, steps, "the step in units of lr", trainer.dtype === "float32" ? 1e-6 : 2e-9);
    const bound = (1 - 0.9) / Math.sqrt(1 - beta2);
    expect(-run.values[0] / 1e-3, "the step against the paper's bound").toBeLessThanOrEqual(bound * (1 + close));
  });

  test("without gradient, decoupled decay is exponential decay", () => {
    const run = trainer.start([1], { lr: 0.1, weightDecay: 0.1, decoupledWeightDecay: true });
    descend(run, 10, () => [0]);
    expectClose(run.values[0], 0.904382075, "after 10 steps", Math.max(close, 1e-9));
    descend(run, 20, () => [0]);
    expectClose(run.values[0], 0.739700373, "after 30 steps", Math.max(2 * close, 1e-9));
  });

  test("without gradient, an L2 penalty is no decay: it overshoots zero", () => {
    const run = trainer.start([1], { lr: 0.1, weightDecay: 0.1 });
    const path: number[] = [1];
    for (let step = 1; step <= 30; step++) {
      run.step([0]);
      path.push(run.values[0]);
    }
    for (const [step, expected] of [
      [1, 0.90000001],
      [2, 0.80041225],
      [5, 0.50796371],
      [10, 0.07624925],
      [30, -0.03396762],
    ]) {
      expectClose(path[step], expected, `after ${step} steps`, trainer.dtype === "float32" ? 2e-5 : 2e-7);
    }
  });

  test("decoupled decay does not depend on the size of gradients, an L2 penalty does", () => {
    const trained = (scale: number, decoupledWeightDecay: boolean) => {
      const run = trainer.start([1], { lr: 1e-3, weightDecay: 0.1, decoupledWeightDecay });
      return descend(run, 1000, (_, step) => [step % 2 === 1 ? scale : -scale]).values[0];
    };
    // Rounding 1 − lr · weightDecay to float32 is up to 2⁻²⁵ a step.
    const tolerance = trainer.dtype === "float32" ? 1000 * 2 ** -25 : 6e-9;
    for (const scale of [1, 10, 100])
      expectClose(trained(scale, true), 0.9032432582, `AdamW, gradients of ±${scale}`, tolerance);
    expectClose(trained(1, false), 0.9037351, "L2, gradients of ±1", tolerance);
    expectClose(trained(10, false), 0.98832174, "L2, gradients of ±10", tolerance);
    expectClose(trained(100, false), 0.99724478, "L2, gradients of ±100", tolerance);
  });

  test("with betas 0 and eps 0 it is sign descent", () => {
    const [start, gradients] = [
      [1, -2, 0.5, 3],
      [1e-3, -7, 123, -1e10],
    ];
    const run = trainer.start(start, { lr: 2 ** -7, betas: [0, 0], eps: 0 });
    for (let step = 1; step <= 3; step++) {
      run.step(gradients);
      expect(run.values).toEqual(start.map((x, i) => x - step * 2 ** -7 * Math.sign(gradients[i])));
    }
  });
});
