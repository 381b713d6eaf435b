/**
 * Powers by square-and-multiply, because `Math.pow` and the C library's `pow` differ by engine. torch uses the latter: its bits
 * can only be promised because the difference is gone once scalars are rounded to float32.
 */

import { describe, expect, test } from "vitest";
import { integerPower } from "../dist/power.js";
import { biasCorrection } from "../dist/wasm/fallback/scalars.js";
import { expectSameBits, floats } from "./support/bits.js";
import { KernelAdam } from "./support/kernel-adam.js";
import { PLATFORMS } from "./support/platforms.js";

const BETAS = [0.3, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999];
const STEPS = 20_000;

describe.each(BETAS)("beta %d, steps 1 to 20 000", (beta) => {
  test("rounded scalars are those of Math.pow", () => {
    for (let step = 1; step <= STEPS; step++) {
      const [own, theirs] = [biasCorrection(beta, step), 1 - beta ** step];
      const rows = {
        "√bias_correction2": [own, theirs].map(Math.sqrt),
        "lr / bias_correction1": [1e-3 / own, 1e-3 / theirs],
      };
      for (const [name, [x, expected]] of Object.entries(rows)) {
        if (Math.fround(x) !== Math.fround(expected))
          expect.fail(`${name} of step ${step} is ${x}, with Math.pow ${expected}`);
      }
    }
  });

  test("the module has the same scalars, to the bit of a double", () => {
    const [module, javascript] = PLATFORMS.map((platform) => {
      const adam = new KernelAdam(platform, { dtype: "float64", lengths: [1] });
      const params = floats("float64", STEPS);
      adam.write("grad", floats("float64", [1]));
      for (let step = 0; step < STEPS; step++) {
        adam.write("param", floats("float64", [0]));
        adam.step({ betas: [beta, beta], lr: 0.1, exact: true });
        params[step] = adam.read("param")[0];
      }
      return params;
    });
    expectSameBits(module, javascript, "the update of every step");
    // A constant gradient of 1 has a mean of 1 and a mean square of 1, if bias is corrected.
    const off = module.map((x) => Math.abs(x / -0.1 - 1));
    expect(Math.max(...off)).toBeLessThan(1e-7);
  });
});

test("powers are right for step counts that no run reaches", () => {
  for (const beta of [0.9, 0.999, 0.999999]) {
    for (const step of [0, 1, 2 ** 24 + 1, 2 ** 32 + 1, 2 ** 53 - 1]) {
      expect(Math.abs(integerPower(beta, step) - beta ** step), `${beta}^${step}`).toBeLessThanOrEqual(
        3e-11 * beta ** step,
      );
    }
  }
});
