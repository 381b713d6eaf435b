/**
 * How far one float32 step may end from the exact one, element by element: a bound that good float32 arithmetic keeps
 * and sloppy arithmetic breaks. With u = 2⁻²⁴, and primes at what the oracle says:
 *
 * ```text
 * |p − p′|  ≤ ulp(p′)/2 + 8u·|dp′| + lr/bc1 / (√v′/√bc2 + eps) · 2u·(|m| + |g|)
 * |m − m′|  ≤ 2u·(|m| + |g|)
 * |v − v′|  ≤ 4u·v′
 * ```
 */

import { afterAll, describe, expect, test } from "vitest";
import { ulp } from "./support/bits.js";
import { DEFAULTS, KernelAdam, type StepOptions } from "./support/kernel-adam.js";
import { type AdamElement, adam } from "./support/oracle.js";
import { WASM } from "./support/platforms.js";
import { load, randomState, type State } from "./support/states.js";

const U = 2 ** -24;

const OPTIONS: Readonly<Record<string, Partial<StepOptions>>> = {
  Adam: {},
  "Adam, exact": { exact: true },
  AMSGrad: { amsgrad: true },
  maximize: { maximize: true },
  "betas .3, .9": { betas: [0.3, 0.9] },
  epsilonHat: { epsilonHat: true },
  "large eps, exact": { eps: 1e-3, exact: true },
  AdamW: { weightDecay: 0.1, decoupledWeightDecay: true },
  L2: { weightDecay: 0.1 },
  "L2, exact, maximize": { weightDecay: 0.1, exact: true, maximize: true },
};

const STEPS = [1, 2, 10, 1000, 100_000];

type Ratios = { p: number; m: number; v: number };
const largest: Ratios = { p: 0, m: 0, v: 0 };
afterAll(() => {
  const shown = Object.entries(largest).map(([name, ratio]) => `${name} ${ratio.toFixed(4)}`);
  console.log(`one float32 step against float64, largest share of the bound: ${shown.join(", ")}`);
});

describe.each(Object.entries(OPTIONS))("%s", (_, options) => {
  test.each(STEPS)("step %d", (step) => {
    for (const scale of [1, 1e-6]) {
      const ratios = compare(step, scale, { ...DEFAULTS, ...options });
      for (const [name, ratio] of Object.entries(ratios) as [keyof Ratios, number][]) {
        expect(ratio, `error of ${name} on gradients of size ${scale}, in units of the bound`).toBeLessThanOrEqual(1);
        largest[name] = Math.max(largest[name], ratio);
      }
    }
  });
});

test("the bound is narrow: scalars off by 2⁻²⁰ break it", () => {
  const off = { ...DEFAULTS, lr: DEFAULTS.lr * (1 + 2 ** -20) };
  expect(compare(2, 1, DEFAULTS, off).p).toBeGreaterThan(1);
  expect(compare(2, 1, DEFAULTS, { ...DEFAULTS, betas: [0.9 - 2 ** -22, 0.999] }).m).toBeGreaterThan(1);
  expect(compare(2, 1, DEFAULTS, { ...DEFAULTS, betas: [0.9, 0.999 - 2 ** -21] }).v).toBeGreaterThan(1);
});

/** The largest errors of one step in units of their bounds; the kernel steps with `used`, if that differs. */
function compare(step: number, scale: number, options: StepOptions, used = options): Ratios {
  const length = step > 1000 ? 499 : 10_007;
  const kernel = new KernelAdam(WASM, { dtype: "float32", lengths: [length], amsgrad: true });
  kernel.advanceTo(step - 1);
  const state = randomState("float32", length, 300 + step, scale);
  load(kernel, state, ["param", "grad", "expAvg", "expAvgSq", "maxExpAvgSq"]);
  kernel.step(used);
  const [param, expAvg, expAvgSq] = [kernel.read("param"), kernel.read("expAvg"), kernel.read("expAvgSq")];
  kernel.free();
  const ratios: Ratios = { p: 0, m: 0, v: 0 };
  for (let i = 0; i < length; i++) {
    const old = elementOf(state, i);
    const exact = adam(old, state.grad[i], step, options);
    const bound = bounds(old, state.grad[i], exact, step, options);
    ratios.p = Math.max(ratios.p, Math.abs(param[i] - exact.param) / bound.p);
    ratios.m = Math.max(ratios.m, Math.abs(expAvg[i] - exact.expAvg) / bound.m);
    ratios.v = Math.max(ratios.v, Math.abs(expAvgSq[i] - exact.expAvgSq) / bound.v);
  }
  return ratios;
}

function elementOf(state: State, i: number): AdamElement {
  return {
    param: state.param[i],
    expAvg: state.expAvg[i],
    expAvgSq: state.expAvgSq[i],
    maxExpAvgSq: state.maxExpAvgSq[i],
  };
}

function bounds(old: AdamElement, grad: number, exact: AdamElement, step: number, options: StepOptions) {
  const { lr, betas, eps, weightDecay, amsgrad, decoupledWeightDecay, epsilonHat } = options;
  const [bc1, bc2] = betas.map((beta) => 1 - beta ** step);
  const [stepSize, correction] = epsilonHat ? [(lr * Math.sqrt(bc2)) / bc1, 1] : [lr / bc1, Math.sqrt(bc2)];
  const v = amsgrad ? exact.maxExpAvgSq : exact.expAvgSq;
  const slope = stepSize / (Math.sqrt(v) / correction + eps);

  // Decay adds roundings of its own: two of the decayed parameter, or three of the gradient that L2 adds up.
  const decayed = decoupledWeightDecay ? 2 * U * Math.abs(old.param) : 0;
  const penalty = decoupledWeightDecay ? 0 : weightDecay * Math.abs(old.param);
  const size = Math.abs(grad) + penalty;
  const gradError = penalty === 0 ? 0 : 3 * U * size;
  const vError = (1 - betas[1]) * (2 * size + gradError) * gradError;

  const m = 2 * U * (Math.abs(old.expAvg) + size) + (1 - betas[0]) * gradError;
  const update = slope * Math.abs(exact.expAvg);
  const p = ulp(exact.param, "float32") / 2 + 8 * U * update + slope * m + decayed + (update * vError) / exact.expAvgSq;
  return { p, m, v: 4 * U * exact.expAvgSq + vError };
}
