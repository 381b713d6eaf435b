/** Every optimizer against its formulas in float64: float64 parameters to their last digits, float32 ones to theirs. */

import { describe, expect, test } from "vitest";
import { type DType, floats } from "./support/bits.js";
import { FAMILY, type Member } from "./support/family.js";
import { normals } from "./support/noise.js";
import { gradientFor, PACKAGES, stateOf } from "./support/packages.js";

const STEPS = 60;
const START = normals(31, 0, 23);

const rows = Object.entries(FAMILY).flatMap(([name, member]) =>
  [...member.configs, ...Object.values(member.ways)].map((options) => [name, options, member] as const),
);

describe.each([
  ["float64", 1e-12],
  ["float32", 2e-5],
] as const)("%s", (dtype, tolerance) => {
  test.each(rows)("%s %o stays within the last digits of its oracle", (_, options, member) => {
    const { largest, moved } = follow(member, options, dtype);
    expect(largest, "largest difference from the oracle").toBeLessThan(tolerance);
    expect(moved, "how far the furthest parameter went").toBeGreaterThan(100 * tolerance);
  });
});

test("no two ways of an optimizer end in the same place", () => {
  for (const [name, member] of Object.entries(FAMILY)) {
    const ends = Object.values(member.ways).map((options) => follow(member, options, "float64").end);
    expect(new Set(ends).size, name).toBe(ends.length);
  }
});

/** Trains with the package and with the oracle on the same gradients: the largest difference of any array at any step. */
function follow(member: Member, options: object, dtype: DType) {
  const [[, from]] = PACKAGES;
  const parameter = from.Parameter.from(floats(dtype, START));
  const optimizer = member.create(from, [parameter], options);
  let elements = [...floats(dtype, START)].map(
    (param): Readonly<Record<string, number>> => ({ param, ...member.fresh }),
  );
  let largest = 0;
  for (let step = 1; step <= STEPS; step++) {
    // Gradients that shrink, so that a maximum of second moments is one.
    const grad = floats(dtype, normals(32, step, START.length, 0.9 ** step));
    parameter.grad = gradientFor(member, from, grad);
    optimizer.step();
    elements = elements.map((element, i) => member.update(element, grad[i], step, { ...member.defaults, ...options }));
    const state = stateOf(optimizer, parameter);
    for (const [name, value] of Object.entries({ param: parameter.data, ...state })) {
      for (const [i, element] of elements.entries()) {
        const actual = typeof value === "number" ? value : value[i];
        largest = Math.max(largest, Math.abs(actual - element[name]) / Math.max(1, Math.abs(element[name])));
        if (Number.isNaN(actual) || element[name] === undefined) throw new Error(`${name} is ${actual}`);
      }
    }
  }
  const moved = Math.max(...[...parameter.data].map((x, i) => Math.abs(x - START[i])));
  return { largest, moved, end: parameter.data.join() };
}
