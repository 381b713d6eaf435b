/**
 * Where a tensor's bytes are: an allocation of its own, a window into another tensor's, or an optimizer's state.
 *
 * Each of them keeps the bytes it stands for from being collected, and has pointer 0 once they are gone.
 */

import { type DType, ELEMENTS } from "./dtype.js";
import { Allocation } from "./wasm/memory.js";

/** Bytes in linear memory. */
export interface Memory {
  /** Byte offset; 0 once the bytes are gone. */
  readonly pointer: number;
  /** True for an optimizer's state, which must not be used as a gradient or a parameter. */
  readonly isBorrowed: boolean;
  /** Lets go of the bytes; gives them back if they are an allocation. */
  free(): void;
}

/** Makes the memory of a tensor. The shape has been checked, and is a copy that nobody else can change. */
export type MakeMemory = (length: number, shape: readonly number[]) => Memory;

/** An allocation for a tensor of zeros. */
export function allocation(dtype: DType, place: number): MakeMemory {
  return (length) => new Allocation(length * ELEMENTS[dtype].bytes, place);
}

/** Memory that `lender` owns, until that takes it back by {@link free}. */
export class Loan implements Memory {
  readonly isBorrowed = true;
  pointer: number;
  readonly lender: object;

  constructor(pointer: number, lender: object) {
    this.pointer = pointer;
    this.lender = lender;
  }

  free(): void {
    this.pointer = 0;
  }
}

/** A part of other memory: it ends with that, and to free it frees nothing. */
export class Window implements Memory {
  /** Not a window itself: one into a window hangs on what is behind that. */
  #base: Allocation | Loan | null;
  readonly #offset: number;
  readonly isBorrowed: boolean;

  constructor(memory: Memory, offset: number) {
    const isNested = memory instanceof Window;
    this.#base = isNested ? memory.#base : (memory as Allocation | Loan);
    this.#offset = isNested ? memory.#offset + offset : offset;
    this.isBorrowed = memory.isBorrowed;
  }

  get pointer(): number {
    const start = this.#base?.pointer ?? 0;
    return start === 0 ? 0 : start + this.#offset;
  }

  free(): void {
    this.#base = null;
  }
}
