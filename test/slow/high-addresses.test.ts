/** Beyond 2 GiB, where an offset that is taken for a signed number is a negative one. */

import { expect, test } from "vitest";
import { report } from "../support/child.js";

test("2.6 GiB of tensors, with one across 2 GiB, train as their twins below do, and can be given back", () => {
  const result = report<{ readonly bytes: number }>("high-addresses.mjs");
  expect(result).toEqual({
    isAcross: true,
    areAbove: true,
    bytes: expect.any(Number),
    moved: true,
    same: [true, true, true, true],
    step: 3,
    ballastIsZero: true,
    largest: [7, true],
  });
  expect(result.bytes).toBeGreaterThan(2.6 * 2 ** 30);
});

test("a parameter of 1.2 GB has moments of 2.4 GB, and trains as its few rows with gradients would alone", () => {
  const result = report<{ readonly bytes: number }>("beyond-a-gibibyte.mjs");
  expect(result).toEqual({ step: 3, same: true, bytes: expect.any(Number) });
  expect(result.bytes).toBeGreaterThan(3 * 1.2e9);
});
