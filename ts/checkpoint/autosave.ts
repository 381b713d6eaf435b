/** Checkpoints by themselves: every so many steps or seconds, the last few, and the newest whole one to go on from. */

import {
  type CodedError,
  checkBoolean,
  checkNumber,
  knownOptions,
  ownOptions,
  rangeError,
  shown,
  stateError,
  typeError,
} from "../check.js";
import { load, save } from "./checkpoint.js";
import { type Place, UNFINISHED } from "./place.js";
import { checkTargets, type Targets } from "./restore.js";

/** When to save, and how much to keep; `steps` or `seconds` must be there, and with both, what comes first counts. */
export interface AutosaveOptions {
  /** Steps from one checkpoint to the next. */
  readonly steps?: number | undefined;
  /** Seconds from one checkpoint to the next. */
  readonly seconds?: number | undefined;
  /** How many checkpoints stay, 3 by default. */
  readonly keep?: number | undefined;
  /** Save optimizers with `epsilonHat`, a rule that PyTorch does not have, all the same. */
  readonly epsilonHat?: boolean | undefined;
}

const NAME = /^step-(\d{12,16})\.safetensors$/;

/**
 * Saves a training now and then. One at a time may use a place.
 *
 * @example
 * const autosave = new Autosave(folder("run"), { model, optimizer, scheduler }, { seconds: 60 });
 * const { epoch = 0 } = (await autosave.resume<{ epoch: number }>()) ?? {};
 * for (const batch of batchesFrom(epoch)) {
 *   train(batch);
 *   await autosave.step({ epoch: batch.epoch });
 * }
 */
export class Autosave {
  readonly #place: Place;
  readonly #parts: Targets;
  readonly #options: Required<AutosaveOptions>;
  #steps = 0;
  #savedSteps = 0;
  #savedAt = performance.now();
  #isOwn = false;
  /** What is under way in the place. */
  #busy: Promise<unknown> = Promise.resolve();

  /** `parts` are what is saved and restored: tensors, what has a state dict, and arrays and plain objects of them. */
  constructor(place: Place, parts: Targets, options: AutosaveOptions) {
    if (typeof (place as Partial<Place> | null | undefined)?.write !== "function") {
      throw typeError("ERR_OPTION", `Autosave needs a place, such as folder("run"), but got ${shown(place)}`);
    }
    // Now, and not when the run has been lost.
    checkTargets(parts);
    this.#place = place;
    this.#parts = { ...parts };
    this.#options = checkOptions(options);
  }

  /** How many steps there were, those before a resume among them. */
  get steps(): number {
    return this.#steps;
  }

  /**
   * To be called after each step: saves if it is time. The state is taken before this returns its promise, so training may
   * go on at once; `values` are plain ones that `resume()` will return.
   *
   * @returns whether there was a checkpoint
   * @throws what {@link Autosave.save} does
   */
  async step(values: Readonly<Record<string, unknown>> = {}): Promise<boolean> {
    this.#steps++;
    const { steps, seconds } = this.#options;
    const isDue = this.#steps - this.#savedSteps >= steps || performance.now() - this.#savedAt >= 1000 * seconds;
    if (isDue) await this.save(values);
    return isDue;
  }

