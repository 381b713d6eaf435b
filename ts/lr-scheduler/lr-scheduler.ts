/**
 * What all schedulers share: the optimizer, a state that is written to and read from a state dict, and the promise that a
 * call which throws has changed nothing.
 */

import { copyOf, deepCopy, mismatch, ownOptions, shown } from "../check.js";
import { INSPECT } from "../globals.js";
import type { Optimizer } from "../optim/optimizer.js";
import { notBelowZero } from "../optim/options.js";
import { numbersIn } from "../tensor-state.js";
import { type Field, type Fields, list, nonNegativeNumber } from "./fields.js";
import { captureGroups, groupsOf, type ScheduledGroup } from "./groups.js";

/** What a scheduler writes for {@link LRScheduler.loadStateDict}: torch's keys; plain values that JSON can hold. */
export interface SchedulerStateDict {
  [key: string]: unknown;
}

/** What every scheduler keeps. */
export interface SchedulerState {
  readonly lastLr: readonly number[];
}

const rate = nonNegativeNumber("_last_lr");

/** The field of {@link SchedulerState}. */
export const LAST_LR: Field<readonly number[]> = {
  key: "_last_lr",
  isOptional: true,
  check: list("_last_lr", (saved, optimizer, index = 0) =>
    rate(notBelowZero(saved, groupsOf(optimizer)[index]?.initialLr), optimizer),
  ),
};

/** What is a kind of scheduler's own. */
export interface SchedulerRule<S> {
  readonly name: string;
  readonly fields: Fields<S>;
}

/** Keys of torch's state dicts that have nothing to say here. */
const PYTHON_ONLY = ["_get_lr_called_within_step", "_is_initial", "verbose", "mode_worse"];

/** Base of all schedulers, as `torch.optim.lr_scheduler.LRScheduler`; a schedule of your own is a `LambdaLR`. */
export abstract class LRScheduler<S extends SchedulerState = SchedulerState> {
  /** Whose groups it writes to. */
  readonly optimizer: Optimizer;
  readonly #name: string;
  readonly #fields: readonly [name: string, field: Field<unknown>][];
  #state: S;
  /** Entries of a loaded state dict that mean nothing here; they are written back. */
  #foreign: SchedulerStateDict = {};

  /** For the classes of this package. */
  protected constructor(rule: SchedulerRule<S>, optimizer: Optimizer, state: S) {
    this.optimizer = optimizer;
    this.#name = rule.name;
    this.#fields = Object.entries(rule.fields);
    this.#state = state;
  }

  /** Sets the learning rates of the next epoch: to be called after `optimizer.step()`. */
  abstract step(value?: number): void;

  /** The learning rate of each group, as this scheduler left it. */
  getLastLR(): number[] {
    return [...this.#state.lastLr];
  }

  /** Where the schedule is, under torch's keys. Functions are not in it; the learning rates are the optimizer's. */
  stateDict(): SchedulerStateDict {
    const dict: SchedulerStateDict = deepCopy(this.#foreign);
    for (const [name, { key, save = deepCopy }] of this.#fields) {
      const value = this.#valueOf(name);
      if (value !== undefined) dict[key] = save(value);
    }
    return dict;
  }

  /**
   * Goes on where another scheduler of the same kind was. The groups stay as they are: their learning rates come with
   * the state of the optimizer, which is loaded after the scheduler is made, because making one sets first rates.
   *
   * @throws ERR_STATE_MISMATCH for a dict that lacks what this kind of scheduler keeps, or is of more groups, ERR_OPTION for
   *   wrong values; nothing has changed then. (A dict does not say its kind: an ExponentialLR takes that of a StepLR.)
   */
  loadStateDict(stateDict: SchedulerStateDict): void {
    const what = `state dict of ${this.#name}`;
    const dict = ownOptions(stateDict, what);
    this.atomically(() => {
      const loaded: Record<string, unknown> = { ...(this.#state as object) };
      for (const [name, { key, isOptional = false, check, load }] of this.#fields) {
        const saved = numbersIn(dict[key]);
        delete dict[key];
        if (saved === undefined) {
          if (!isOptional) throw mismatch(`the ${what} has no ${shown(key)}`);
        } else {
          loaded[name] = load === undefined ? check(saved, this.optimizer) : load(saved, loaded[name], this.optimizer);
        }
      }
      this.checkState(loaded as unknown as S);
      for (const key of PYTHON_ONLY) delete dict[key];
      this.#foreign = copyOf(dict, what);
      this.#state = loaded as unknown as S;
    });
  }

  /** The kind of scheduler, its options and where it is. */
  toString(): string {
    const lines = this.#fields.flatMap(([name]) => {
      const value = this.#valueOf(name);
      const isFunction = typeof (Array.isArray(value) ? value[0] : value) === "function";
      const isShown = value !== undefined && value !== this.children && !isFunction;
      return isShown ? [`    ${name}: ${JSON.stringify(value)}`] : [];
    });
    const children = this.children.map((child) => `${child}`.replace(/^/gm, "    "));
    return `${this.#name} (\n${[...lines.sort(), ...children].join("\n")}\n)`;
  }

  [INSPECT](): string {
    return this.toString();
  }

  get [Symbol.toStringTag](): string {
    return this.#name;
  }

  /** Runs `act`; if it throws, this scheduler and the groups are as they were. @internal */
  protected atomically(act: () => void): void {
    // The groups last: those of an optimizer that was disposed meanwhile take nothing.
    const putBack = [...this.#capture(), captureGroups(this.optimizer)];
    try {
      act();
    } catch (error) {
      for (const each of putBack) each();
      throw error;
    }
  }

  /** @internal */
  protected get state(): S {
    return this.#state;
  }

  /** @internal */
  protected put(changes: Partial<S>): void {
    this.#state = { ...this.#state, ...changes };
  }

  /** @internal */
  protected get groups(): readonly ScheduledGroup[] {
    return groupsOf(this.optimizer);
  }

  /** Notes the learning rates as the last ones. @internal */
  protected noteRates(): void {
    this.put({ lastLr: Object.freeze(this.groups.map(({ lr }) => lr)) } as unknown as Partial<S>);
  }

  /** Schedulers that this one steps. @internal */
  protected get children(): readonly LRScheduler[] {
    return [];
  }

  /** Refuses a state dict whose entries do not fit each other. @internal */
  protected checkState(_state: S): void {}

  #valueOf(name: string): unknown {
    return this.#state[name as keyof S];
  }

  #capture(): (() => void)[] {
    const [state, foreign] = [this.#state, this.#foreign];
    const own = () => {
      this.#state = state;
      this.#foreign = foreign;
    };
    return [own, ...this.children.flatMap((child) => child.#capture())];
  }
}
