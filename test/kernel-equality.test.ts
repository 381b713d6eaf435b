/**
 * The module against the kernel in plain JavaScript, bit for bit: two writings of the same operations, one with vectors and
 * tails, one element by element. NaN equals NaN, whatever its bits: WebAssembly leaves those to the engine.
 */

import { describe, expect, test } from "vitest";
import { type DType, expectSameBits, type Floats } from "./support/bits.js";
import { type ArrayName, DEFAULTS, KernelAdam, type StepOptions } from "./support/kernel-adam.js";
import { hash } from "./support/noise.js";
import { JAVASCRIPT, PLATFORMS, WASM } from "./support/platforms.js";
import { load, randomBits, randomState, type State } from "./support/states.js";

const DTYPES: readonly DType[] = ["float32", "float64"];
const BETAS1 = [0, 0.3, 0.5, 0.9];
const LENGTHS = Array.from({ length: 261 }, (_, length) => length);

const DECAYS = [{ weightDecay: 0 }, { weightDecay: 0.1 }, { weightDecay: 0.1, decoupledWeightDecay: true }];

/** What picks a body, or changes the meaning of a scalar. */
const VARIANTS: readonly Partial<StepOptions>[] = [...Array(32).keys()].flatMap((bits) => {
  const on = (bit: number) => (bits >> bit) % 2 === 1;
  const flags = { amsgrad: on(0), maximize: on(1), epsilonHat: on(2), exact: on(3), eps: on(4) ? 0 : DEFAULTS.eps };
  return DECAYS.map((decay) => ({ ...flags, ...decay }));
});

const namesOf = ({ amsgrad }: StepOptions): ArrayName[] => [
  "param",
  "expAvg",
  "expAvgSq",
  ...(amsgrad ? ["maxExpAvgSq" as const] : []),
];

test("what one exports the other does", () => {
  // wasm-bindgen adds globals of its own.
  const [module, javascript] = PLATFORMS.map(({ kernel }) =>
    Object.entries(kernel)
      .filter(([, value]) => typeof value === "function")
      .map(([name]) => name)
      .sort(),
  );
  expect(module).toHaveLength(20);
  expect(javascript).toEqual(module);
});

describe.each(DTYPES)("%s", (dtype) => {
  describe.each(BETAS1)("beta1 %d, every combination of the other options", (beta1) => {
    const settings = VARIANTS.map((variant) => ({ ...DEFAULTS, lr: 1e-2, ...variant, betas: [beta1, 0.99] as const }));

    test("every length from 0 to 260", () => {
      expect(settings).toHaveLength(2 * 2 * 2 * 2 * 2 * 3);
      const state = randomState(dtype, LENGTHS.length, 11);
      for (const setting of settings) {
        const names = namesOf(setting);
        const javascript = new KernelAdam(JAVASCRIPT, { dtype, lengths: LENGTHS.slice(-1), amsgrad: setting.amsgrad });
        const module = new KernelAdam(WASM, { dtype, lengths: LENGTHS, amsgrad: setting.amsgrad });
        for (const adam of [javascript, module])
          for (const slot of adam.lengths.keys()) load(adam, state, ["grad", ...names], slot);
        for (const step of [1, 2]) {
          for (const adam of [javascript, module]) adam.step(setting);
          for (const name of names) {
            const expected = javascript.read(name);
            const what = (length: number) =>
              `${name} of ${length} elements after step ${step}, ${JSON.stringify(setting)}`;
            for (const length of LENGTHS) {
              expectSameBits(module.read(name, length), expected.subarray(0, length), () => what(length));
            }
          }
        }
        javascript.free();
        module.free();
      }
    });

    test("random bits in every array", () => {
      const length = 3001;
      for (const [at, setting] of settings.filter(({ eps }) => eps > 0).entries()) {
        const names = namesOf(setting);
        // The second of them flushes.
        for (const step of [1, 32]) {
          const state = randomBits(dtype, length, hash(step, 10 * beta1, at));
          const [module, javascript] = PLATFORMS.map((platform) => {
            const adam = new KernelAdam(platform, { dtype, lengths: [length], amsgrad: setting.amsgrad });
            adam.advanceTo(step - 1);
            load(adam, state, ["grad", ...names]);
            adam.step({ ...setting, flushDenormal: true });
            const arrays = names.map((name) => adam.read(name));
            adam.free();
            return arrays;
          });
          for (const [which, name] of names.entries()) {
            expectSameBits(module[which], javascript[which], `${name} of step ${step}, ${JSON.stringify(setting)}`);
          }
          expectVariety(state, javascript);
        }
      }
    });
  });
});

/** Options under which a square that rounds to 0 is looked for. */
const WITH_VANISHING: readonly Partial<StepOptions>[] = [
  {},
  { weightDecay: 0.1, decoupledWeightDecay: true },
  { maximize: true },
  { gradScale: 2 ** -10, weightDecay: 0.1, decoupledWeightDecay: true },
  { gradScale: 2 ** 10 },
];

describe.each(WITH_VANISHING)("gradients around the one whose square rounds to 0, %j", (options) => {
  test.each([0, 0.9, 0.99, 0.999])("beta2 %d", (beta2) => staysTheSame({ ...options, betas: [0.9, beta2] }));
});

function staysTheSame({
  gradScale = 1,
  ...options
}: Partial<StepOptions> & { betas: readonly [number, number] }): void {
  const length = 2001;
  const beta2 = options.betas[1];
  const vanishing = 2 ** -75 / Math.sqrt(1 - beta2) / gradScale;
  const around = (i: number) => vanishing * (1 + (i - 0.6 * length) / (4 * length)) * (i % 3 === 0 ? -1 : 1);
  const grad = Float32Array.from({ length }, (_, i) => around(i));
  const setting = { ...DEFAULTS, lr: 1e-2, eps: 1e-30, ...options, gradScale };
  for (const scale of [0, 1e-22, 1]) {
    const state = { ...randomState("float32", length, 3, scale), grad };
    const [module, javascript] = PLATFORMS.map((platform) => {
      const adam = new KernelAdam(platform, { dtype: "float32", lengths: [length], amsgrad: false });
      load(adam, state, ["grad", "param", "expAvg", "expAvgSq"]);
      for (let step = 0; step < 3; step++) adam.step(setting);
      const arrays = (["param", "expAvg", "expAvgSq"] as const).map((name) => adam.read(name));
      adam.free();
      return arrays;
    });
    for (const [which, name] of ["param", "expAvg", "expAvgSq"].entries())
      expectSameBits(module[which], javascript[which], `${name}, moments of ${scale}`);
  }
}

/** Random bits that all became NaN would make any two kernels equal. */
function expectVariety(before: State, [param, expAvg, expAvgSq]: readonly Floats[]): void {
  const numbers = (array: Floats) => array.filter((x) => !Number.isNaN(x)).length / array.length;
  expect(before.grad.some(Number.isNaN) && before.grad.some((g) => Object.is(g, -0))).toBe(true);
  expect(numbers(param)).toBeGreaterThan(0.2);
  expect(numbers(expAvg)).toBeGreaterThan(0.5);
  expect(numbers(expAvgSq)).toBeGreaterThan(0.5);
}
