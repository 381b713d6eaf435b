/** Clipping: torch's recorded runs, torch's own tests in other words, and what differs by choice. */

import { readFileSync } from "node:fs";
import {
  clipCoefficient,
  clipGradNorm,
  clipGradsWithNorm,
  clipGradValue,
  getTotalNorm,
  Parameter,
  SparseTensor,
  Tensor,
} from "adam-wasm";
import { describe, expect, test, vi } from "vitest";
import { expectSameBits, fromHex } from "./support/bits.js";
import { normals } from "./support/noise.js";

interface Case {
  readonly max_norm: number;
  readonly norm_type: number | "inf";
  readonly grads: readonly (readonly string[])[];
  readonly norm: number;
  readonly after: readonly (readonly string[])[];
}

const VECTORS: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("./vectors/clip-grad.json", import.meta.url), "utf8"),
);

const withGrad = (grad: ArrayLike<number> | null) => {
  const parameter = Parameter.zeros([grad?.length ?? 1]);
  parameter.grad = grad === null ? null : Float32Array.from(grad);
  return parameter;
};
const gradOf = ({ grad }: Parameter) => (grad as Tensor).data;

describe.each(VECTORS.cases)("torch's run with norm $norm_type, at most $max_norm", (run) => {
  const normType = run.norm_type === "inf" ? Number.POSITIVE_INFINITY : run.norm_type;
  const parameters = () => run.grads.map((hex) => withGrad(fromHex(hex, "float32")));

  test("measures the same norm", () => {
    const clipped = parameters();
    const norm = clipGradNorm(clipped, run.max_norm, { normType });
    expect(Math.abs(norm / run.norm - 1)).toBeLessThanOrEqual(7.2e-8);
    const total = getTotalNorm(
      parameters().map(({ grad }) => grad),
      { normType },
    );
    expect(total).toBe(norm);
  });

  test("makes the same gradients of the recorded norm, bit for bit", () => {
    const clipped = parameters();
    clipGradsWithNorm(clipped, run.max_norm, run.norm);
    for (const [i, hex] of run.after.entries()) {
      expectSameBits(gradOf(clipped[i] as Parameter), fromHex(hex, "float32"), `gradient ${i}`);
    }
  });
});

describe.each([0.5, 1.5, 2, 4, Number.POSITIVE_INFINITY])("norm of order %d", (normType) => {
  const grads = () => [Array.from({ length: 100 }, (_, i) => i + 1), Array(10).fill(0.001)];
  const expected = (all: readonly number[]) =>
    normType === Number.POSITIVE_INFINITY
      ? Math.max(...all.map(Math.abs))
      : all.reduce((sum, x) => sum + Math.abs(x) ** normType, 0) ** (1 / normType);

  test("is clipped: the norm before is returned, the norm after is the largest allowed, ratios stay", () => {
    const parameters = grads().map(withGrad);
    const norm = clipGradNorm(parameters, 2, { normType });
    expect(Math.abs(norm / expected(grads().flat()) - 1)).toBeLessThan(1e-6);
    const after = parameters.flatMap((parameter) => [...gradOf(parameter)]);
    expect(Math.abs(expected(after) / 2 - 1)).toBeLessThan(2e-6);
    const factor = clipCoefficient(norm, 2);
    expect(after).toEqual(grads().flatMap((grad) => grad.map((x) => Math.fround(Math.fround(x) * factor))));
  });

  test("is the same in two halves", () => {
    const [whole, halves] = [grads().map(withGrad), grads().map(withGrad)];
    clipGradNorm(whole, 2, { normType });
    clipGradsWithNorm(
      halves,
      2,
      getTotalNorm(
        halves.map(({ grad }) => grad),
        { normType },
      ),
    );
    for (const [i, parameter] of whole.entries())
      expectSameBits(gradOf(halves[i] as Parameter), gradOf(parameter), `${i}`);
  });

  test("is left alone where it is small", () => {
    const parameter = withGrad([0.001, -0.002]);
    clipGradNorm(parameter, 10, { normType });
    expect([...gradOf(parameter)]).toEqual([0.001, -0.002].map(Math.fround));
  });
});

