/** Sizes that 32 bits, or whole numbers, cannot hold: an error, and never a tensor of what is left of the size. */

import { Parameter, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { memory } from "./support/linear-memory.js";
import { expectError, thrownBy } from "./support/rejects.js";

const TOO_MANY_BYTES = (bytes: number) =>
  `a tensor of ${bytes} bytes is beyond the 2147418112 that one allocation may have`;

describe("more bytes than one allocation may have", () => {
  const rows: readonly (readonly [shape: number[], dtype: "float32" | "float64"])[] = [
    [[2 ** 29 - 2 ** 14 + 1], "float32"],
    [[2 ** 28 - 2 ** 13 + 1], "float64"],
    [[2 ** 29], "float32"],
    [[2 ** 30], "float32"],
    // Wrap to 0 and to 100 bytes.
    [[2 ** 15, 2 ** 15], "float32"],
    [[2 ** 30 + 25], "float32"],
    [[2 ** 29, 1], "float64"],
    [[2 ** 40], "float32"],
    [[2 ** 50 - 1], "float64"],
  ];
  test.each(rows)("%o of %s", (shape, dtype) => {
    const before = memory();
    const bytes = shape.reduce((a, b) => a * b) * (dtype === "float32" ? 4 : 8);
    for (const make of [Tensor, Parameter]) {
      const error = thrownBy(() => make.zeros(shape, { dtype }));
      expectError(error, { type: RangeError, code: "ERR_LIMIT", message: TOO_MANY_BYTES(bytes) });
    }
    expect(memory() === before).toBe(true);
  });
});

describe("more elements than can be counted", () => {
  test.each([[[2 ** 27, 2 ** 27]], [[2 ** 53 - 1, 2]], [[2 ** 40, 2 ** 40, 2 ** 40]], [Array(40).fill(2 ** 50)]])(
    "%o",
    (shape) => {
      const message = /^shape .* has more elements than can be counted$/;
      for (const make of [() => Tensor.zeros(shape), () => Tensor.from([1], { shape })]) {
        expectError(thrownBy(make), { type: RangeError, code: "ERR_LIMIT", message });
      }
    },
  );

  test("of which one extent is 0 are none", () => {
    expect(Tensor.zeros([2 ** 50, 0, 2]).length).toBe(0);
  });
});

test("extents beyond whole numbers are no extents", () => {
  for (const extent of [2 ** 53, 1e300, Number.POSITIVE_INFINITY]) {
    const error = thrownBy(() => Tensor.zeros([extent]));
    expectError(error, {
      type: RangeError,
      code: "ERR_SHAPE",
      message: `shape must hold integers from 0 up, got [${extent}]`,
    });
  }
});