  /**
   * Saves now.
   *
   * @throws ERR_OPTION if the place has checkpoints of a run that was not resumed, what `save` throws, and what the place does
   */
  async save(values: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const taken = Object.keys(ownOptions(values, "values of Autosave")).find((key) => Object.hasOwn(this.#parts, key));
    if (taken !== undefined)
      throw rangeError("ERR_OPTION", `${shown(taken)} is a part of the autosave and cannot be a value`);
    const { epsilonHat } = this.#options;
    const bytes = save({ ...this.#parts, ...values }, { epsilonHat });
    const steps = this.#steps;
    this.#savedSteps = steps;
    this.#savedAt = performance.now();
    await this.#inTurn(() => this.#write(steps, bytes));
  }

  /**
   * Restores the newest checkpoint that is whole, and returns the values that were saved with it; undefined if there is
   * none. What is damaged is passed over with a warning.
   *
   * @throws ERR_STATE_MISMATCH if the checkpoint is another model's, and what the place does
   */
  async resume<C extends object = Record<string, unknown>>(): Promise<C | undefined> {
    return this.#inTurn(async () => {
      const found = await this.#resume();
      // If it threw, the place is another model's still.
      this.#isOwn = true;
      return found as C | undefined;
    });
  }

  get [Symbol.toStringTag](): string {
    return "Autosave";
  }

  /** One after the other, whether or not the one before came to a good end. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#busy.catch(() => {}).then(act);
    this.#busy = result;
    return result;
  }

  async #resume(): Promise<object | undefined> {
    const names = await this.#place.list();
    for (const name of names) if (isUnfinished(name)) await this.#place.remove(name);
    for (const steps of stepsOf(names)) {
      const bytes = await this.#place.read(nameOf(steps));
      const checkpoint = bytes && this.#restore(bytes, nameOf(steps));
      if (checkpoint === undefined) continue;
      this.#steps = steps;
      this.#savedSteps = steps;
      this.#savedAt = performance.now();
      return Object.fromEntries(Object.entries(checkpoint).filter(([key]) => !Object.hasOwn(this.#parts, key)));
    }
    return undefined;
  }

  #restore(bytes: Uint8Array, name: string): Record<string, unknown> | undefined {
    try {
      return load(bytes, this.#parts);
    } catch (error) {
      const { code, message } = error as CodedError;
      if (code !== "ERR_CHECKPOINT") throw error;
      console.warn(`adam-wasm: ${name} was passed over: ${message}`);
      return undefined;
    }
  }

  async #write(steps: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!this.#isOwn) await this.#checkEmpty();
    await this.#place.write(nameOf(steps), bytes);
    // Only those on the way here: what is ahead was damaged, or this run went back.
    const own = stepsOf(await this.#place.list()).filter((each) => each <= steps);
    for (const old of own.slice(this.#options.keep)) await this.#place.remove(nameOf(old));
  }

  /** A new run beside an old one's checkpoints would later be resumed from those. */
  async #checkEmpty(): Promise<void> {
    const [found] = stepsOf(await this.#place.list());
    if (found !== undefined) {
      throw stateError(
        "ERR_OPTION",
        `there is ${nameOf(found)} of another run: call resume() first, or choose an empty place`,
      );
    }
    this.#isOwn = true;
  }
}

const nameOf = (steps: number) => `step-${String(steps).padStart(12, "0")}.safetensors`;

/** A checkpoint of ours that was never whole; other programs' files are none of our business. */
const isUnfinished = (name: string) => name.startsWith(".step-") && name.endsWith(UNFINISHED);

/** The steps of all checkpoints, from the newest. */
function stepsOf(names: readonly string[]): number[] {
  return names
    .map((name) => Number(NAME.exec(name)?.[1]))
    .filter((steps) => Number.isSafeInteger(steps))
    .sort((a, b) => b - a);
}

function checkOptions(options: AutosaveOptions): Required<AutosaveOptions> {
  const given = knownOptions(options, ["steps", "seconds", "keep", "epsilonHat"], "Autosave");
  const { steps, seconds, keep = 3, epsilonHat = false } = given;
  if (steps === undefined && seconds === undefined) throw typeError("ERR_OPTION", "Autosave needs steps or seconds");
  const whole = (value: number) => Number.isSafeInteger(value) && value > 0;
  return {
    steps: steps === undefined ? Number.POSITIVE_INFINITY : checkNumber(steps, "Invalid steps: ", whole),
    seconds:
      seconds === undefined ? Number.POSITIVE_INFINITY : checkNumber(seconds, "Invalid seconds: ", (s) => s >= 0),
    keep: checkNumber(keep, "Invalid keep: ", whole),
    epsilonHat: checkBoolean(epsilonHat, "epsilonHat"),
  };
}
