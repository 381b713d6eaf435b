/**
 * torch's lerp has two branches, and takes `1 − weight` from the weight as rounded: `exp_avg + w · (grad − exp_avg)` for w < ½, else
 * `grad − (grad − exp_avg) · (1 − w)`. torch's own bits at these betas were found to be those of this reading and no other.
 */

import { describe, expect, test } from "vitest";
import { type DType, expectSameBits, type Floats, round } from "./support/bits.js";
import { KernelAdam } from "./support/kernel-adam.js";
import { PLATFORMS } from "./support/platforms.js";
import { load, randomState } from "./support/states.js";

const DTYPES: readonly DType[] = ["float32", "float64"];
const BETAS1 = [0, 0.05, 0.1, 0.2, 0.3, 0.35, 0.4, 0.5, 0.6, 0.9, 0.95];
const LENGTH = 1031;

describe.each(PLATFORMS)("$name", (platform) => {
  describe.each(DTYPES)("%s", (dtype) => {
    const state = randomState(dtype, LENGTH, 21);

    const firstMoment = (beta1: number): Floats => {
      const adam = new KernelAdam(platform, { dtype, lengths: [LENGTH] });
      load(adam, state, ["grad", "expAvg"]);
      adam.step({ betas: [beta1, 0.999] });
      return adam.read("expAvg");
    };

    test.each(BETAS1)("beta1 %d", (beta1) => {
      const weight = round(dtype, 1 - beta1);
      const expected = state.grad.map((grad, i) => {
        const old = state.expAvg[i];
        const distance = round(dtype, grad - old);
        if (weight < 0.5) return old + round(dtype, weight * distance);
        return grad - round(dtype, distance * round(dtype, 1 - weight));
      });
      expectSameBits(firstMoment(beta1), expected as Floats, "exp_avg");
    });

    test("without memory it is the gradient, to the bit", () => {
      expectSameBits(firstMoment(0), state.grad, "exp_avg");
      expect(firstMoment(0.3)).not.toEqual(state.grad);
    });
  });
});
