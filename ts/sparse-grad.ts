/**
 * A parameter's sparse gradient in linear memory, where the kernel reads it: values, and a head that says which slices
 * they are for. The memory is kept for the next gradient and grows when that is larger.
 */

import { bindings } from "./bindings.js";
import { stateError } from "./check.js";
import { type DType, ELEMENTS, type FloatArray } from "./dtype.js";
import { memoryBuffer } from "./wasm/instance.js";
import { Allocation, PLACE, viewOf } from "./wasm/memory.js";

/** What sparse tensors have, and nothing else: it makes memory for them. So programs without one carry none of their code. */
export const STORE = Symbol("sparse gradient");

/** What is stored of a coalesced sparse tensor. */
export interface Slices {
  readonly dtype: DType;
  readonly values: FloatArray;
  readonly nnz: number;
  readonly sliceLength: number;
  sliceNumbers(): number[];
}

/** Words before the indices: how many there are, and the elements of one slice. */
const HEAD_WORDS = 2;

export class SparseGrad {
  /** Both in one, so that there is memory for them or for neither. */
  #memory: Allocation | null = null;
  /** Where the head is in it: behind the values, or room for more of them. */
  #headAt = 0;
  /** Number of values. */
  length = 0;
  dtype: DType = "float32";

  /** Copies a coalesced tensor in. */
  set(grad: Slices): void {
    const headAt = Math.max(this.#headAt, 8 * Math.ceil(grad.values.byteLength / 8));
    const bytes = headAt + 4 * (HEAD_WORDS + grad.nnz);
    if (headAt > this.#headAt || bytes > (this.#memory?.bytes ?? 0)) {
      const larger = new Allocation(bytes, PLACE.grad);
      this.dispose();
      this.#memory = larger;
      this.#headAt = headAt;
      bindings.version++;
    }
    this.length = grad.values.length;
    this.dtype = grad.dtype;
    viewOf(this.pointer, this.length, this.dtype).set(grad.values);
    new Uint32Array(memoryBuffer(), this.sparsePointer).set([grad.nnz, grad.sliceLength, ...grad.sliceNumbers()]);
  }

  /** Where the values are; 0 once disposed. */
  get pointer(): number {
    return this.#memory?.pointer ?? 0;
  }

  /** Where the head is. */
  get sparsePointer(): number {
    return this.#memory === null ? 0 : this.pointer + this.#headAt;
  }

  get byteLength(): number {
    return this.length * ELEMENTS[this.dtype].bytes;
  }

  /** The values as they are now. */
  copyValues(): FloatArray {
    return viewOf(this.pointer, this.length, this.dtype).slice();
  }

  checkAlive(): void {
    if (this.pointer === 0) throw stateError("ERR_DISPOSED", "this sparse gradient was disposed and cannot be used");
  }

  dispose(): void {
    this.#memory?.free();
    this.#memory = null;
  }
}
