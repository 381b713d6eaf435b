/**
 * Linear memory for tensors: allocation, views, and the net under all that the kernel hands out.
 *
 * Who forgets to dispose gets the memory back when the object is collected. Collection never runs inside one long
 * synchronous loop, so that is a net and not the way to go.
 */

import { rangeError } from "../check.js";
import { type DType, ELEMENTS, type FloatArray } from "../dtype.js";
import { backend, call, isPoisoned, type KernelExports, memoryBuffer } from "./instance.js";

/** The largest allocation: Rust's layouts end at 2³¹ bytes, and a page of it may go to placement. */
const MAX_BYTES = 2 ** 31 - 2 ** 16;

/** An array's part in a step; large arrays of different parts are placed apart within a page (docs/memory.md). */
export const PLACE = { param: 0, grad: 1 } as const;

/** Gives something back. It must not lead to who holds that, who could then not be collected. */
type GiveBack = (kernel: KernelExports) => void;

const net = typeof FinalizationRegistry === "undefined" ? null : new FinalizationRegistry<GiveBack>(unlessPoisoned);

/** Has something given back when `holder` is collected. */
export function hold(holder: object, giveBack: GiveBack): void {
  net?.register(holder, giveBack, holder);
}

/** Gives it back now. */
export function letGo(holder: object, giveBack: GiveBack): void {
  net?.unregister(holder);
  unlessPoisoned(giveBack);
}

function unlessPoisoned(giveBack: GiveBack): void {
  if (!isPoisoned()) call(giveBack);
}

const deallocation =
  (pointer: number, bytes: number): GiveBack =>
  (kernel) =>
    kernel.deallocate(pointer, bytes);

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
    this.#pointer = call((kernel) => kernel.allocate(bytes, place)) >>> 0;
    if (this.#pointer === 0) throw outOfMemory(bytes);
    this.bytes = bytes;
    hold(this, deallocation(this.#pointer, bytes));
  }

  /** Byte offset in linear memory; 0 once freed. */
  get pointer(): number {
    return this.#pointer;
  }

  /** Gives the memory back; the second call does nothing. */
  free(): void {
    if (this.#pointer === 0) return;
    letGo(this, deallocation(this.#pointer, this.bytes));
    this.#pointer = 0;
  }
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
