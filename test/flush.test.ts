/**
 * Subnormal moments become 0 at every 32nd update of a parameter, and nothing else changes.
 *
 * With betas of 0, a gradient g makes the moments g and g² in one step, so gradients choose what is there to be flushed.
 */

import {
  Adam,
  type AdamOptions,
  AdamW,
  NAdam,
  Parameter,
  RAdam,
  SparseAdam,
  SparseTensor,
  setFlushDenormal,
} from "adam-wasm";
import { afterEach, describe, expect, test } from "vitest";
import { type DType, expectSameBits, type Floats, floats, ulp } from "./support/bits.js";
import { DEFAULTS, KernelAdam, type StepOptions } from "./support/kernel-adam.js";
import { PLATFORMS } from "./support/platforms.js";

const DTYPES: readonly DType[] = ["float32", "float64"];
const TINY = { float32: 2 ** -126, float64: 2 ** -1022 };

/** Betas that make the moments those of the last gradient alone; p moves by lr · g / eps, which tiny gradients can show. */
const LAST: StepOptions = { ...DEFAULTS, betas: [0, 0], eps: 2 ** -20, flushDenormal: true };

describe.each(PLATFORMS)("$name", (platform) => {
  describe.each(DTYPES)("%s", (dtype) => {
    const tiny = TINY[dtype];
    const spacing = ulp(0, dtype);
    const edge = [
      tiny,
      -tiny,
      tiny - spacing,
      spacing - tiny,
      spacing,
      -spacing,
      1.5 * tiny,
      0,
      -0,
      1,
      tiny / 2,
      2 * tiny,
      -1,
    ];
    const kept = (x: number) => (Math.abs(x) < tiny ? 0 : x);

    /** The kernel after the step `count` with `gradient`, which made its moments. */
    const at = (count: number, gradient: Floats, options: Partial<StepOptions>) => {
      const adam = new KernelAdam(platform, { dtype, lengths: [gradient.length], amsgrad: true });
      adam.advanceTo(count - 1);
      adam.write("param", floats(dtype, gradient.length));
      adam.write("grad", gradient);
      adam.step({ ...LAST, ...options });
      return adam;
    };

    test("first moments below the smallest normal number become +0, whatever else is said", () => {
      const gradient = floats(dtype, [...edge, Number.NaN, Number.POSITIVE_INFINITY]);
      const expected = floats(dtype, [...edge.map(kept), Number.NaN, Number.NaN]);
      for (const options of [{}, { exact: true }, { eps: 0 }, { amsgrad: true }, { epsilonHat: true }]) {
        expectSameBits(at(32, gradient, options).read("expAvg"), expected, `exp_avg, ${JSON.stringify(options)}`);
      }
    });

    test("second moments do too, but only if their roots are nothing beside eps", () => {
      const gradient = floats(
        dtype,
        edge.map((x) => Math.sqrt(Math.abs(x))),
      );
      const unflushed = floats(
        dtype,
        gradient.map((g) => g * g),
      );
      expect(unflushed.filter((v) => v > 0 && v < tiny).length, "subnormal second moments").toBeGreaterThan(2);
      const flushed = unflushed.map(kept) as Floats;
      const least = 4096 * Math.sqrt(tiny);
      for (const exact of [false, true]) {
        for (const eps of [LAST.eps, 1.001 * least]) {
          expectSameBits(at(32, gradient, { exact, eps }).read("expAvgSq"), flushed, `exp_avg_sq, eps ${eps}`);
        }
        for (const eps of [0, spacing / 4, tiny, least]) {
          expectSameBits(at(32, gradient, { exact, eps }).read("expAvgSq"), unflushed, `exp_avg_sq, eps ${eps}`);
        }
      }
    });

    test("the maximum of second moments is never flushed", () => {
      const gradient = floats(
        dtype,
        edge.map((x) => Math.sqrt(Math.abs(x))),
      );
      const adam = at(32, gradient, { amsgrad: true });
      expectSameBits(
        adam.read("maxExpAvgSq"),
        floats(
          dtype,
          gradient.map((g) => g * g),
        ),
        "max_exp_avg_sq",
      );
    });

    test("the parameter has used the moments as they were", () => {
      const gradient = floats(dtype, edge);
      const options = { lr: dtype === "float32" ? 2 ** 100 : 2 ** 1000 };
      const expected = at(32, gradient, { ...options, flushDenormal: false }).read("param");
      expectSameBits(at(32, gradient, options).read("param"), expected, "params");
      expect(expected[4], "the step that a flushed moment would not have made").not.toBe(0);
    });

    test("the update has used old moments as they were, too", () => {
      const [flushed, expected] = [true, false].map((flushDenormal) => {
        const adam = new KernelAdam(platform, { dtype, lengths: [edge.length] });
        adam.advanceTo(31);
        adam.write("param", floats(dtype, edge.length));
        adam.write("expAvg", floats(dtype, edge));
        adam.step({ ...LAST, betas: [0.75, 0.75], lr: tiny ** -0.75, flushDenormal });
        return adam;
      });
      expectSameBits(flushed.read("param"), expected.read("param"), "params");
      expect(expected.read("expAvg")[2], "a moment that was subnormal and has shrunk").not.toBe(0);
      expect(flushed.read("expAvg")[2]).toBe(0);
    });

    test("it happens at multiples of 32 and at no other step", () => {
      const gradient = floats(dtype, [tiny / 2]);
      for (const count of [1, 2, 16, 31, 33, 48, 63, 65, 100]) {
        expect(at(count, gradient, {}).read("expAvg")[0], `exp_avg after step ${count}`).toBe(tiny / 2);
      }
      for (const count of [32, 64, 96, 3200])
        expect(at(count, gradient, {}).read("expAvg")[0], `exp_avg after step ${count}`).toBe(0);
    });

    test("it can be turned off", () => {
      const gradient = floats(dtype, edge);
      expectSameBits(
        at(32, gradient, { flushDenormal: false }).read("expAvg"),
        gradient.map((g) => g || 0) as Floats,
        "exp_avg",
      );
    });
  });

  test("the moments of a dead unit end at 0, and without the flush they never do", () => {
    const ends = [true, false].map((flushDenormal) => {
      const adam = new KernelAdam(platform, { dtype: "float32", lengths: [1] });
      for (const name of ["expAvg", "expAvgSq"] as const) adam.write(name, floats("float32", [1]));
      adam.write("grad", floats("float32", [0]));
      const options = { ...DEFAULTS, flushDenormal };
      while (adam.stepCount() < 97_000) adam.step(options);
      return [adam.read("expAvg")[0], adam.read("expAvgSq")[0]];
    });
    expect(ends).toEqual([
      [0, 0],
      [4 * 2 ** -149, 500 * 2 ** -149],
    ]);
  });
});

