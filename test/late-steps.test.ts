/**
 * Late in a run √bias_correction2 rounds to 1, and `exact` then takes the body without its second division. The kernel in plain
 * JavaScript divides for ever: if the module left too early, bits would differ.
 */

import { describe, expect, test } from "vitest";
import { type DType, expectSameBits, firstDifference, round } from "./support/bits.js";
import { KernelAdam, type StepOptions } from "./support/kernel-adam.js";
import { PLATFORMS, WASM } from "./support/platforms.js";
import { load, randomState } from "./support/states.js";

const LENGTH = 29;
const NAMES = ["param", "expAvg", "expAvgSq"] as const;

/** The first step at which the correction is 1, give or take what is looked at around it. */
const CROSSINGS: readonly (readonly [DType, number, from: number, to: number])[] = [
  ["float32", 0.9, 1, 200],
  ["float64", 0.9, 300, 400],
  ["float32", 0.999, 16_600, 16_660],
  ["float64", 0.999, 37_380, 37_450],
];

const isOne = (dtype: DType, beta2: number, step: number) => round(dtype, Math.sqrt(1 - beta2 ** step)) === 1;

describe.each(CROSSINGS)("%s, beta2 %d, steps %d to %d", (dtype, beta2, from, to) => {
  const options: Partial<StepOptions> = { lr: 0.1, betas: [0.9, beta2] };

  test("are where the correction becomes 1", () => {
    expect([isOne(dtype, beta2, from), isOne(dtype, beta2, to)]).toEqual([false, true]);
  });

  test("module and JavaScript agree at every step", () => {
    const kernels = PLATFORMS.map((platform) => {
      const adam = new KernelAdam(platform, { dtype, lengths: [LENGTH] });
      adam.advanceTo(from - 1);
      return adam;
    });
    for (let step = from; step <= to; step++) {
      const state = randomState(dtype, LENGTH, step);
      for (const adam of kernels) {
        load(adam, state, ["grad", ...NAMES]);
        adam.step({ ...options, exact: true });
      }
      const [module, javascript] = kernels;
      for (const name of NAMES) expectSameBits(module.read(name), javascript.read(name), `${name} of step ${step}`);
    }
  });

  test("the default is another arithmetic before, and the same one after", () => {
    const [exact, close] = [true, false].map((exact) => {
      const adam = new KernelAdam(WASM, { dtype, lengths: [LENGTH] });
      adam.advanceTo(from - 1);
      return { adam, exact };
    });
    const differing = { before: 0, after: 0 };
    for (let step = from; step <= to; step++) {
      for (const { adam, exact: isExact } of [exact, close]) {
        load(adam, randomState(dtype, LENGTH, step), ["grad", ...NAMES]);
        adam.step({ ...options, exact: isExact });
      }
      const differs = firstDifference(close.adam.read("param"), exact.adam.read("param")) >= 0;
      differing[isOne(dtype, beta2, step) ? "after" : "before"] += differs ? 1 : 0;
    }
    expect(differing.before).toBeGreaterThan(0);
    expect(differing.after).toBe(0);
  });
});
