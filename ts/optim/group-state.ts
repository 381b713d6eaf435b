/**
 * One param group bound to its state in the kernel.
 *
 * The kernel finds tensors through a table of pointers. Before a step the facade compares each gradient's pointer with
 * the table, writes where it changed, and allocates what is missing; and only if a binding or an option has changed since.
 */

import { bindings } from "../bindings.js";
import { stateError } from "../check.js";
import { ELEMENTS, type FloatArray } from "../dtype.js";
import type { StoredGrad } from "../gradient.js";
import type { Parameter } from "../parameter.js";
import { Tensor } from "../tensor.js";
import { call, type KernelExports, memoryBuffer, ROW } from "../wasm/instance.js";
import { hold, isAlive, letGo, outOfMemory, viewOf } from "../wasm/memory.js";
import type { ParamRanges } from "./param-ranges.js";

/** What the kernel keeps of a parameter beside its moments, about; a state without slots is not larger. */
const SLOT_BYTES = 64;

/** Gives a state back. */
const freeing = (state: number) => (kernel: KernelExports) => kernel.freeState(state);

/** From a row's gradient to the head of its sparse gradient. */
const SPARSE = ROW.sparse - ROW.grad;

/** What a rule says of gradients. */
export interface GradRule<O> {
  /** Throws if the rule cannot use a sparse, or a dense, gradient for the parameter. */
  checkGrad(isSparse: boolean, options: O, parameter: Parameter): void;
  /** Whether the values of sparse gradients are to be laid out among zeros: the step then sees dense ones only. */
  spreadsSparse?(options: O): boolean;
}

export class GroupState {
  readonly params: readonly Parameter[];
  /** Slots that have what they need to be stepped. */
  readonly #reserved: boolean[] = [];
  #pointer: number;
  #table = new Uint32Array(0);
  /** The version of all bindings at which nothing was left to do before a step. */
  #readyAt = -1;