describe("other orders", () => {
  const norm = (grad: number[], normType: number) => clipGradNorm(withGrad(grad), 1, { normType });

  test("-Infinity is the smallest magnitude, 0 counts arrays that are not all zero", () => {
    expect(norm([3, -0.5, 7], Number.NEGATIVE_INFINITY)).toBe(0.5);
    expect(norm([3, 0, -7], Number.NEGATIVE_INFINITY)).toBe(0);
    expect(norm([3, 0, -7], 0)).toBe(1);
    expect(clipGradNorm([[0, 0], [0, 1], [2, 2], null].map(withGrad), 1, { normType: 0 })).toBe(2);
  });

  test("negative orders and fractions follow the formula", () => {
    expect(norm([1, 2, 4], -1)).toBe(Math.fround(1 / 1.75));
    expect(norm([1, 0, 4], -1)).toBe(0);
    for (const p of [0.1, 0.7, 1.3, 2.5, 3, 5, 7.25, -0.5]) {
      const sum = [1, 2, 4].reduce((total, x) => total + x ** p, 0);
      expect(Math.abs(norm([1, -2, 4], p) / sum ** (1 / p) - 1), `${p}`).toBeLessThan(1e-7);
    }
  });
});

describe("by value", () => {
  test("clamps, also beside parameters without gradients, and takes a single one", () => {
    const grads = [Array.from({ length: 100 }, (_, i) => (i - 50) / 5), Array(10).fill(2)];
    const parameters = [withGrad(grads[0] as number[]), withGrad(null), withGrad(grads[1] as number[])];
    expect(clipGradValue(parameters, 2.5)).toBeUndefined();
    expect([...gradOf(parameters[0] as Parameter)]).toEqual(
      (grads[0] as number[]).map((x) => Math.fround(Math.min(2.5, Math.max(-2.5, x)))),
    );
    expect([...gradOf(parameters[2] as Parameter)]).toEqual(Array(10).fill(2));
    const single = withGrad([Number.NaN, -0, Number.NEGATIVE_INFINITY, 3]);
    clipGradValue(single, 0.5);
    expect([...gradOf(single)]).toEqual([Number.NaN, -0, -0.5, 0.5]);
  });
});

describe("numbers that are not finite, or nearly so", () => {
  test.each([
    [[3, 4], 5, [0.6, 0.8]],
    [[Number.NaN, 1], Number.NaN, [Number.NaN, Number.NaN]],
    [[Number.POSITIVE_INFINITY, 1], Number.POSITIVE_INFINITY, [Number.NaN, 0]],
    // torch adds up in float32, and answers Infinity with [0, 0], and 0.
    [[1e30, 1e30], Math.SQRT2 * 1e30, [Math.SQRT1_2, Math.SQRT1_2]],
    [[1e-30, 1e-30], Math.SQRT2 * 1e-30, [1e-30, 1e-30]],
  ])("%o has the norm %d and becomes %o", (grad, norm, after) => {
    const parameter = withGrad(grad);
    const got = [clipGradNorm(parameter, 1), ...gradOf(parameter)];
    for (const [i, want] of [norm, ...after].entries()) {
      const actual = got[i] as number;
      const isClose = Math.abs(actual / want - 1) < 1e-6;
      expect(isClose || Object.is(actual, want), `${actual}, expected ${want}`).toBe(true);
    }
  });

  test("an infinite limit only measures", () => {
    const parameter = withGrad([3, 4]);
    expect(clipGradNorm(parameter, Number.POSITIVE_INFINITY)).toBe(5);
    expect([...gradOf(parameter)]).toEqual([3, 4]);
    expect(clipGradNorm(parameter, 0)).toBe(5);
    expect([...gradOf(parameter)]).toEqual([0, 0]);
  });
});

