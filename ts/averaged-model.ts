/**
 * Averages of parameters over training, as `torch.optim.swa_utils.AveragedModel`: exponential moving ones, or equal ones
 * (stochastic weight averaging, Izmailov et al., arXiv 1803.05407). One call of the kernel updates all of them.
 */

import { type ArrayTable, arrayTable } from "./array-table.js";
import { kindOf, knownOptions, mismatch, ownOptions, rangeError, shown, stateError, typeError } from "./check.js";
import type { FloatArray } from "./dtype.js";
import { DISPOSE, INSPECT } from "./globals.js";
import type { Parameter } from "./parameter.js";
import { parametersOf } from "./parameter-list.js";
import type { Tensor } from "./tensor.js";
import { copiesOf, copyAll, exchangeAll } from "./tensor-copies.js";
import { checkTensor, type TensorState } from "./tensor-state.js";
import { call } from "./wasm/instance.js";

/** How to average. */
export interface AveragedModelOptions {
  /**
   * How much of the average stays at each update, in [0, 1]: an exponential moving average, as of
   * `get_ema_multi_avg_fn(decay)`. Without it all updates count the same, as in torch without a function
   * (`get_swa_multi_avg_fn()` rounds the weight to float32 first).
   */
  readonly decay?: number | null | undefined;
}

/** What `stateDict()` of an {@link AveragedModel} returns. */
export interface AveragedModelStateDict {
  n_averaged: number;
  /** One for each parameter, in order. */
  averages: TensorState[];
}

/**
 * Averages of a list of parameters.
 *
 * ```text
 * average = param                                      the first time
 * average = lerp(average, param, 1 − decay)            exponential
 * average = lerp(average, param, 1 / (n + 1))          equal, after n updates
 * ```
 *
 * The averages have the dtypes and shapes of the parameters, frozen ones too; until the first update they are copies of
 * what the parameters were at construction.
 *
 * @example
 * const ema = new AveragedModel(params, { decay: 0.999 });
 * for (const batch of batches) {
 *   train(batch);
 *   ema.updateParameters();
 * }
 * ema.swap(); // evaluate with the averages,
 * evaluate();
 * ema.swap(); // and train on
 */
export class AveragedModel {
  readonly #params: readonly Parameter[];
  readonly #averages: readonly Tensor[];
  #decay: number | null;
  #nAveraged = 0;
  #isSwapped = false;

  /** @throws ERR_ALIAS if two parameters share memory, ERR_OOM if there is none for the averages; nothing is kept then */
  constructor(params: Parameter | Iterable<Parameter>, options: AveragedModelOptions = {}) {
    const parameters = parametersOf(params, "AveragedModel");
    if (parameters.length === 0) throw rangeError("ERR_OPTION", "AveragedModel got an empty parameter list");
    const { decay = null } = knownOptions(options, ["decay"], "AveragedModel");
    this.#decay = checkDecay(decay);
    arrayTable(parameters, "parameters");
    this.#params = Object.freeze([...parameters]);
    this.#averages = Object.freeze(copiesOf(parameters));
  }

  /** The parameters that are averaged. */
  get params(): readonly Parameter[] {
    return this.#params;
  }

  /** Their averages, in the same order. */
  get averages(): readonly Tensor[] {
    return this.#averages;
  }

  /** How much of the average stays at each update; null if all updates count the same. May be changed between updates. */
  get decay(): number | null {
    return this.#decay;
  }
  set decay(value: number | null) {
    this.#decay = checkDecay(value);
  }

  /** How many updates there were. */
  get nAveraged(): number {
    return this.#nAveraged;
  }

