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
  #values: Allocation | null = null;
  #head: Allocation | null = null;
  /** Number of values. */
  length = 0;
  dtype: DType = "float32";

  /** Copies a coalesced tensor in. */
  set(grad: Slices): void {
    const values = reserve(this.#values, grad.values.byteLength);
    const head = reserve(this.#head, 4 * (HEAD_WORDS + grad.nnz));
    if (values !== this.#values || head !== this.#head) bindings.version++;
    if (values !== this.#values) this.#values?.free();
    if (head !== this.#head) this.#head?.free();
    this.#values = values;
    this.#head = head;
    this.length = grad.values.length;
    this.dtype = grad.dtype;
    viewOf(values.pointer, this.length, this.dtype).set(grad.values);
    new Uint32Array(memoryBuffer(), head.pointer).set([grad.nnz, grad.sliceLength, ...grad.sliceNumbers()]);
  }

  /** Where the values are; 0 once disposed. */
  get pointer(): number {
    return this.#values?.pointer ?? 0;
  }

  /** Where the head is. */
  get sparsePointer(): number {
    return this.#head?.pointer ?? 0;
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
    this.#values?.free();
    this.#head?.free();
    this.#values = this.#head = null;
  }
}

/** The same memory if it is large enough, else new memory; the old one is kept until both are there. */
function reserve(memory: Allocation | null, bytes: number): Allocation {
  return memory !== null && memory.bytes >= bytes ? memory : new Allocation(bytes, PLACE.grad);
}
