/** Floats as bits: the hex of the vectors, distances, and comparison bit for bit with messages one can act on. */

import { assert } from "vitest";

export type DType = "float32" | "float64";
export type Floats = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

export const BYTES = { float32: 4, float64: 8 } as const;
const ARRAY = { float32: Float32Array, float64: Float64Array } as const;

/** Zeros, or `values` rounded to the dtype. */
export function floats(dtype: DType, values: number | Iterable<number>): Floats {
  return typeof values === "number" ? new ARRAY[dtype](values) : ARRAY[dtype].from(values);
}

export function dtypeOf(values: Floats): DType {
  return values instanceof Float32Array ? "float32" : "float64";
}

/** `x` rounded to the dtype. */
export function round(dtype: DType, x: number): number {
  return dtype === "float32" ? Math.fround(x) : x;
}

/** Big-endian IEEE hex to floats. */
export function fromHex(hex: readonly string[], dtype: DType): Floats {
  const value = (digits: string) => {
    const bytes = Buffer.from(digits, "hex");
    return dtype === "float32" ? bytes.readFloatBE() : bytes.readDoubleBE();
  };
  return floats(dtype, hex.map(value));
}

export function toHex(x: number, dtype: DType): string {
  const bytes = Buffer.alloc(BYTES[dtype]);
  if (dtype === "float32") bytes.writeFloatBE(x);
  else bytes.writeDoubleBE(x);
  return bytes.toString("hex");
}

const TINY = { float32: 2 ** -126, float64: 2 ** -1022 } as const;
const MANTISSA_BITS = { float32: 23, float64: 52 } as const;
const scratch = new DataView(new ArrayBuffer(8));

/** The distance between neighbouring floats at `x`. */
export function ulp(x: number, dtype: DType): number {
  scratch.setFloat64(0, Math.max(Math.abs(x), TINY[dtype]));
  const exponent = (scratch.getUint16(0) >> 4) - 1023;
  return 2 ** (exponent - MANTISSA_BITS[dtype]);
}

/** How many floats lie between two; 0 only for equal ones (and -0 and 0 are next to each other). */
export function ulpsApart(a: number, b: number, dtype: DType): number {
  const order = (x: number) => {
    const bits = BigInt.asIntN(8 * BYTES[dtype], BigInt(`0x${toHex(x, dtype)}`));
    return bits < 0n ? -1n - (bits & ((1n << BigInt(8 * BYTES[dtype] - 1)) - 1n)) : bits;
  };
  const distance = order(a) - order(b);
  return Number(distance < 0n ? -distance : distance);
}

/** Index of the first element whose bits differ, NaN being equal to NaN; -1 if there is none. */
export function firstDifference(actual: Floats, expected: Floats): number {
  const words = BYTES[dtypeOf(expected)] / 4;
  const [a, b] = [wordsOf(actual), wordsOf(expected)];
  for (let i = 0; i < b.length; i++) {
    if (a[i] === b[i]) continue;
    const at = Math.floor(i / words);
    if (!(Number.isNaN(actual[at]) && Number.isNaN(expected[at]))) return at;
  }
  return -1;
}

/** Fails unless all bits are equal, NaN being equal to NaN; `what` says which array this is. */
export function expectSameBits(actual: Floats, expected: Floats, what: string | (() => string)): void {
  const dtype = dtypeOf(expected);
  const fail = (message: string) => assert.fail(`${typeof what === "string" ? what : what()}: ${message}`);
  if (dtypeOf(actual) !== dtype || actual.length !== expected.length) {
    fail(`${actual.length} × ${dtypeOf(actual)}, expected ${expected.length} × ${dtype}`);
  }
  const first = firstDifference(actual, expected);
  if (first < 0) return;
  const [got, want] = [actual[first], expected[first]];
  const shown = (x: number) => `${toHex(x, dtype)} (${Object.is(x, -0) ? "-0" : x})`;
  fail(
    `element ${first} of ${expected.length} is ${shown(got)}, expected ${shown(want)}, ${ulpsApart(got, want, dtype)} ulp apart`,
  );
}

function wordsOf(values: Floats): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);
}
