/**
 * A table of arrays for the kernel, which measures or changes all of them in one call.
 *
 * Its memory is kept from call to call and grows with the largest, so that a call allocates nothing.
 */

import { type ByteRange, findOverlap, sortedRanges } from "./byte-range.js";
import { rangeError } from "./check.js";
import { type DType, ELEMENTS } from "./dtype.js";
import { ARRAY, memoryBuffer } from "./wasm/instance.js";
import { Allocation } from "./wasm/memory.js";

/** An array in linear memory. */
export interface KernelArray extends ByteRange {
  readonly length: number;
  readonly dtype: DType;
  checkAlive(): void;
}

/** A table that was written: good until the next one is. */
export interface ArrayTable {
  readonly pointer: number;
  /** Rows: arrays without elements have none. */
  readonly count: number;
  /** The widest dtype among the arrays. */
  readonly dtype: DType;
}

let memory: Allocation | null = null;

/** Checks that all arrays are alive and none shares memory with another, and writes their table. */
export function arrayTable(arrays: readonly KernelArray[], what: string): ArrayTable {
  const table = reserve(4 * ARRAY.words * arrays.length);
  const words = new Uint32Array(memoryBuffer(), table, ARRAY.words * arrays.length);
  let [at, end, isAscending] = [0, 0, true];
  let widest: DType = "float32";
  for (const array of arrays) {
    const { pointer, length, dtype } = array;
    if (pointer === 0) array.checkAlive();
    if (dtype === "float64") widest = dtype;
    if (length === 0) continue;
    const { bytes, code } = ELEMENTS[dtype];
    isAscending &&= pointer >= end;
    end = pointer + length * bytes;
    words[at + ARRAY.start] = pointer;
    words[at + ARRAY.length] = length;
    words[at + ARRAY.dtype] = code;
    at += ARRAY.words;
  }
  // Arrays mostly lie in the order in which they were allocated, and then do not overlap.
  if (!isAscending && findOverlap(sortedRanges(arrays)) !== null) {
    throw rangeError("ERR_ALIAS", `${what} share memory: the same one is there twice, or two overlap`);
  }
  return { pointer: table, count: at / ARRAY.words, dtype: widest };
}

function reserve(bytes: number): number {
  if (memory === null || memory.bytes < bytes) {
    const larger = new Allocation(Math.max(bytes, 2 * (memory?.bytes ?? 0)), 0);
    memory?.free();
    memory = larger;
  }
  return memory.pointer;
}
