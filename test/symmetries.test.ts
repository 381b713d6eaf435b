/** Changes of the problem that must not change the answer, to the bit. */

import { Adam, type AdamOptions, Parameter, setFlushDenormal } from "adam-wasm";
import { afterEach, describe, expect, test } from "vitest";
import { type DType, expectSameBits, type Floats, floats } from "./support/bits.js";
import { normal, normals, uniform } from "./support/noise.js";

const LENGTH = 53;
const STEPS = 40;
const START = normals(1, 0, LENGTH);
const gradient = (step: number) => normals(2, step, LENGTH);

const OPTIONS: readonly Partial<AdamOptions>[] = [
  {},
  { exact: true, amsgrad: true },
  { weightDecay: 0.1, decoupledWeightDecay: true, lr: 0.1 },
  { epsilonHat: true, betas: [0.3, 0.99] },
];

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  describe.each(OPTIONS)("%o", (options) => {
    afterEach(() => setFlushDenormal(true));

    test.each([2 ** -30, 2 ** 17])(
      "scaling all gradients by a power of two changes nothing when eps is 0 (%d)",
      (scale) => {
        // A flush would: it knows the size of moments.
        setFlushDenormal(false);
        const withoutEps = { ...options, eps: 0 };
        const expected = train(dtype, withoutEps, START, gradient);
        const scaled = train(dtype, withoutEps, START, (step) => gradient(step).map((g) => scale * g));
        expectSameBits(scaled, expected, "params on scaled gradients");
        expect(expected).not.toEqual(floats(dtype, START));
      },
    );

    test("maximizing is minimizing the negative", () => {
      const expected = train(dtype, options, START, gradient);
      const negated = train(dtype, { ...options, maximize: true }, START, (step) => gradient(step).map((g) => -g));
      expectSameBits(negated, expected, "params on negated gradients");
    });

    test("the order of elements does not matter", () => {
      const order = [...START.keys()].sort((a, b) => uniform(3, 0, a) - uniform(3, 0, b));
      const permuted = (values: readonly number[]) => order.map((i) => values[i]);
      const expected = train(dtype, options, START, gradient);
      const shuffled = train(dtype, options, permuted(START), (step) => permuted(gradient(step)));
      expectSameBits(shuffled, floats(dtype, permuted([...expected])), "params in another order");
    });

    test("one parameter is as good as many, in one group, in several, or in optimizers of their own", () => {
      const whole = train(dtype, options, START, gradient);
      const cuts = [0, 1, 3, 4, 11, 27, LENGTH];
      const ranges = cuts.slice(1).map((end, i) => [cuts[i], end] as const);
      const optimizers: Readonly<Record<string, (params: readonly Parameter[]) => readonly Adam[]>> = {
        "one group": (params) => [new Adam(params, options)],
        "groups of their own": (params) => [
          new Adam(
            params.map((param) => ({ params: [param] })),
            options,
          ),
        ],
        "optimizers of their own": (params) => params.map((param) => new Adam([param], options)),
      };
      for (const [name, create] of Object.entries(optimizers)) {
        const params = ranges.map(([start, end]) => Parameter.from(START.slice(start, end), { dtype }));
        const own = create(params);
        for (let step = 1; step <= STEPS; step++) {
          params.forEach((param, i) => {
            param.grad = gradient(step).slice(...ranges[i]);
          });
          for (const optimizer of own) optimizer.step();
        }
        expectSameBits(
          floats(
            dtype,
            params.flatMap((param) => [...param.data]),
          ),
          whole,
          `params in ${name}`,
        );
      }
    });

    test("a learning rate of 0 leaves parameters alone, and moments move", () => {
      const param = Parameter.from(START, { dtype });
      const optimizer = new Adam([param], { ...options, lr: 0 });
      param.grad = gradient(1);
      optimizer.step();
      expectSameBits(param.data, floats(dtype, START), "params");
      expect(optimizer.state.get(param)?.expAvg.data.every((m) => m !== 0)).toBe(true);
      expect(optimizer.state.get(param)?.expAvgSq.data.every((v) => v > 0)).toBe(true);
    });
  });

  test("a second moment is never negative, and its maximum never shrinks", () => {
    const param = Parameter.from(START, { dtype });
    const optimizer = new Adam([param], { amsgrad: true, betas: [0.9, 0.9] });
    let before = floats(dtype, LENGTH);
    let shrunk = 0;
    for (let step = 1; step <= 100; step++) {
      param.grad = Array.from({ length: LENGTH }, (_, i) => normal(2, step, i) * 2 ** (-step / 4));
      optimizer.step();
      const { expAvgSq, maxExpAvgSq } = optimizer.state.get(param) ?? {};
      if (expAvgSq === undefined || maxExpAvgSq === undefined) throw new Error("state is missing");
      for (const [i, v] of expAvgSq.data.entries()) {
        if (v < 0) expect.fail(`exp_avg_sq[${i}] is ${v} after step ${step}`);
        const [largest, expected]: readonly number[] = [maxExpAvgSq.data[i], Math.max(before[i], v)];
        if (largest !== expected)
          expect.fail(`max_exp_avg_sq[${i}] is ${largest} after step ${step}, expected ${expected}`);
        if (v < largest) shrunk++;
      }
      before = maxExpAvgSq.data.slice();
    }
    expect(shrunk, "moments below their maximum").toBeGreaterThan(LENGTH);
  });
});

function train(
  dtype: DType,
  options: Partial<AdamOptions>,
  start: readonly number[],
  gradient: (step: number) => number[],
): Floats {
  const param = Parameter.from(start, { dtype });
  const optimizer = new Adam([param], options);
  for (let step = 1; step <= STEPS; step++) {
    param.grad = gradient(step);
    optimizer.step();
  }
  // A copy: the view would die when memory grows for the next run.
  return param.data.slice();
}
