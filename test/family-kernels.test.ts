/**
 * Every optimizer on the module and on the kernel in plain JavaScript, bit for bit. NaN equals NaN, whatever its bits:
 * WebAssembly leaves those to the engine.
 */

import type { SparseTensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { type DType, expectSameBits, type Floats, floats } from "./support/bits.js";
import { FAMILY, type Member } from "./support/family.js";
import { hash, normals } from "./support/noise.js";
import { gradientFor, PACKAGES, stateOf } from "./support/packages.js";
import type { Package } from "./support/second-copy.js";
import { randomBits } from "./support/states.js";

const LENGTHS = [...Array.from({ length: 40 }, (_, length) => length), 260];

const rows = Object.entries(FAMILY).map(([name, member]) => [name, member] as const);
const optionsOf = ({ configs, ways }: Member) => [...configs, ...Object.values(ways)];

type Arrays = Readonly<Record<string, number | Floats>>;

describe.each(["float32", "float64"] as const)("%s", (dtype) => {
  const moderate = (step: number, length: number) => floats(dtype, normals(2, step, length));

  test.each(rows)("%s, ten steps at every length, the later of them on a scaled gradient", (_, member) => {
    const starts = LENGTHS.map((length) => floats(dtype, normals(1, length, length)));
    for (const options of optionsOf(member)) {
      const [module, javascript] = PACKAGES.map(([, from]) =>
        train(from, member, { lr: 0.01, ...options }, starts, 10, moderate),
      );
      expectSame(module, javascript, JSON.stringify(options));
    }
  });

  test.each(rows)("%s, 40 steps that bring every element a gradient of random bits once", (_, member) => {
    for (const [at, options] of optionsOf(member).entries()) {
      const bits = (seed: number) => randomBits(dtype, 401, hash(seed, at, 7)).param;
      const gradient = (step: number, length: number) => {
        const wild = bits(step);
        return moderate(step, length).map((g, i) => (i % 40 === step - 1 ? wild[i] : g)) as Floats;
      };
      const [module, javascript] = PACKAGES.map(([, from]) => train(from, member, options, [bits(0)], 40, gradient));
      expectSame(module, javascript, JSON.stringify(options));
      const { param } = javascript[0];
      const numbers = (param as Floats).filter((x) => Number.isFinite(x)).length;
      expect(numbers, `numbers that are left of 401, ${JSON.stringify(options)}`).toBeGreaterThan(100);
    }
  });
});

test.each(["SGD", "SparseAdam"])("%s, rows of a sparse gradient in any order", (name) => {
  const member = FAMILY[name];
  for (const dtype of ["float32", "float64"] as const) {
    for (const columns of [1, 3, 4, 9]) {
      const [module, javascript] = PACKAGES.map(([, from]) => {
        const parameter = from.Parameter.from(floats(dtype, normals(3, 0, 20 * columns)), { shape: [20, columns] });
        const optimizer = member.create(from, [parameter], { lr: 0.1 });
        for (let step = 1; step <= 20; step++) {
          parameter.grad = randomRows(from, dtype, step, columns);
          optimizer.step();
        }
        return [{ param: parameter.data as Floats, ...stateOf(optimizer, parameter) }];
      });
      expectSame(module, javascript, `${dtype}, ${columns} columns`);
    }
  }
});

/** Up to eight rows of twenty, some of them twice. */
function randomRows({ SparseTensor }: Package, dtype: DType, step: number, columns: number): SparseTensor {
  const rows = Array.from({ length: hash(4, step, 0) % 9 }, (_, i) => hash(5, step, i) % 20);
  const values = floats(dtype, normals(6, step, rows.length * columns));
  const nested = rows.map((_, i) => [...values.subarray(i * columns, (i + 1) * columns)]);
  return SparseTensor.coo([rows], rows.length === 0 ? floats(dtype, 0) : nested, { shape: [20, columns], dtype });
}

/** Trains parameters that start at `starts`. */
function train(
  from: Package,
  member: Member,
  options: object,
  starts: readonly Floats[],
  steps: number,
  gradient: (step: number, length: number) => Floats,
): Arrays[] {
  const parameters = starts.map((start) => from.Parameter.from(start));
  const optimizer = member.create(from, parameters, options);
  for (let step = 1; step <= steps; step++) {
    for (const [at, parameter] of parameters.entries()) {
      parameter.grad = gradientFor(member, from, gradient(step, starts[at].length));
    }
    optimizer.step(undefined, { gradScale: step > 5 ? 0.3 : 1 });
  }
  const arrays = parameters.map((parameter) => ({ param: parameter.data.slice(), ...copies(optimizer, parameter) }));
  optimizer.dispose();
  for (const parameter of parameters) parameter.dispose();
  return arrays as Arrays[];
}

function copies(...[optimizer, parameter]: Parameters<typeof stateOf>): Arrays {
  const state = Object.entries(stateOf(optimizer, parameter));
  return Object.fromEntries(
    state.map(([name, value]) => [name, typeof value === "number" ? value : value.slice()]),
  ) as Arrays;
}

function expectSame(module: readonly Arrays[], javascript: readonly Arrays[], what: string): void {
  for (const [at, expected] of javascript.entries()) {
    for (const [name, value] of Object.entries(expected)) {
      const actual = module[at][name];
      if (typeof value === "number") expect(actual, `${name}, ${what}`).toBe(value);
      else expectSameBits(actual as Floats, value, () => `${name} of ${value.length}, ${what}`);
    }
  }
}