  /** Takes what the parameters are now into the averages. */
  updateParameters(): void {
    const { pointer, count } = this.#enter("updateParameters");
    const weight = this.decay === null ? 1 / (this.#nAveraged + 1) : 1 - this.decay;
    if (this.#nAveraged === 0) copyAll(this.params, this.averages);
    else if (count > 0) call((kernel) => kernel.averageParams(pointer, count / 2, weight));
    this.#nAveraged++;
  }

  /** Writes the averages into the parameters. */
  copyTo(): void {
    this.#enter("copyTo");
    copyAll(this.averages, this.params);
  }

  /**
   * Exchanges averages and parameters; once more, and all is as it was. In between, the other calls of this model are
   * refused (ERR_REENTRANT). Its parameters are the averages then, for everybody: saving them saves the averages, and a
   * step of an optimizer would train those.
   */
  swap(): void {
    this.#table();
    exchangeAll(this.averages, this.params);
    this.#isSwapped = !this.#isSwapped;
  }

  toString(): string {
    const decay = this.decay === null ? "" : `, decay=${this.decay}`;
    return `AveragedModel(parameters=${this.params.length}, nAveraged=${this.#nAveraged}${decay})`;
  }

  [INSPECT](): string {
    return this.toString();
  }

  /** A deep copy of the averages, and of how many updates went into them. */
  stateDict(): AveragedModelStateDict {
    this.#enter("stateDict");
    const averages = this.averages.map(({ dtype, shape, data }) => ({ dtype, shape: [...shape], data: data.slice() }));
    return { n_averaged: this.#nAveraged, averages };
  }

  /**
   * Takes averages over.
   *
   * @throws ERR_STATE_MISMATCH if they are not of such parameters; nothing has changed then
   */
  loadStateDict(dict: AveragedModelStateDict): void {
    this.#enter("loadStateDict");
    const { n_averaged, averages } = ownOptions(dict, "state dict");
    if (!Number.isSafeInteger(n_averaged) || (n_averaged as number) < 0) {
      throw mismatch(`n_averaged must be an integer from 0 up, got ${shown(n_averaged)}`);
    }
    if (!Array.isArray(averages) || averages.length !== this.averages.length) {
      const found = Array.isArray(averages) ? averages.length : kindOf(averages);
      throw mismatch(`averages in the state dict: expected ${this.averages.length} tensors, found ${found}`);
    }
    const checked = this.averages.map((average, i) => checkTensor(averages[i], average, `average ${i}`));
    this.averages.forEach((average, i) => {
      average.data.set(checked[i] as FloatArray);
    });
    this.#nAveraged = n_averaged as number;
  }

  /** Frees the averages; the parameters stay, and those not disposed are swapped back if they were swapped. */
  dispose(): void {
    if (this.#isSwapped) {
      const isAlive = (_: Tensor, i: number) => Boolean(this.params[i]?.pointer && this.averages[i]?.pointer);
      exchangeAll(this.averages.filter(isAlive), this.params.filter(isAlive));
      this.#isSwapped = false;
    }
    for (const average of this.averages) average.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }

  get [Symbol.toStringTag](): string {
    return "AveragedModel";
  }

  /** What every call but `swap` begins with. */
  #enter(method: string): ArrayTable {
    if (!this.#isSwapped) return this.#table();
    throw stateError("ERR_REENTRANT", `cannot call ${method}() of an AveragedModel that is swapped: swap() back first`);
  }

  /** Everything alive and apart, as a table of the parameters and then the averages. */
  #table(): ArrayTable {
    if (this.averages[0]?.pointer === 0)
      throw stateError("ERR_DISPOSED", "AveragedModel was disposed and cannot be used");
    return arrayTable([...this.params, ...this.averages], "parameters");
  }
}

function checkDecay(decay: unknown): number | null {
  if (decay === null) return null;
  if (typeof decay !== "number") throw typeError("ERR_OPTION", `Invalid decay value: ${shown(decay)}`);
  if (!(decay >= 0 && decay <= 1)) {
    throw rangeError(
      "ERR_OPTION",
      `Invalid decay value ${shown(decay)} provided. Please provide a value in [0,1] range.`,
    );
  }
  return decay;
}
