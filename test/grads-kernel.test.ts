/** Norms, scaling and clamping of the module against the kernel in plain JavaScript, bit for bit. */

import { describe, expect, test } from "vitest";
import { type DType, expectSameBits, type Floats, floats } from "./support/bits.js";
import { hash, normal } from "./support/noise.js";
import { JAVASCRIPT, PLATFORMS, type Platform, WASM } from "./support/platforms.js";

const INFINITE = Number.POSITIVE_INFINITY;
const ORDERS = [2, 1, 3, 4, 0.5, 1.5, 0.1, 1 / 3, 7.3, -1, -2.5, 0, INFINITE, -INFINITE, 1e-300, 1e300, 64];
const BYTES = { float32: 4, float64: 8 };
const CODES = { float32: 0, float64: 1 };

/** Arrays in a platform's memory, NaN behind them, and their table, at addresses that are multiples of an element's size only. */
function place({ kernel }: Platform, arrays: readonly { dtype: DType; values: Floats }[]) {
  const pointers = arrays.map(({ dtype, values }) => kernel.allocate(values.byteLength + 64, 0) + BYTES[dtype]);
  const table = kernel.allocate(12 * arrays.length, 0);
  const view = (i: number, behind = 0) => {
    const { dtype, values } = arrays[i] as (typeof arrays)[0];
    const TypedArray = dtype === "float32" ? Float32Array : Float64Array;
    return new TypedArray(kernel.memory.buffer, pointers[i], values.length + behind);
  };
  const words = new Uint32Array(kernel.memory.buffer, table, 3 * arrays.length);
  arrays.forEach(({ dtype, values }, i) => {
    view(i, 3).fill(Number.NaN).set(values);
    words.set([pointers[i] as number, values.length, CODES[dtype]], 3 * i);
  });
  const free = () => {
    arrays.forEach(({ dtype, values }, i) => {
      kernel.deallocate((pointers[i] as number) - BYTES[dtype], values.byteLength + 64);
    });
    kernel.deallocate(table, 12 * arrays.length);
  };
  return { table, read: (i: number) => view(i).slice() as Floats, free };
}

/** Numbers of every size, and now and then a special one. */
function wild(dtype: DType, length: number, seed: number, specials: readonly number[] = []): Floats {
  const values = Array.from({ length }, (_, i) => {
    const bits = hash(seed, 1, i);
    if (specials.length > 0 && bits % 97 === 0) return specials[bits % specials.length] as number;
    return normal(seed, 2, i) * 2 ** ((bits % 60) - 30);
  });
  return floats(dtype, values);
}

const normOn = (platform: Platform, arrays: Parameters<typeof place>[1], order: number) => {
  const placed = place(platform, arrays);
  const norm = platform.kernel.gradNorm(placed.table, arrays.length, order);
  placed.free();
  return norm;
};

describe.each(ORDERS)("norm of order %d", (order) => {
  const same = (arrays: Parameters<typeof place>[1], what: string) => {
    const [module, javascript] = PLATFORMS.map((platform) => normOn(platform, arrays, order));
    expect(Object.is(module, javascript), `${what}: ${module}, in JavaScript ${javascript}`).toBe(true);
  };

  test("of every length, and of both dtypes together", () => {
    for (const length of [...Array(40).keys()].slice(1).concat(4095, 4096, 4097, 8200)) {
      const arrays = (["float32", "float64"] as const).map((dtype) => ({ dtype, values: wild(dtype, length, length) }));
      for (const array of arrays) same([array], `${array.dtype} ${length}`);
      same([...arrays, ...arrays.slice(0, 1)], `mixed ${length}`);
    }
  });

  test("of numbers at the ends of the range", () => {
    for (const specials of [[0, -0], [1e38, -3e38, 1e-45], [INFINITE], [Number.NaN], [INFINITE, Number.NaN, 0]]) {
      for (const dtype of ["float32", "float64"] as const) {
        same([{ dtype, values: wild(dtype, 5000, 3, specials) }], `${dtype} with ${specials}`);
      }
    }
  });
});

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  const SPECIALS = [0, -0, Number.NaN, INFINITE, -INFINITE, 1e-42];

  test.each([0, 0.1, 1, -2, 1e-40, INFINITE, Number.NaN])("scaled by, and clamped to %d", (number) => {
    for (const act of ["scaleGrads", "clampGrads"] as const) {
      for (const length of [1, 2, 3, 4, 5, 7, 64, 1001]) {
        const arrays = [0, 1].map((seed) => ({ dtype, values: wild(dtype, length, seed, SPECIALS) }));
        const [module, javascript] = [WASM, JAVASCRIPT].map((platform) => {
          const placed = place(platform, arrays);
          platform.kernel[act](placed.table, 2, number);
          const after = [placed.read(0), placed.read(1)];
          placed.free();
          return after;
        }) as [Floats[], Floats[]];
        for (const i of [0, 1]) {
          expectSameBits(module[i] as Floats, javascript[i] as Floats, `${act}, array ${i} of ${length}`);
        }
      }
    }
  });
});
