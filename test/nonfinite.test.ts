/** NaN and infinities go where torch 2.13 lets them go; an element's place in the array has no say (it has in torch). */

import { describe, expect, test } from "vitest";
import { type DType, expectSameBits, floats } from "./support/bits.js";
import { type ArrayName, DEFAULTS, KernelAdam, type StepOptions } from "./support/kernel-adam.js";
import { PLATFORMS } from "./support/platforms.js";

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

type Options = Partial<StepOptions>;
type Values = Readonly<Partial<Record<ArrayName, number>>>;
type Row = readonly [name: string, options: Options, start: Values, grad: number, expected: Values];

const AMSGRAD: Options = { amsgrad: true };
/** From ½ down the lerp starts at the gradient. */
const BETA1_5: Options = { betas: [0.5, 0.999] };
const BETA1_3: Options = { betas: [0.3, 0.999] };
const BETA1_0: Options = { betas: [0, 0.999] };
/** Moments that are those of the last gradient. */
const LAST: Options = { betas: [0, 0] };
const L2: Options = { weightDecay: 0.1 };
const DECAY: Options = { ...LAST, weightDecay: 0.1, decoupledWeightDecay: true };

const LOST: Values = { expAvg: NAN, expAvgSq: NAN, param: NAN };
const INFINITE: Values = { expAvg: INF, expAvgSq: INF, param: NAN };
const NEGATIVE: Values = { expAvg: -INF, expAvgSq: INF, param: NAN };
const HALF_LOST: Values = { expAvg: NAN, expAvgSq: INF, param: NAN };

/** What one step makes of one element; a moment that is not named starts at 0. */
const ROWS: readonly Row[] = [
  ["NaN gradient", {}, { param: 1 }, NAN, LOST],
  ["NaN gradient, AMSGrad", AMSGRAD, { param: 1, maxExpAvgSq: 1e-3 }, NAN, { ...LOST, maxExpAvgSq: NAN }],
  ["NaN maximum, AMSGrad", AMSGRAD, { param: 1, maxExpAvgSq: NAN }, 1, { param: NAN, maxExpAvgSq: NAN }],
  ["infinite gradient", {}, { param: 1 }, INF, INFINITE],
  ["infinite gradient, negative", {}, { param: 1 }, -INF, NEGATIVE],
  ["infinite gradient, AMSGrad", AMSGRAD, { param: 1 }, INF, { ...INFINITE, maxExpAvgSq: INF }],
  ["infinite gradient, beta1 .5", BETA1_5, { param: 1 }, INF, HALF_LOST],
  ["infinite gradient, beta1 .3", BETA1_3, { param: 1 }, INF, HALF_LOST],
  ["infinite gradient, beta1 0", BETA1_0, { param: 1 }, INF, HALF_LOST],
  ["NaN parameter", LAST, { param: NAN }, 1, { expAvg: 1, expAvgSq: 1, param: NAN }],
  ["infinite parameter", LAST, { param: INF }, 1, { expAvg: 1, expAvgSq: 1, param: INF }],
  ["infinite parameter, L2", L2, { param: INF }, 1, INFINITE],
  ["infinite parameter, decoupled decay", DECAY, { param: INF }, 1, { expAvg: 1, param: INF }],
  ["parameter of -0", {}, { param: -0 }, 0, { expAvg: 0, expAvgSq: 0, param: -0 }],
  ["no eps, gradient 0: 0/0", { eps: 0 }, { param: 1 }, 0, { expAvg: 0, expAvgSq: 0, param: NAN }],
];

const VANISHING: Options = { ...BETA1_0, lr: 2 ** -10, eps: 2 ** -30 };
const ASSOCIATION: Options = { betas: [0, 1 - 2 ** -10] };

/** In float32 only: where squares under- and overflow. */
const FLOAT32_ROWS: readonly Row[] = [
  ["a square that vanishes", VANISHING, { param: 0 }, 2 ** -80, { expAvgSq: 0, param: -(2 ** -60) }],
  ["a square that vanishes, no eps", { eps: 0 }, { param: 0 }, 1e-23, { expAvgSq: 0, param: -INF }],
  ["a square that overflows: the parameter stays", {}, { param: 1 }, 1e30, { expAvgSq: INF, param: 1 }],
  ["a square that overflows unless scaled first", ASSOCIATION, { param: 0 }, 2 ** 65, { expAvgSq: 2 ** 120 }],
];

const cases: readonly (readonly [DType, readonly Row[]])[] = [
  ["float32", [...ROWS, ...FLOAT32_ROWS]],
  ["float64", ROWS],
];

describe.each(PLATFORMS)("$name", (platform) => {
  describe.each(cases)("%s", (dtype, rows) => {
    describe.each(rows)("%s", (_, options, start, grad, expected) => {
      test.each([false, true])("exact %o, whether it stands in a whole or in the last vector", (exact) => {
        for (const length of [1, 2, 3, 4, 33]) {
          const all = (x: number) => floats(dtype, Array<number>(length).fill(x));
          const adam = new KernelAdam(platform, { dtype, lengths: [length], amsgrad: options.amsgrad });
          for (const [name, x] of Object.entries({ ...start, grad })) adam.write(name as ArrayName, all(x));
          adam.step({ ...DEFAULTS, ...options, exact });
          for (const [name, x] of Object.entries(expected))
            expectSameBits(adam.read(name as ArrayName), all(x), `${name} of ${length}`);
          adam.free();
        }
      });
    });
  });

  test("one NaN in a gradient stays for ever, and AMSGrad's maximum keeps it", () => {
    const adam = new KernelAdam(platform, { dtype: "float32", lengths: [1], amsgrad: true });
    for (const grad of [1, NAN, 1, 1, 1]) {
      adam.write("grad", floats("float32", [grad]));
      adam.step({ amsgrad: true });
    }
    expect((["param", "expAvg", "expAvgSq", "maxExpAvgSq"] as const).map((name) => adam.read(name)[0])).toEqual([
      NAN,
      NAN,
      NAN,
      NAN,
    ]);
  });
});
