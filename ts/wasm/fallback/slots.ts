/** What every optimizer's state has: slots, and the table that binds them to tensors. As `state/mod.rs`. */

import { ROW } from "../instance.js";
import { allocate, deallocate, memory } from "./memory.js";

/** Elements of a slot, by the kernel's codes: how long one is, how it is rounded, and its smallest normal number. */
export const ELEMENTS = [
  { bytes: 4, TypedArray: Float32Array, round: Math.fround, tiny: 2 ** -126 },
  { bytes: 8, TypedArray: Float64Array, round: (x: number) => x, tiny: 2 ** -1022 },
] as const;

/** State of one parameter. */
export interface Slot {
  readonly length: number;
  readonly dtype: number;
  step: number;
  /** Pointers of the moments. */
  moments: readonly number[];
}

const ROW_BYTES = 4 * ROW.words;

/** Gives moments and table back when a state is collected without having been freed. */
const net = typeof FinalizationRegistry === "undefined" ? null : new FinalizationRegistry<Owned>(release);

interface Owned {
  readonly slots: Slot[];
  table: number;
  capacity: number;
}

/** Slots of one param group, in its order. */
export class Slots {
  readonly #owned: Owned = { slots: [], table: 0, capacity: 0 };

  constructor() {
    net?.register(this, this.#owned, this);
  }

  /** A slot still without moments; false if memory is exhausted. */
  add(param: number, length: number, dtype: number): boolean {
    const { slots } = this.#owned;
    if (slots.length === this.#owned.capacity && !this.#widen()) return false;
    slots.push({ length, dtype, step: 0, moments: [] });
    this.table.set([param, 0, 0, 0, 0, length], ROW.words * (slots.length - 1));
    return true;
  }

  /** Makes sure of `count` moments; false if memory is exhausted, the slot then is as before. */
  reserve(index: number, count: number): boolean {
    const slot = this.at(index);
    if (slot.moments.length >= count) return true;
    const bytes = bytesOf(slot);
    const moments: number[] = [];
    while (moments.length < count) {
      const pointer = allocate(bytes, 0);
      if (pointer === 0) {
        for (const pointer of moments) deallocate(pointer, bytes);
        return false;
      }
      moments.push(pointer);
    }
    for (const pointer of slot.moments) deallocate(pointer, bytes);
    slot.moments = moments;
    this.table.set(moments, ROW.words * index + ROW.moments);
    return true;
  }

  at(index: number): Slot {
    return this.#owned.slots[index] as Slot;
  }

  /** Where the table is. */
  get pointer(): number {
    return this.#owned.table;
  }

  get table(): Uint32Array {
    return new Uint32Array(memory.buffer, this.#owned.table, ROW.words * this.#owned.capacity);
  }

  /** Counts a step for each slot that has a gradient, and hands it out with its pointers. */
  *advance(): Generator<{ slot: Slot; param: number; grad: number }> {
    const { table } = this;
    for (const [index, slot] of this.#owned.slots.entries()) {
      const row = ROW.words * index;
      const [param = 0, grad = 0] = [table[row + ROW.param], table[row + ROW.grad]];
      if (grad === 0) continue;
      slot.step += 1;
      yield { slot, param, grad };
    }
  }

  free(): void {
    net?.unregister(this);
    release(this.#owned);
  }

  #widen(): boolean {
    const owned = this.#owned;
    const capacity = Math.max(8, 2 * owned.capacity);
    const table = allocate(capacity * ROW_BYTES, 0);
    if (table === 0) return false;
    if (owned.capacity > 0) {
      new Uint32Array(memory.buffer, table, ROW.words * owned.capacity).set(this.table);
      deallocate(owned.table, owned.capacity * ROW_BYTES);
    }
    owned.table = table;
    owned.capacity = capacity;
    return true;
  }
}

function bytesOf({ length, dtype }: Slot): number {
  return length * (ELEMENTS[dtype]?.bytes ?? 0);
}

function release(owned: Owned): void {
  for (const slot of owned.slots) for (const pointer of slot.moments) deallocate(pointer, bytesOf(slot));
  if (owned.capacity > 0) deallocate(owned.table, owned.capacity * ROW_BYTES);
  owned.slots.length = owned.capacity = 0;
}
