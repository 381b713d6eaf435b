/** The schedulers' own cosine and powers against those of the engine, which may differ in the last digits. */

import { expect, test } from "vitest";
import { cosPi } from "../dist/lr-scheduler/cosine.js";
import { integerPower } from "../dist/power.js";

/** cos(π·x) of x in [0, 2] by the engine; the argument is brought to where its rounding does not matter. */
function reference(x: number): number {
  const half = x > 1 ? 2 - x : x;
  if (half > 0.5) return -reference(1 - half);
  return half > 0.25 ? Math.sin(Math.PI * (0.5 - half)) : Math.cos(Math.PI * half);
}

test("cosPi is cos(π·x), to two units in the last place", () => {
  let largest = 0;
  for (let i = 0; i <= 400_000; i++) {
    const x = i / 200_000;
    const expected = reference(x);
    const ulp = 2 ** (Math.floor(Math.log2(Math.abs(expected))) - 52);
    if (expected !== 0) largest = Math.max(largest, Math.abs(cosPi(x) - expected) / ulp);
  }
  expect(largest).toBeLessThanOrEqual(2);
});

test("cosPi is close to what it is with 40 digits", () => {
  const values: readonly (readonly [x: number, cosine: number])[] = [
    [1e-9, 1.0],
    [0.01, 0.9995065603657316],
    [0.1, 0.9510565162951535],
    [0.25, Math.SQRT1_2],
    [0.2500001, 0.7071065590423657],
    [0.3, 0.5877852522924731],
    [0.4999, 0.00031415926019123195],
    [0.7, -0.587785252292473],
    [0.999, -0.9999950652018582],
    [1.3, -0.587785252292473],
    [12345.678, 0.5305111843064241],
  ];
  for (const [x, cosine] of values) expect(Math.abs(cosPi(x) / cosine - 1), `${x}`).toBeLessThan(4e-16);
});

test("cosPi is exact at the quarters of a turn, and symmetric", () => {
  expect([0, 1, 2, 7, -1, 2 ** 40].map(cosPi)).toEqual([1, -1, 1, -1, -1, 1]);
  expect([0.5, 1.5, -0.5, 12.5].map((x) => Math.abs(cosPi(x)))).toEqual([0, 0, 0, 0]);
  for (let i = 0; i < 512; i++) {
    const x = i / 1024;
    expect([cosPi(-x), cosPi(2 - x), cosPi(x + 2 ** 30)]).toEqual([cosPi(x), cosPi(x), cosPi(x)]);
    expect([cosPi(1 - x), cosPi(1 + x)]).toEqual([-cosPi(x), -cosPi(x)]);
  }
});

test("cosPi falls without a step back", () => {
  let rises = 0;
  for (let i = 1; i <= 200_000; i++) if (cosPi(i / 200_000) > cosPi((i - 1) / 200_000)) rises++;
  expect(rises).toBe(0);
});

test("powers with a whole exponent are exact where they can be, and close elsewhere", () => {
  expect([0, 1, 2, 30, 1023].map((n) => integerPower(2, n))).toEqual([1, 2, 4, 2 ** 30, 2 ** 1023]);
  expect([integerPower(0, 0), integerPower(0, 5), integerPower(0.1, 1), integerPower(1, 2 ** 52)]).toEqual([
    1, 0, 0.1, 1,
  ]);
  expect([integerPower(2, 1024), integerPower(0.5, 2000), integerPower(3, 33)]).toEqual([Infinity, 0, 3 ** 33]);
  for (const base of [0.1, 0.5, 0.9, 0.97, 0.999]) {
    for (let n = 0; n < 200; n++) expect(integerPower(base, n) / base ** n).toBeCloseTo(1, 13);
  }
});
