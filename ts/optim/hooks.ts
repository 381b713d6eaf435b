/** Functions that users hang into optimizers, in order, each with a handle that takes it out again. */

import { checkBoolean, knownOptions, shown, stateError, typeError } from "../check.js";
import type { StateDict } from "./state-dict.js";

/** What registering a hook returns. */
export interface HookHandle {
  /** Takes the hook out; the second call does nothing. */
  remove(): void;
}

/** Runs before a step; may put another closure in the place of the one that was given. */
export type StepPreHook<T> = (
  optimizer: T,
  closure: (() => unknown) | undefined,
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing
) => void | { readonly closure: (() => unknown) | undefined };

/** Runs before or behind something that concerns the whole optimizer. */
export type OptimizerHook<T> = (optimizer: T) => void;

/** Runs on a state dict; may change it, or return another one. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing
export type StateDictHook<T> = (optimizer: T, dict: StateDict) => void | StateDict;

/** Where a hook goes. */
export interface HookOptions {
  /** Ahead of the hooks there are, instead of behind them. */
  readonly prepend?: boolean | undefined;
}

/** How many step hooks there are for every optimizer. */
export const globalStepHooks = { count: 0 };

/** Hooks of one kind. */
export class Hooks<H> {
  #entries: readonly { readonly hook: H }[] = [];
  readonly #counted: { count: number };

  /** `counted` counts hooks of several kinds. */
  constructor(counted = { count: 0 }) {
    this.#counted = counted;
  }

  add(hook: H, options: HookOptions = {}): HookHandle {
    if (typeof hook !== "function") throw typeError("ERR_OPTION", `a hook must be a function, got ${shown(hook)}`);
    const { prepend = false } = knownOptions(options, ["prepend"], "a hook");
    const entry = { hook };
    this.#set(checkBoolean(prepend, "prepend") ? [entry, ...this.#entries] : [...this.#entries, entry]);
    const remove = () => this.#set(this.#entries.filter((other) => other !== entry));
    return { remove };
  }

  #set(entries: readonly { readonly hook: H }[]): void {
    this.#counted.count += entries.length - this.#entries.length;
    this.#entries = entries;
  }

  /** The hooks as they are now: one that is removed meanwhile still runs this time. */
  get list(): readonly { readonly hook: H }[] {
    return this.#entries;
  }
}

const globalPreHooks = new Hooks<StepPreHook<unknown>>(globalStepHooks);
const globalPostHooks = new Hooks<OptimizerHook<unknown>>(globalStepHooks);

/** Registers a hook that runs before every step of every optimizer, ahead of the optimizer's own. */
export function registerOptimizerStepPreHook(hook: StepPreHook<unknown>): HookHandle {
  return globalPreHooks.add(hook);
}

/** Registers a hook that runs behind every step of every optimizer, after the optimizer's own. */
export function registerOptimizerStepPostHook(hook: OptimizerHook<unknown>): HookHandle {
  return globalPostHooks.add(hook);
}

/** Hooks of one optimizer. */
export class OptimizerHooks<T> {
  /** How many step hooks it has. */
  readonly step = { count: 0 };
  readonly stepPre = new Hooks<StepPreHook<T>>(this.step);
  readonly stepPost = new Hooks<OptimizerHook<T>>(this.step);
  readonly stateDictPre = new Hooks<OptimizerHook<T>>();
  readonly stateDictPost = new Hooks<StateDictHook<T>>();
  readonly loadPre = new Hooks<StateDictHook<T>>();
  readonly loadPost = new Hooks<OptimizerHook<T>>();

  /** Runs what comes before a step, and returns its closure. */
  beforeStep(optimizer: T, closure: (() => unknown) | undefined): (() => unknown) | undefined {
    for (const hooks of [globalPreHooks.list, this.stepPre.list]) {
      for (const { hook } of hooks) {
        const result = hook(optimizer, closure);
        if (result === undefined) continue;
        if (typeof result !== "object" || result === null || !("closure" in result)) {
          throw typeError("ERR_OPTION", `a step pre-hook must return nothing or { closure }, but got ${shown(result)}`);
        }
        closure = result.closure;
      }
    }
    return closure;
  }

  /** Runs what comes behind a step. */
  afterStep(optimizer: T): void {
    runBehind(this.stepPost, optimizer, "a step post-hook threw after the step was done");
    runBehind(globalPostHooks, optimizer, "a step post-hook threw after the step was done");
  }

  /** Runs what comes after a state dict was loaded. */
  afterLoad(optimizer: T): void {
    runBehind(this.loadPost, optimizer, "a load-state-dict post-hook threw after the state dict was loaded");
  }
}

/** Runs hooks that come behind something. What they throw cannot take that back, and the error says so. */
function runBehind<T>(hooks: Hooks<OptimizerHook<T>>, optimizer: T, words: string): void {
  for (const { hook } of hooks.list) {
    try {
      hook(optimizer);
    } catch (error) {
      throw stateError("ERR_HOOK", `${words}: ${error}`, error);
    }
  }
}

/** Passes a dict through hooks. */
export function throughHooks<T>(hooks: Hooks<StateDictHook<T>>, optimizer: T, dict: StateDict): StateDict {
  for (const { hook } of hooks.list) dict = hook(optimizer, dict) ?? dict;
  return dict;
}
