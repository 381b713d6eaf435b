/**
 * One param group bound to its state in the kernel.
 *
 * The kernel finds tensors through a table of pointers. Before a step the facade compares each gradient's pointer with
 * the table and writes where it changed; that is all that happens per parameter.
 */

import { ELEMENTS } from "../dtype.js";
import type { Parameter } from "../parameter.js";
import { bindings, Tensor } from "../tensor.js";
import { call, isPoisoned, type KernelState, memoryBuffer, ROW } from "../wasm/instance.js";
import { outOfMemory } from "../wasm/memory.js";

/** More than any state object takes: see the constructor. */
const CUSHION_BYTES = 4096;

/** How a kind of state allocates the moments of one slot, and how many there are. */
export interface Reservation<S> {
  readonly moments: number;
  reserve(state: S, slot: number): boolean;
}

export class GroupState<S extends KernelState> {
  readonly params: readonly Parameter[];
  readonly kernelState: S;
  /** Slots that have what they need to be stepped. */
  readonly #reserved: boolean[] = [];
  /** Slots that have a gradient and are not reserved yet. */
  readonly #pending = new Set<number>();
  #table = new Uint32Array(0);
  /** The version of all bindings that the table shows. */
  #boundAt = -1;
  #isFreed = false;

  /**
   * Allocates slots, and moments for the parameters that are not frozen; throws ERR_OOM and keeps nothing if memory is
   * exhausted.
   */
  constructor(params: readonly Parameter[], create: () => S, reservation: Reservation<S>) {
    // The state object itself cannot answer that memory is exhausted, it would trap. So first see that there is enough.
    const cushion = call((kernel) => kernel.allocate(CUSHION_BYTES, 0));
    if (cushion === 0) throw outOfMemory(CUSHION_BYTES);
    call((kernel) => kernel.deallocate(cushion, CUSHION_BYTES));
    this.params = params;
    this.kernelState = call(create);
    try {
      params.forEach((p, slot) => {
        const added = call(() => this.kernelState.add(p.pointer, p.length, ELEMENTS[p.dtype].code));
        if (!added) throw outOfMemory(CUSHION_BYTES);
        this.#reserved.push(false);
        if (p.requiresGrad) this.#reserve(slot, reservation);
      });
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** Brings the table up to date with the parameters' gradients; throws if one of them cannot be used. */
  bind(): void {
    const { version } = bindings;
    if (version === this.#boundAt) return;
    const { params } = this;
    const table = this.#viewTable();
    for (let slot = 0, at: number = ROW.grad; slot < params.length; slot++, at += ROW.words) {
      const param = params[slot] as Parameter;
      if (param.pointer === 0) param.checkAlive();
      const grad = param.activeGrad;
      const pointer = grad === null ? 0 : grad.pointer;
      if (grad !== null && pointer === 0) grad.checkAlive();
      if (pointer !== table[at]) this.#rebind(slot, pointer);
    }
    this.#boundAt = version;
  }

  #rebind(slot: number, grad: number): void {
    this.#table[slot * ROW.words + ROW.grad] = grad;
    if (grad === 0) this.#pending.delete(slot);
    else if (!this.#reserved[slot]) this.#pending.add(slot);
  }

  #viewTable(): Uint32Array<ArrayBuffer> {
    // Only growth empties the view; slots are all added before the first one is made.
    return this.#table.byteLength !== 0 ? this.#table : this.#makeTable();
  }

  // Apart, because engines allocate what a closure captures when the function around it is entered.
  #makeTable(): Uint32Array<ArrayBuffer> {
    const at = call(() => this.kernelState.table());
    this.#table = new Uint32Array(memoryBuffer(), at, this.params.length * ROW.words);
    return this.#table;
  }

  /** True if {@link reserve} has something to do. */
  get hasPending(): boolean {
    return this.#pending.size > 0;
  }

  /** Allocates what slots with a gradient still lack: of parameters that were frozen, or after an option changed. */
  reserve(reservation: Reservation<S>): void {
    for (const slot of this.#pending) {
      this.#reserve(slot, reservation);
      this.#pending.delete(slot);
    }
  }

  /** Says that slots need other moments than they were given; those that have been stepped keep what they have. */
  reserveAnew(): void {
    this.params.forEach((_param, slot) => {
      if (this.stepCount(slot) > 0) return;
      this.#reserved[slot] = false;
      if (this.#viewTable()[slot * ROW.words + ROW.grad] !== 0) this.#pending.add(slot);
    });
  }

  #reserve(slot: number, reservation: Reservation<S>): void {
    if (!call(() => reservation.reserve(this.kernelState, slot))) {
      const { length, dtype } = this.params[slot] as Parameter;
      throw outOfMemory(reservation.moments * length * ELEMENTS[dtype].bytes);
    }
    this.#reserved[slot] = true;
  }

  /** Updates the parameter at `slot` has had. */
  stepCount(slot: number): number {
    return call(() => this.kernelState.stepCount(slot));
  }

  /** A moment of the parameter at `slot`; undefined if it has none. The tensor keeps this group's memory alive. */
  moment(slot: number, which: number): Tensor | undefined {
    const pointer = call(() => this.kernelState.moment(slot, which));
    const { shape, dtype } = this.params[slot] as Parameter;
    return pointer === 0 ? undefined : Tensor.borrow(shape, dtype, pointer, this);
  }

  free(): void {
    if (this.#isFreed) return;
    this.#isFreed = true;
    if (!isPoisoned()) this.kernelState.free();
  }
}
