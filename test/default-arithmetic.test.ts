/**
 * What the default trades for its speed: it multiplies by 1/√bias_correction2 where torch divides by √bias_correction2.
 * Moments keep torch's bits; from the same state, a parameter may end one unit in the last place and 2⁻²¹ of the step
 * away from the exact one.
 */

import { Adam, Parameter } from "adam-wasm";
import { afterAll, describe, expect, test } from "vitest";
import { dtypeOf, expectSameBits, type Floats, firstDifference, floats, fromHex, round, ulp } from "./support/bits.js";
import { type ArrayName, DEFAULTS, KernelAdam, type StepOptions } from "./support/kernel-adam.js";
import { WASM } from "./support/platforms.js";
import { load, randomState } from "./support/states.js";
import { optionsOf, TORCH_RUNS, type TorchRun } from "./support/torch-vectors.js";

const LENGTH = 10_007;
const NAMES: readonly ArrayName[] = ["param", "expAvg", "expAvgSq", "maxExpAvgSq"];

let largest = 0;
afterAll(() => console.log(`default against exact: largest difference ${largest.toFixed(3)} of ulp(p) + 2^-21 |dp|`));

test("it is what the public API does without exact, and not with it", () => {
  const { param, grad } = randomState("float32", LENGTH, 50);
  const [byDefault, without, exact] = [{}, { exact: false }, { exact: true }].map((option) => {
    const trained = Parameter.from(param);
    const optimizer = new Adam([trained], { lr: 0.1, ...option });
    trained.grad = grad;
    optimizer.step();
    return trained.data.slice();
  });
  expectSameBits(without, byDefault, "params with exact: false");
  expect(firstDifference(exact, byDefault), "first element that exact changes").toBeGreaterThanOrEqual(0);
});

describe("one step from a state of torch's runs", () => {
  const runs = TORCH_RUNS.filter(({ exact }) => exact);
  test.each(runs)("$name", (run) => {
    for (const param of run.init.keys()) expect(follow(run, param)).toBeLessThanOrEqual(1);
  });
});

describe("one step from a random state", () => {
  const options: Readonly<Record<string, Partial<StepOptions>>> = {
    Adam: {},
    AMSGrad: { amsgrad: true },
    "large eps": { eps: 1e-2 },
    AdamW: { weightDecay: 0.1, decoupledWeightDecay: true },
    L2: { weightDecay: 0.1 },
    "beta1 .3, beta2 .9": { betas: [0.3, 0.9] },
    "maximize, lr 1e-3": { lr: 1e-3, maximize: true, betas: [0.9, 0.99] },
  };
  const cases = Object.entries(options).flatMap(([name, row]) =>
    [1, 2, 3, 10, 100, 1000].map((step) => ({ name, row, step })),
  );

  test.each(cases)("$name, step $step", ({ row, step }) => {
    const [exact, close] = pair(LENGTH, step - 1);
    const state = randomState("float32", LENGTH, 50 + step);
    for (const adam of [exact, close]) load(adam, state, ["grad", ...NAMES]);
    const options = { ...DEFAULTS, lr: 0.1, ...row };
    const { ratio, changed } = stepBoth(exact, close, options);
    expect(ratio).toBeLessThanOrEqual(1);
    // Divided by 1 or multiplied with 1/1, they are one arithmetic, and only then.
    expect(changed === 0, `${changed} elements differ`).toBe(correctionIsOne(options, step));
  });
});

function correctionIsOne({ betas }: StepOptions, step: number): boolean {
  return round("float32", Math.sqrt(1 - betas[1] ** step)) === 1;
}

/** Repeats one parameter of a run with `exact`; at every step the default starts from the same state. */
function follow(run: TorchRun, param: number): number {
  const own = optionsOf(run, param);
  const options = { ...DEFAULTS, decoupledWeightDecay: run.optimizer === "AdamW", ...own } as StepOptions;
  const weightDecay = run.optimizer === "AdamW" && own.weightDecay === undefined ? 0.01 : options.weightDecay;
  const init = fromHex(run.init[param], "float32");
  const [exact, close] = pair(init.length, 0);
  exact.write("param", init);
  let [lr, ratio] = [options.lr, 0];
  run.grads.forEach((row, at) => {
    lr = run.lr_at?.[at + 1] ?? lr;
    const grad = row[param];
    if (grad === null) return;
    for (const name of NAMES) close.write(name, exact.read(name));
    for (const adam of [exact, close]) adam.write("grad", fromHex(grad, "float32"));
    ratio = Math.max(ratio, stepBoth(exact, close, { ...options, lr, weightDecay }).ratio);
  });
  expectSameBits(
    exact.read("param"),
    fromHex(run.expect[run.grads.length].params[param], "float32"),
    "params at the end",
  );
  return ratio;
}

function pair(length: number, count: number): readonly [exact: KernelAdam, close: KernelAdam] {
  const make = () => {
    const adam = new KernelAdam(WASM, { dtype: "float32", lengths: [length], amsgrad: true });
    adam.advanceTo(count);
    return adam;
  };
  return [make(), make()];
}

/** The largest difference in units of what is allowed, and how many elements differ. Moments must not. */
function stepBoth(exact: KernelAdam, close: KernelAdam, options: Partial<StepOptions>) {
  const before = exact.read("param");
  exact.step({ ...options, exact: true });
  close.step({ ...options, exact: false });
  for (const name of NAMES.slice(1)) expectSameBits(close.read(name), exact.read(name), `${name} by default`);
  const { lr, weightDecay, decoupledWeightDecay } = { ...DEFAULTS, ...options };
  const decay = round("float32", decoupledWeightDecay ? 1 - lr * weightDecay : 1);
  const [a, b] = [close.read("param"), exact.read("param")];
  const ratios = differences(a, b).map((difference, i) => {
    const step = b[i] - round("float32", before[i] * decay);
    return difference / (ulp(b[i], "float32") + 2 ** -21 * Math.abs(step));
  });
  const ratio = Math.max(...ratios);
  largest = Math.max(largest, ratio);
  return { ratio, changed: ratios.filter((ratio) => ratio > 0).length };
}

function differences(a: Floats, b: Floats): number[] {
  return [...floats(dtypeOf(b), a)].map((x, i) => Math.abs(x - b[i]));
}