  /**
   * Allocates slots, and `moments` for each whose parameter is not frozen; `loaded` says how many a slot has in a state
   * dict: it gets as many at least, frozen or not. Throws ERR_OOM and keeps nothing if memory is exhausted.
   */
  constructor(params: readonly Parameter[], moments: number, loaded: readonly (number | undefined)[] = []) {
    this.params = params;
    this.#pointer = call((kernel) => kernel.newState());
    if (this.#pointer === 0) throw outOfMemory(SLOT_BYTES);
    hold(this, freeing(this.#pointer));
    try {
      params.forEach((p, slot) => {
        const { code } = ELEMENTS[p.dtype];
        const added = this.#call((kernel, state) => kernel.addSlot(state, p.pointer, p.length, code));
        if (added === 0) throw outOfMemory(SLOT_BYTES);
        this.#reserved.push(false);
        const held = loaded[slot];
        if (held !== undefined || p.requiresGrad) this.#reserve(slot, Math.max(moments, held ?? 0));
      });
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** Where the kernel has the state; throws if it was freed. */
  get pointer(): number {
    // Somebody may have kept what reads of it: `state.get(…)`, or a state dict that was made to be read at once.
    if (this.#pointer === 0) throw stateError("ERR_DISPOSED", "this state was disposed and cannot be used");
    return this.#pointer;
  }

  #call<T>(use: (kernel: KernelExports, state: number) => T): T {
    const { pointer } = this;
    return call((kernel) => use(kernel, pointer));
  }

  /** True if there is nothing to {@link bind} or {@link reserve} before a step. */
  get isReady(): boolean {
    return bindings.version === this.#readyAt;
  }

  /** Brings the table up to date with the parameters' gradients; throws if one of them cannot be used. */
  bind<O>(rule: GradRule<O>, options: O, ranges: ParamRanges): void {
    const { params } = this;
    let table = this.#viewTable();
    for (let slot = 0, at: number = ROW.grad; slot < params.length; slot++, at += ROW.words) {
      const param = params[slot] as Parameter;
      if (param.pointer === 0) param.checkAlive();
      let grad: StoredGrad | null = param.gradient.active;
      let pointer = 0;
      if (grad !== null) {
        if (grad.pointer === 0) grad.checkAlive();
        const isSparse = grad.sparsePointer !== 0;
        rule.checkGrad(isSparse, options, param);
        if (isSparse && rule.spreadsSparse?.(options)) {
          grad = param.gradient.spread();
          // Memory may have grown.
          table = this.#viewTable();
        }
        pointer = grad.pointer;
        table[at + SPARSE] = grad.sparsePointer;
      }
      if (pointer !== table[at]) {
        if (grad?.sparsePointer === 0) ranges.checkGrad(param, pointer);
        table[at] = pointer;
      }
    }
  }

  /** Has {@link bind} look at every gradient again: an option changed, or the optimizer has more parameters. */
  bindAnew(): void {
    const table = this.#viewTable();
    for (let at: number = ROW.grad; at < table.length; at += ROW.words) table[at] = 0;
    this.#readyAt = -1;
  }

  #viewTable(): Uint32Array<ArrayBuffer> {
    const { pointer } = this;
    // Only growth moves the table: slots are all added before the first view is made.
    return isAlive(this.#table) ? this.#table : this.#makeTable(pointer);
  }

  // Apart, because engines allocate what a closure captures when the function around it is entered.
  #makeTable(pointer: number): Uint32Array<ArrayBuffer> {
    const at = call((kernel) => kernel.stateTable(pointer)) >>> 0;
    this.#table = new Uint32Array(memoryBuffer(), at, this.params.length * ROW.words);
    return this.#table;
  }

  /**
   * Behind {@link bind}, allocates what slots with a gradient still lack: of parameters that were frozen, or after an option
   * changed. The group then is ready.
   */
  reserve(moments: number): void {
    for (let slot = 0; slot < this.params.length; slot++) {
      if (!this.#reserved[slot] && this.#isBound(slot)) this.#reserve(slot, moments);
    }
    this.#readyAt = bindings.version;
  }

  #isBound(slot: number): boolean {
    return this.#viewTable()[slot * ROW.words + ROW.grad] !== 0;
  }

  /** As {@link bindAnew}, and slots need other moments than they were given; those that have been stepped keep what they have. */
  reserveAnew(): void {
    this.bindAnew();
    this.params.forEach((_param, slot) => {
      if (this.stepCount(slot) === 0) this.#reserved[slot] = false;
    });
  }

  #reserve(slot: number, moments: number): void {
    if (this.#call((kernel, state) => kernel.reserveSlot(state, slot, moments)) === 0) {
      const { length, dtype } = this.params[slot] as Parameter;
      throw outOfMemory(moments * length * ELEMENTS[dtype].bytes);
    }
    this.#reserved[slot] = true;
  }

  /** Updates the parameter at `slot` has had. */
  stepCount(slot: number): number {
    return this.#call((kernel, state) => kernel.slotSteps(state, slot));
  }

  /** What a slot has accumulated beside its moments. */
  product(slot: number): number {
    return this.#call((kernel, state) => kernel.slotProduct(state, slot));
  }

  /** Sets count and product of a slot. */
  restore(slot: number, step: number, product: number): void {
    this.#call((kernel, state) => kernel.restoreSlot(state, slot, step, product));
  }

  /** A view of a moment of the parameter at `slot`, until memory grows; undefined if it has none. */
  momentView(slot: number, which: number): FloatArray | undefined {
    const pointer = this.#momentPointer(slot, which);
    const { length, dtype } = this.params[slot] as Parameter;
    return pointer === 0 ? undefined : viewOf(pointer, length, dtype);
  }

  #momentPointer(slot: number, which: number): number {
    return this.#viewTable()[slot * ROW.words + ROW.moments + which] ?? 0;
  }

  /** A moment of the parameter at `slot`; undefined if it has none. The tensor keeps this group's memory alive. */
  moment(slot: number, which: number): Tensor | undefined {
    const pointer = this.#momentPointer(slot, which);
    const { shape, dtype } = this.params[slot] as Parameter;
    return pointer === 0 ? undefined : Tensor.borrow(shape, dtype, pointer, this);
  }

  free(): void {
    if (this.#pointer === 0) return;
    letGo(this, freeing(this.#pointer));
    this.#pointer = 0;
  }
}
