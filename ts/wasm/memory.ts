/**
 * Linear memory for tensors: allocation, the net under it, and views.
 *
 * Who forgets to dispose gets the memory back when the object is collected. Collection never runs inside one long
 * synchronous loop, so that is a net and not the way to go.
 */

import { rangeError } from "../check.js";
import { type DType, ELEMENTS, type FloatArray } from "../dtype.js";
import { backend, call, isPoisoned, memoryBuffer } from "./instance.js";

/** The largest allocation: Rust's layouts end at 2³¹ bytes, and a page of it may go to placement. */
const MAX_BYTES = 2 ** 31 - 2 ** 16;

/** An array's part in a step; large arrays of different parts are placed apart within a page (docs/memory.md). */
export const PLACE = { param: 0, grad: 1 } as const;

interface Bytes {
  readonly pointer: number;
  readonly bytes: number;
}

const net = typeof FinalizationRegistry === "undefined" ? null : new FinalizationRegistry<Bytes>(release);

/** Zeroed memory that is given back by {@link free}, or when this object is collected. */
export class Allocation {
  readonly isBorrowed = false;
  #pointer: number;
  readonly bytes: number;

  constructor(bytes: number, place: number) {
    if (bytes > MAX_BYTES) {
      throw rangeError(
        "ERR_LIMIT",
        `a tensor of ${bytes} bytes is beyond the ${MAX_BYTES} that one allocation may have`,
      );
    }
    this.#pointer = call((kernel) => kernel.allocate(bytes, place));
    if (this.#pointer === 0) throw outOfMemory(bytes);
    this.bytes = bytes;
    net?.register(this, { pointer: this.#pointer, bytes }, this);
  }

  /** Byte offset in linear memory; 0 once freed. */
  get pointer(): number {
    return this.#pointer;
  }

  /** Gives the memory back; the second call does nothing. */
  free(): void {
    if (this.#pointer === 0) return;
    net?.unregister(this);
    release({ pointer: this.#pointer, bytes: this.bytes });
    this.#pointer = 0;
  }
}

function release({ pointer, bytes }: Bytes): void {
  if (!isPoisoned()) call((kernel) => kernel.deallocate(pointer, bytes));
}

/** The error for memory that cannot grow by `bytes`. */
export function outOfMemory(bytes: number): RangeError {
  const held = memoryBuffer().byteLength;
  return rangeError("ERR_OOM", `out of memory: ${bytes} bytes asked for, ${held} bytes held that cannot grow enough`);
}

/** True while a view that is not empty shows the memory there is. */
export function isAlive(view: { readonly byteLength: number; readonly buffer: ArrayBuffer }): boolean {
  // Growth empties views of WebAssembly's memory. What the other kernel leaves behind, not every host can empty.
  return view.byteLength !== 0 && (backend().kind === "wasm" || view.buffer === memoryBuffer());
}

/** A view of `length` elements at `pointer`. It dies when memory grows. */
export function viewOf<D extends DType>(pointer: number, length: number, dtype: D): FloatArray<D> {
  return new ELEMENTS[dtype].TypedArray(memoryBuffer(), pointer, length);
}
