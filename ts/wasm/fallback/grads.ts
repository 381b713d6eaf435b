/** Norms and changes of gradients, operation for operation as `crate/kernel/src/{reduce,power,scale}.rs`. */

import { integerPower } from "../../power.js";
import { arrayAt } from "./arrays.js";
import type { Elements } from "./slots.js";

const BLOCK = 4096;
const SUMS = 8;
/** Powers with larger exponents are those with this one. */
const MOST = 2 ** 53;

/** What takes elements in, and joins what it has of different ones. */
interface Reduction {
  readonly start: number;
  take(sum: number, element: number): number;
  join(a: number, b: number): number;
}

export function gradNorm(table: number, count: number, normType: number): number {
  const arrays = Array.from({ length: count }, (_, row) => arrayAt(table, row).values);
  if (normType === 0) return arrays.filter((array) => reduce(largest(1), [array]) !== 0).length;
  if (!Number.isFinite(normType)) return Math.sign(normType) * reduce(largest(Math.sign(normType)), arrays);
  const term = normType === 2 ? (x: number) => x * x : (x: number) => power(Math.abs(x), normType);
  const sum = reduce({ start: 0, take: (sum, x) => sum + term(x), join: (a, b) => a + b }, arrays);
  return power(sum, 1 / normType);
}

export function scaleGrads(table: number, count: number, factor: number): void {
  for (let row = 0; row < count; row++) {
    const { values, round } = arrayAt(table, row);
    const rounded = round(factor);
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * rounded;
  }
}

export function clampGrads(table: number, count: number, limit: number): void {
  for (let row = 0; row < count; row++) {
    const { values, round } = arrayAt(table, row);
    const rounded = round(limit);
    for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.max(values[i] as number, -rounded), rounded);
  }
}

function largest(sign: number): Reduction {
  return { start: sign > 0 ? 0 : -Infinity, take: (sum, x) => Math.max(sum, sign * Math.abs(x)), join: Math.max };
}

function reduce({ start, take, join }: Reduction, arrays: readonly Elements[]): number {
  let total = start;
  for (const array of arrays) {
    for (let from = 0; from < array.length; from += BLOCK) {
      const block = array.subarray(from, from + BLOCK);
      const sums = new Float64Array(SUMS).fill(start);
      for (let i = 0; i < block.length; i++) sums[i % SUMS] = take(sums[i % SUMS] as number, block[i] as number);
      const at = (i: number) => sums[i] as number;
      const half = (i: number) => join(join(at(i), at(i + 2)), join(at(i + 4), at(i + 6)));
      total = join(total, join(half(0), half(1)));
    }
  }
  return total;
}

/** `base` to the power `exponent`: a multiplication for each bit before the point, a square root for each behind it. */
function power(base: number, exponent: number): number {
  const magnitude = Math.min(Math.abs(exponent), MOST);
  const whole = Math.floor(magnitude);
  let [result, fraction] = [integerPower(base, whole), magnitude - whole];
  for (let root = base; fraction > 0; ) {
    root = Math.sqrt(root);
    fraction *= 2;
    if (fraction < 1) continue;
    result *= root;
    fraction -= 1;
  }
  return exponent < 0 ? 1 / result : result;
}