describe("through the public API", () => {
  afterEach(() => setFlushDenormal(true));

  const options: Partial<AdamOptions> = { betas: [0, 0], eps: 2 ** -20 };
  const gradient = 2 ** -130;

  function firstMoment(steps: number): number | undefined {
    const param = Parameter.from([0]);
    const optimizer = new Adam([param], options);
    param.grad = [gradient];
    for (let step = 0; step < steps; step++) optimizer.step();
    return optimizer.state.get(param)?.expAvg.data[0];
  }

  test("it is on by default, and setFlushDenormal(false) turns it off", () => {
    expect(firstMoment(32)).toBe(0);
    setFlushDenormal(false);
    expect(firstMoment(32)).toBe(gradient);
    setFlushDenormal(true);
    expect([31, 32, 33, 64].map(firstMoment)).toEqual([gradient, 0, gradient, 0]);
  });

  test.each(
    [Adam, AdamW, NAdam, RAdam, SparseAdam].flatMap((Optimizer) =>
      [1e-46, 1e-38, 1e-30, 1e-18, 1e-15, 1e-8].map((eps) => ({ Optimizer, eps })),
    ),
  )("$Optimizer.name with an eps of $eps ends where it does without", ({ Optimizer, eps }) => {
    const [flushed, unflushed] = [true, false].map((mode) => {
      setFlushDenormal(mode);
      const param = Parameter.from([1]);
      const optimizer = new Optimizer([param], { lr: 1e-3, eps, ...(Optimizer === AdamW && { weightDecay: 0 }) });
      for (let step = 1; step <= 64; step++) {
        const values = [step <= 31 ? 1e-20 : 0];
        param.grad = Optimizer === SparseAdam ? SparseTensor.coo([[0]], values, { shape: [1] }) : values;
        optimizer.step();
      }
      return param.item();
    }) as [number, number];
    expect(flushed - unflushed, `${flushed}, not ${unflushed}`).toBeLessThan(64 * 1e-3 * 1e-6);
    expect(unflushed - flushed, `${flushed}, not ${unflushed}`).toBeLessThan(64 * 1e-3 * 1e-6);
  });

  test("each parameter is flushed at its own 32nd update, and one without a gradient is left alone", () => {
    const [early, late, idle] = [1, 2, 3].map(() => Parameter.from([0]));
    const double = Parameter.from([0], { dtype: "float64" });
    const optimizer = new Adam([early, late, idle, double], options);
    early.grad = [gradient];
    idle.grad = [gradient];
    double.grad = [2 ** -1030];
    optimizer.step();
    idle.grad = null;
    const moments = () => [early, late, idle, double].map((param) => optimizer.state.get(param)?.expAvg.data[0]);
    for (let step = 2; step <= 5; step++) optimizer.step();
    late.grad = [gradient];
    for (let step = 6; step <= 32; step++) optimizer.step();
    expect(moments(), "after 32 steps, 27 of them with the late one").toEqual([0, gradient, gradient, 0]);
    for (let step = 33; step <= 37; step++) optimizer.step();
    expect(moments(), "after 37 steps, 32 of them with the late one").toEqual([gradient, 0, gradient, 2 ** -1030]);
  });
});
