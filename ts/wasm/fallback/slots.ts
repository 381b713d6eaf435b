/** What every optimizer's state has: slots, and the table that binds them to tensors. As `state/mod.rs`. */

import { ROW } from "../instance.js";
import { allocate, deallocate, memory } from "./memory.js";

export type Elements = Float32Array | Float64Array;
export type Round = (x: number) => number;

/** Element types by the kernel's codes: how long one is, how it is rounded, and its smallest normal number. */
export const ELEMENTS = [
  { bytes: 4, TypedArray: Float32Array, round: Math.fround as Round, smallestNormal: 2 ** -126 },
  { bytes: 8, TypedArray: Float64Array, round: ((x) => x) as Round, smallestNormal: 2 ** -1022 },
] as const;

/** State of one parameter. */
interface Slot {
  readonly length: number;
  readonly dtype: 0 | 1;
  step: number;
  product: number;
  /** Pointers of the moments. */
  moments: readonly number[];
}

/** What one update of one slot needs. */
export interface Update {
  readonly step: number;
  readonly product: number;
  readonly round: Round;
  readonly smallestNormal: number;
  /** The whole arrays, or the slices that a sparse gradient has values for. */
  readonly slices: readonly Slice[];
}

/** Arrays of one length. */
export interface Slice {
  readonly param: Elements;
  readonly grad: Elements;
  readonly moments: readonly Elements[];
}

const ROW_BYTES = 4 * ROW.words;

/** Slots of one param group, in its order. */
export class Slots {
  readonly #slots: Slot[] = [];
  /** Where the table is. */
  table = 0;
  #capacity = 0;

  add(param: number, length: number, dtype: number): boolean {
    if (this.#slots.length === this.#capacity && !this.#widen()) return false;
    this.#slots.push({ length, dtype: dtype as 0 | 1, step: 0, product: 1, moments: [] });
    const row = new Uint32Array(ROW.words);
    row[ROW.param] = param;
    row[ROW.length] = length;
    this.#view().set(row, ROW.words * (this.#slots.length - 1));
    return true;
  }

  reserve(index: number, count: number): boolean {
    const slot = this.#slot(index);
    if (count === 0) return true;
    const bytes = bytesOf(slot);
    const moments = slot.moments.slice(0, count);
    while (moments.length < count) {
      const pointer = allocate(bytes, 0);
      if (pointer === 0) {
        for (const added of moments.slice(slot.moments.length)) deallocate(added, bytes);
        return false;
      }
      moments.push(pointer);
    }
    for (const pointer of slot.moments.slice(count)) deallocate(pointer, bytes);
    slot.moments = moments;
    const row = ROW.words * index;
    this.#view()
      .fill(0, row + ROW.moments, row + ROW.length)
      .set(moments, row + ROW.moments);
    return true;
  }

  steps(index: number): number {
    return this.#slot(index).step;
  }

  product(index: number): number {
    return this.#slot(index).product;
  }

  restore(index: number, step: number, product: number): void {
    Object.assign(this.#slot(index), { step, product });
  }

  /** Gives moments and table back; the slots then are no more. */
  free(): void {
    for (const slot of this.#slots) for (const pointer of slot.moments) deallocate(pointer, bytesOf(slot));
    if (this.#capacity > 0) deallocate(this.table, this.#capacity * ROW_BYTES);
  }

  /** Counts a step for each slot that has a gradient, and hands it out with its arrays. */
  *advance(count = 1, product = (before: number, _step: number) => before): Generator<Update> {
    const table = this.#view();
    for (const [index, slot] of this.#slots.entries()) {
      const row = table.subarray(ROW.words * index, ROW.words * (index + 1));
      if (row[ROW.grad] === 0) continue;
      slot.step += count;
      slot.product = product(slot.product, slot.step);
      const { round, smallestNormal } = ELEMENTS[slot.dtype];
      yield { step: slot.step, product: slot.product, round, smallestNormal, slices: slicesOf(slot, row) };
    }
  }

  /** Fills dense gradients with zeros. */
  zeroGrads(): void {
    const table = this.#view();
    for (const [index, { length, dtype }] of this.#slots.entries()) {
      const [grad = 0, sparse] = [ROW.grad, ROW.sparse].map((word) => table[ROW.words * index + word]);
      if (grad !== 0 && sparse === 0) new ELEMENTS[dtype].TypedArray(memory.buffer, grad, length).fill(0);
    }
  }

  #slot(index: number): Slot {
    return this.#slots[index] as Slot;
  }

  #view(): Uint32Array {
    return new Uint32Array(memory.buffer, this.table, ROW.words * this.#capacity);
  }

  #widen(): boolean {
    const capacity = Math.max(8, 2 * this.#capacity);
    const table = allocate(capacity * ROW_BYTES, 0);
    if (table === 0) return false;
    if (this.#capacity > 0) {
      new Uint32Array(memory.buffer, table, ROW.words * this.#capacity).set(this.#view());
      deallocate(this.table, this.#capacity * ROW_BYTES);
    }
    this.table = table;
    this.#capacity = capacity;
    return true;
  }
}

function slicesOf({ length, dtype, moments }: Slot, row: Uint32Array): Slice[] {
  const { TypedArray } = ELEMENTS[dtype];
  const at = (pointer: number | undefined, count: number) => new TypedArray(memory.buffer, pointer ?? 0, count);
  const [param, state] = [at(row[ROW.param], length), moments.map((pointer) => at(pointer, length))];
  const head = row[ROW.sparse];
  if (head === undefined || head === 0) return [{ param, grad: at(row[ROW.grad], length), moments: state }];
  const [count = 0, width = 0] = new Uint32Array(memory.buffer, head, 2);
  const grad = at(row[ROW.grad], count * width);
  return Array.from(new Uint32Array(memory.buffer, head + 8, count), (index, i) => {
    const slice = (array: Elements) => array.subarray(index * width, (index + 1) * width);
    return { param: slice(param), grad: grad.subarray(i * width, (i + 1) * width), moments: state.map(slice) };
  });
}

function bytesOf({ length, dtype }: Slot): number {
  return length * ELEMENTS[dtype].bytes;
}
