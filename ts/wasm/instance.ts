/**
 * The one kernel of this program: the WebAssembly module, or the same exports in plain JavaScript.
 *
 * The entry that was imported installs it; the first installation wins. Nothing here runs at import, so importing the
 * package never throws. A trap leaves the module in an unknown state: it is then never called again.
 */

import { stateError } from "../check.js";
import type { WasmModule } from "../globals.js";
import type * as generated from "./generated/adam_wasm_bg.wasm.js";

/**
 * A row of the table, in u32: where a parameter, its gradient, the head of a sparse gradient and its moments are, and how
 * many elements they have.
 */
export const ROW = { words: 7, param: 0, grad: 1, sparse: 2, moments: 3, length: 6 } as const;

/** A row of a table of arrays, in u32: where one starts, how many elements it has, and the code of its dtype. */
export const ARRAY = { words: 3, start: 0, length: 1, dtype: 2 } as const;

/** Bits of `flags` in the steps of all rules; each reads those that it knows. */
export const FLAG = {
  amsgrad: 1,
  maximize: 2,
  decoupledWeightDecay: 4,
  epsilonHat: 8,
  exact: 16,
  flushDenormal: 32,
  nesterov: 64,
  zeroGrad: 128,
} as const;

/** Arguments of rules with Adam's scalars. */
type AdamArguments = [
  state: number,
  lr: number,
  beta1: number,
  beta2: number,
  eps: number,
  weightDecay: number,
  flags: number,
  gradScale: number,
];

/** What an entry installs. Pointers are byte offsets, 0 is none; beyond 2 GiB the module returns negative ones. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Zeroed memory, 64-byte aligned; 0 if there is none left. `place`: 0 a parameter, 1 a gradient. */
  allocate(bytes: number, place: number): number;
  deallocate(pointer: number, bytes: number): void;

  // Optimizer state of one param group, known by its pointer.
  /** A state without slots; 0 if memory is exhausted. */
  newState(): number;
  /** Gives a state back, with its moments. */
  freeState(state: number): void;
  /** A slot for the parameter of `length` elements at `param`; 0 if memory is exhausted, otherwise 1. */
  addSlot(state: number, param: number, length: number, dtype: number): number;
  /** Makes sure that a slot has `count` moments; 0 if memory is exhausted, otherwise 1. */
  reserveSlot(state: number, slot: number, count: number): number;
  /** Where the table is: a row of {@link ROW} a slot, into which the facade writes the pointers of gradients. */
  stateTable(state: number): number;
  /** Updates the slot has had; those with momentum, of SGD. */
  slotSteps(state: number, slot: number): number;
  /** What the slot has accumulated beside its moments: NAdam's product of momenta, 1 otherwise. */
  slotProduct(state: number, slot: number): number;
  /** Sets both, as a state dict has them. */
  restoreSlot(state: number, slot: number, step: number, product: number): void;

  // One update of every bound slot, by one rule. Gradients are multiplied by `gradScale` first.
  stepAdam(...args: AdamArguments): void;
  stepAdamax(...args: AdamArguments): void;
  stepNAdam(
    state: number,
    lr: number,
    beta1: number,
    beta2: number,
    eps: number,
    weightDecay: number,
    momentumDecay: number,
    flags: number,
    gradScale: number,
  ): void;
  stepRAdam(...args: AdamArguments): void;
  stepSGD(
    state: number,
    lr: number,
    momentum: number,
    dampening: number,
    weightDecay: number,
    flags: number,
    gradScale: number,
  ): void;
  stepSparseAdam(
    state: number,
    lr: number,
    beta1: number,
    beta2: number,
    eps: number,
    flags: number,
    gradScale: number,
  ): void;

  /** The norm of order `normType` of the arrays in a table of `count` rows of {@link ARRAY}; none of them is empty. */
  gradNorm(table: number, count: number, normType: number): number;
  /** Multiplies all elements by a factor. */
  scaleGrads(table: number, count: number, factor: number): void;
  /** Moves all elements into [−limit, limit]. */
  clampGrads(table: number, count: number, limit: number): void;
  /**
   * Moves averages towards parameters by `weight` in [0, 1]: the table has `count` rows of parameters, then one of the
   * average for each, of the same length and dtype.
   */
  averageParams(table: number, count: number, weight: number): void;
}

/** Which kernel runs, and why it is not WebAssembly if it is not. */
export interface Backend {
  /** `"js"` is plain JavaScript, with the same bits. */
  readonly kind: "wasm" | "js";
  /** What the host said to WebAssembly; null if that runs. */
  readonly reason: string | null;
}

let installed: KernelExports | null = null;
let running: Backend | null = null;
let trap: unknown;

/** Installs a compiled module; throws what the host throws if it cannot be instantiated. */
export function install(module: WasmModule): void {
  if (installed !== null) return;
  // What wasm-bindgen declares of the module: the compiler compares it with the interface.
  installed = new WebAssembly.Instance(module).exports as unknown as typeof generated;
  running = Object.freeze({ kind: "wasm", reason: null });
}

/** Installs the plain-JavaScript kernel and says once why. */
export function installFallback(fallback: KernelExports, reason: unknown): void {
  if (installed !== null) return;
  installed = fallback;
  running = Object.freeze({ kind: "js", reason: String(reason) });
  globalThis.console?.warn(
    `adam-wasm: WebAssembly SIMD cannot run here (${reason}); plain JavaScript does the same, bit for bit, twenty times slower`,
  );
}

/** Which kernel this program runs. */
export function backend(): Backend {
  if (running === null) throw notInstalled();
  return running;
}

/** The kernel, to be called. */
export function kernel(): KernelExports {
  if (trap !== undefined) throw poisoned();
  if (installed === null) throw notInstalled();
  return installed;
}

/** True once the kernel must not be called any more. */
export function isPoisoned(): boolean {
  return trap !== undefined;
}

/** The kernel's memory as it is now; still readable after a trap. */
export function memoryBuffer(): ArrayBuffer {
  if (installed === null) throw notInstalled();
  return installed.memory.buffer;
}

/** Calls the kernel; a trap is remembered and becomes an error with a code. */
export function call<T>(use: (kernel: KernelExports) => T): T {
  const live = kernel();
  try {
    return use(live);
  } catch (error) {
    throw trapped(error);
  }
}

/** What to throw for an error that a call into the kernel threw. */
export function trapped(error: unknown): unknown {
  // The kernel throws nothing of its own, so whatever comes out of it is a trap.
  trap ??= error;
  return poisoned();
}

const poisoned = () =>
  stateError("ERR_POISONED", "the kernel has failed and cannot be used again; reload the program", trap);

const notInstalled = () =>
  stateError(
    "ERR_ENV",
    "no kernel is installed: import adam-wasm by its name, or await init() of adam-wasm/slim first",
  );