describe("sums", () => {
  const LENGTH = 3 * 4096;
  const values = Float32Array.from(normals(31, 1, LENGTH + 5));
  const norm = (...parts: Float32Array[]) => getTotalNorm(parts.map((part) => Tensor.from(part, { dtype: "float32" })));
  /** In float64, or the rounding of the norm would hide the order. */
  const wide = (...parts: Float32Array[]) =>
    getTotalNorm([Tensor.zeros([0], { dtype: "float64" }), ...parts.map((part) => Tensor.from(part))]);

  test("are the same however arrays are split between blocks", () => {
    const whole = wide(values);
    expect(wide(values.subarray(0, 4096), values.subarray(4096))).toBe(whole);
    expect(wide(values.subarray(0, 2 * 4096), values.subarray(2 * 4096, LENGTH), values.subarray(LENGTH))).toBe(whole);
    expect(norm(values)).toBe(Math.fround(whole));
  });

  test("are those of eight sums a block, whoever adds them up", () => {
    let total = 0;
    for (let start = 0; start < values.length; start += 4096) {
      const s = new Float64Array(8);
      values.subarray(start, start + 4096).forEach((x, i) => {
        s[i % 8] = (s[i % 8] as number) + x * x;
      });
      const [a, b, c, d, e, f, g, h] = s as unknown as number[] as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      total += a + c + (e + g) + (b + d + (f + h));
    }
    expect(wide(values)).toBe(Math.sqrt(total));
  });

  test("lose nothing with length", () => {
    const long = Float32Array.from(normals(7, 2, 1_000_000));
    let total = 0;
    for (const x of long) total += x * x;
    expect(norm(long)).toBe(Math.fround(Math.sqrt(total)));
  });
});

describe("what has a gradient", () => {
  test("nothing: the norm is 0, and nothing changes", () => {
    expect(clipGradNorm([], 1)).toBe(0);
    expect(clipGradNorm([withGrad(null), withGrad([])], 1, { normType: Number.NEGATIVE_INFINITY })).toBe(0);
    expect(getTotalNorm([null])).toBe(0);
    clipGradsWithNorm(withGrad(null), 1, 5);
    clipGradValue(withGrad(null), 1);
  });

  test("frozen parameters count, as in torch", () => {
    const frozen = withGrad([3, 4]);
    frozen.requiresGrad = false;
    expect(clipGradNorm(new Set([frozen]), 1)).toBe(5);
  });

  test("an exhausted generator is worth a warning, once", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const generator = [withGrad([3, 4])].values();
    expect([clipGradNorm(generator, 1), clipGradNorm(generator, 1), clipGradNorm(generator, 1)]).toEqual([5, 0, 0]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("empty generator, no gradient clipping will occur")]]);
    warn.mockRestore();
  });

  test("float64 beside float32: the factor is computed in float64", () => {
    const [narrow, wide] = [withGrad([0.1]), Parameter.zeros([1], { dtype: "float64" })];
    wide.grad = new Float64Array([1]);
    const norm = clipGradNorm([narrow, wide], 0.5);
    expect(norm).toBe(Math.sqrt(Math.fround(0.1) ** 2 + 1));
    const factor = Math.min(1, (1 / (norm + 1e-6)) * 0.5);
    expect(clipCoefficient(norm, 0.5, { dtype: "float64" })).toBe(factor);
    expect([gradOf(narrow)[0], gradOf(wide)[0]]).toEqual([Math.fround(Math.fround(0.1) * Math.fround(factor)), factor]);
  });

  test("sparse ones count by the sums of their slices, and the tensor that was assigned stays", () => {
    const embedding = Parameter.zeros([5, 1]);
    const given = SparseTensor.coo([1, 3, 1], [[1], [4], [2]], { shape: [5, 1] });
    embedding.grad = given;
    expect(getTotalNorm(embedding.grad)).toBe(5);
    expect(clipGradNorm(embedding, 2.5)).toBe(5);
    const { indices, values, isCoalesced } = embedding.grad as SparseTensor;
    const factor = clipCoefficient(5, 2.5);
    expect([...(indices[0] as Int32Array)]).toEqual([1, 3]);
    expect([...values]).toEqual([3, 4].map((x) => Math.fround(x * factor)));
    expect([isCoalesced, ...given.values]).toEqual([true, 1, 4, 2]);
    clipGradValue(embedding, 1.75);
    expect([...(embedding.grad as SparseTensor).values]).toEqual([Math.fround(3 * factor), 1.75]);
    embedding.accumulateGrad(SparseTensor.coo([3], [[1]], { shape: [5, 1] }));
    expect(getTotalNorm(embedding.grad)).toBe(Math.fround(Math.hypot(Math.fround(3 * factor), 2.75)));
  });
});
