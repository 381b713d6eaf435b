/**
 * Adam's kernel driven directly, below the facade: any state, any step count, any address.
 *
 * Parameters and gradients lie in one region each, every array between guards of 64 bytes.
 */

import { FLAG, ROW } from "../../dist/wasm/instance.js";
import { BYTES, type DType, type Floats, floats } from "./bits.js";
import { type AdamOptions, TORCH_DEFAULTS } from "./oracle.js";
import type { Platform } from "./platforms.js";

export interface StepOptions extends AdamOptions {
  readonly exact: boolean;
  readonly flushDenormal: boolean;
  readonly gradScale: number;
}

export type ArrayName = "param" | "grad" | Moment;
type Moment = "expAvg" | "expAvgSq" | "maxExpAvgSq";

export const DEFAULTS: StepOptions = { ...TORCH_DEFAULTS, exact: false, flushDenormal: false, gradScale: 1 };

const MOMENTS: Readonly<Record<Moment, number>> = { expAvg: 0, expAvgSq: 1, maxExpAvgSq: 2 };
const GUARD_BYTES = 64;
const GUARD = 0xa5;

interface Region {
  readonly pointer: number;
  readonly bytes: number;
  /** Where each slot's array is. */
  readonly arrays: readonly number[];
}

/** One slot for each of `lengths`, placed `offset` bytes after an address that is a multiple of 16. */
export interface Layout {
  readonly lengths: readonly number[];
  readonly dtype: DType;
  readonly amsgrad?: boolean;
  readonly paramOffset?: number;
  readonly gradOffset?: number;
}

export class KernelAdam {
  readonly dtype: DType;
  readonly lengths: readonly number[];
  readonly #kernel: Platform["kernel"];
  readonly #state: number;
  readonly #regions: { readonly param: Region; readonly grad: Region };

  constructor({ kernel }: Platform, { lengths, dtype, amsgrad = false, paramOffset = 0, gradOffset = 0 }: Layout) {
    this.#kernel = kernel;
    this.dtype = dtype;
    this.lengths = lengths;
    this.#regions = { param: this.#reserve(paramOffset), grad: this.#reserve(gradOffset) };
    this.#state = kernel.newState();
    lengths.forEach((length, slot) => {
      const param = this.#regions.param.arrays[slot] as number;
      const added = kernel.addSlot(this.#state, param, length, dtype === "float32" ? 0 : 1);
      if (added === 0 || kernel.reserveSlot(this.#state, slot, amsgrad ? 3 : 2) === 0) throw new Error("out of memory");
    });
    this.setGradients(true);
  }

  #reserve(offset: number): Region {
    const starts: number[] = [];
    let bytes = GUARD_BYTES;
    for (const length of this.lengths) {
      starts.push(bytes + offset);
      bytes = Math.ceil((bytes + offset + length * BYTES[this.dtype]) / 16) * 16 + GUARD_BYTES;
    }
    const pointer = this.#kernel.allocate(bytes, 0);
    if (pointer === 0) throw new Error("out of memory");
    new Uint8Array(this.#kernel.memory.buffer, pointer, bytes).fill(GUARD);
    return { pointer, bytes, arrays: starts.map((start) => pointer + start) };
  }

  #table(): Uint32Array {
    const { memory, stateTable } = this.#kernel;
    return new Uint32Array(memory.buffer, stateTable(this.#state), ROW.words * this.lengths.length);
  }

  /** Whether the slots have gradients; slots without are not stepped. */
  setGradients(present: boolean): void {
    const table = this.#table();
    this.#regions.grad.arrays.forEach((pointer, slot) => {
      table[ROW.words * slot + ROW.grad] = present ? pointer : 0;
    });
  }

  #bytes(name: ArrayName, slot: number): Uint8Array<ArrayBuffer> {
    const pointer =
      name === "param" || name === "grad"
        ? (this.#regions[name].arrays[slot] as number)
        : (this.#table()[ROW.words * slot + ROW.moments + MOMENTS[name]] as number);
    if (pointer === 0) throw new Error(`slot ${slot} has no ${name}`);
    return new Uint8Array(this.#kernel.memory.buffer, pointer, (this.lengths[slot] as number) * BYTES[this.dtype]);
  }

  /** Copies the first elements of `values` into an array of a slot. */
  write(name: ArrayName, values: Floats, slot = 0): void {
    const bytes = this.#bytes(name, slot);
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, bytes.length));
  }

  /** A copy of an array of a slot. */
  read(name: ArrayName, slot = 0): Floats {
    const copy = floats(this.dtype, this.lengths[slot] as number);
    new Uint8Array(copy.buffer).set(this.#bytes(name, slot));
    return copy;
  }

  step(options: Partial<StepOptions> = {}): void {
    const { lr, betas, eps, weightDecay, gradScale, ...switches } = { ...DEFAULTS, ...options };
    let flags = 0;
    for (const [name, bit] of Object.entries(FLAG)) if (switches[name as keyof typeof switches]) flags |= bit;
    this.#kernel.stepAdam(this.#state, lr, betas[0], betas[1], eps, weightDecay, flags, gradScale);
  }

  /** Steps until the count is `count`, on gradients of 0: parameters stay, and moments that are 0 as well. */
  advanceTo(count: number): void {
    for (const [slot, length] of this.lengths.entries()) this.write("grad", floats(this.dtype, length), slot);
    for (let step = this.stepCount(); step < count; step++) {
      this.#kernel.stepAdam(this.#state, 0, 0.9, 0.999, 1, 0, 0, 1);
    }
  }

  stepCount(slot = 0): number {
    return this.#kernel.slotSteps(this.#state, slot);
  }

  /** Offset of a byte between the arrays of a region that was written to; -1 if there is none. */
  brokenGuard(name: "param" | "grad"): number {
    const { pointer, bytes, arrays } = this.#regions[name];
    const outside = Buffer.from(this.#kernel.memory.buffer.slice(pointer, pointer + bytes));
    arrays.forEach((array, slot) => {
      const start = array - pointer;
      outside.fill(GUARD, start, start + (this.lengths[slot] as number) * BYTES[this.dtype]);
    });
    return outside.equals(Buffer.alloc(bytes, GUARD)) ? -1 : outside.findIndex((byte) => byte !== GUARD);
  }

  free(): void {
    this.#kernel.freeState(this.#state);
    for (const { pointer, bytes } of Object.values(this.#regions)) this.#kernel.deallocate(pointer, bytes);
  }
}
