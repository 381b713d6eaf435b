/**
 * What all optimizers share: groups, state, and the order of a step.
 *
 * A call checks everything, then allocates, then changes: whatever it throws, parameters and state are as before.
 */

import { knownOptions, ownOptions, rangeError, shown, stateError, typeError } from "../check.js";
import { DISPOSE } from "../globals.js";
import type { Parameter } from "../parameter.js";
import { type KernelState, kernel, trapped } from "../wasm/instance.js";
import { GroupState } from "./group-state.js";
import {
  type HookHandle,
  type HookOptions,
  type OptimizerHook,
  OptimizerHooks,
  type StateDictHook,
  type StepPreHook,
  throughHooks,
} from "./hooks.js";
import { checkOptions, defaultsOf, SCHEDULER_FIELDS } from "./options.js";
import {
  type CheckedGroup,
  checkGroup,
  type ParamGroup,
  type ParamGroupInit,
  type Params,
  paramGroup,
  toGroupInits,
} from "./param-group.js";
import { ParamRanges } from "./param-ranges.js";
import type { Group, Rule } from "./rule.js";
import { allocateLoaded, saveGroups } from "./saved-state.js";
import { checkForm, checkGroupDict, mismatch, type StateDict } from "./state-dict.js";
import { type ParameterState, StateMap } from "./state-map.js";
import { checkStepOptions, type StepOptions } from "./step-options.js";

/** Base of all optimizers, as `torch.optim.Optimizer`. Without type arguments it stands for any of them. */
export abstract class Optimizer<
  O extends object = object,
  M extends string = string,
  P extends object = ParameterState,
  S extends KernelState = KernelState,
> {
  /** Options of groups that do not say their own. */
  readonly defaults: Readonly<O>;
  /** State of each parameter that has been stepped. Its tensors live until a state dict is loaded or `dispose()`. */
  readonly state: ReadonlyMap<Parameter, P>;
  readonly #rule: Rule<O, M, S>;
  readonly #stateMap: StateMap<M, P>;
  readonly #hooks = new OptimizerHooks<this>();
  #groups: readonly Group<O, S>[] = [];
  #handles: readonly ParamGroup<O>[] = Object.freeze([]);
  #ranges = new ParamRanges([]);
  #stepCalls = 0;
  #isBusy = false;
  #isDisposed = false;

  /** @internal */
  protected constructor(rule: Rule<O, M, S>, params: Params<O>, options: Partial<O>) {
    const given = ownOptions(options, `options of ${rule.name}`);
    this.#rule = rule;
    this.defaults = Object.freeze({ ...defaultsOf(rule.options), ...checkOptions(given, rule.options, rule.name) });
    rule.checkTogether?.(this.defaults as O);
    this.#stateMap = new StateMap<M, P>(rule);
    this.state = this.#stateMap;
    this.#addGroups(toGroupInits(params));
  }

  /** The groups, in the order they were added. Options are changed by assignment: `group.lr = 1e-4`. */
  get paramGroups(): readonly ParamGroup<O>[] {
    return this.#handles;
  }

  /** How often `step()` has come to its end: schedulers warn if it never has. @internal */
  get stepCalls(): number {
    return this.#stepCalls;
  }

  /**
   * Updates every parameter that has a gradient; the others keep value, state and step count.
   *
   * @param closure computes the loss anew and sets the gradients; it runs once, before anything changes.
   * @returns what the closure returned.
   *
   * @example
   * const norm = getTotalNorm(gradients);
   * optimizer.step(undefined, { gradScale: clipCoefficient(norm, 1) }); // clipped on the way
   */
  step(closure?: undefined, options?: StepOptions): undefined;
  step<T>(closure: () => T, options?: StepOptions): T;
  step(closure?: () => unknown, options?: StepOptions): unknown {
    this.#enter("step");
    try {
      const gradScale = options === undefined ? 1 : checkStepOptions(options);
      const chosen = this.#hooks.beforeStep(this, closure);
      const result = chosen === undefined ? undefined : runClosure(chosen);
      this.#update(gradScale);
      this.#stepCalls += 1;
      this.#hooks.afterStep(this);
      return result;
    } finally {
      this.#isBusy = false;
    }
  }

  /** Takes the gradients away; with `setToNone: false` fills them with zeros, and then they count as gradients. */
  zeroGrad(options?: { readonly setToNone?: boolean }): void {
    // A closure calls this in the middle of a step, as it should.
    if (this.#isDisposed) throw disposed(this.#rule.name, "call zeroGrad() of");
    const setToNone = options === undefined || checkSetToNone(options);
    if (!setToNone) {
      for (const { state } of this.#groups) for (const { activeGrad } of state.params) activeGrad?.checkAlive();
    }
    // By index, as in a step: the lists are frozen, and engines make garbage of iterating those.
    for (let i = 0; i < this.#groups.length; i++) {
      const { params } = (this.#groups[i] as Group<O, S>).state;
      for (let slot = 0; slot < params.length; slot++) (params[slot] as Parameter).zeroGrad(setToNone);
    }
  }

  /** Adds parameters with options of their own, e.g. when a layer is thawed. Their step count starts at 0. */
  addParamGroup(group: ParamGroupInit<O>): void {
    this.#enter("addParamGroup");
    try {
      this.#addGroups([group]);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Options and state in torch's layout and under torch's keys: a deep copy of plain objects and typed arrays. */
  stateDict(): StateDict {
    if (this.#isDisposed) throw disposed(this.#rule.name, "call stateDict() of");
    for (const { hook } of this.#hooks.stateDictPre.list) hook(this);
    return throughHooks(this.#hooks.stateDictPost, this, saveGroups(this.#groups, this.#rule));
  }

  /**
   * Takes options and state over from a state dict, whose groups must have as many parameters of the same shapes, and the
   * same names where both have names. Everything is checked first: if it throws, nothing has changed. The data is copied.
   */
  loadStateDict(dict: StateDict): void {
    this.#enter("loadStateDict");
    try {
      const { state, param_groups } = checkForm(throughHooks(this.#hooks.loadPre, this, { ...checkForm(dict) }));
      if (param_groups.length !== this.#groups.length) {
        throw mismatch(
          `loaded state dict has a different number of parameter groups: expected ${this.#groups.length}, found ${param_groups.length}`,
        );
      }
      const loaded = this.#groups.map(({ checked: { params, paramNames } }, index) => {
        for (const parameter of params) parameter.checkAlive();
        return checkGroupDict(
          param_groups[index] as StateDict["param_groups"][0],
          state,
          params,
          paramNames,
          this.#rule,
        );
      });
      for (const { values } of loaded) this.#rule.checkTogether?.(values);
      const states = allocateLoaded(this.#groups, loaded, this.#rule);
      this.#stateMap.revoke();
      this.#groups.forEach((group, index) => {
        const { values, fields, names, extras, states: own } = loaded[index] as (typeof loaded)[0];
        group.state.free();
        group.state = states[index] as GroupState<S>;
        Object.assign(group.checked.values, values);
        Object.assign(group.checked.fields, fields);
        group.checked.paramNames = names;
        group.extras = extras;
        group.stateExtras = own.map((slot) => slot?.extras);
        this.#stateMap.add(group.state);
      });
      for (const { hook } of this.#hooks.loadPost.list) hook(this);
    } finally {
      this.#isBusy = false;
    }
  }

  /** Registers a hook that runs before each step; it may return `{ closure }` in place of the one given. */
  registerStepPreHook(hook: StepPreHook<this>): HookHandle {
    return this.#hooks.stepPre.add(hook);
  }

  /** Registers a hook that runs behind each step. */
  registerStepPostHook(hook: OptimizerHook<this>): HookHandle {
    return this.#hooks.stepPost.add(hook);
  }

  /** Registers a hook that runs before a state dict is made. */
  registerStateDictPreHook(hook: OptimizerHook<this>, options?: HookOptions): HookHandle {
    return this.#hooks.stateDictPre.add(hook, options);
  }

  /** Registers a hook on the state dict that was made; it may change it, or return another one. */
  registerStateDictPostHook(hook: StateDictHook<this>, options?: HookOptions): HookHandle {
    return this.#hooks.stateDictPost.add(hook, options);
  }

  /** Registers a hook on a shallow copy of the state dict that is to be loaded; it may change it, or return another one. */
  registerLoadStateDictPreHook(hook: StateDictHook<this>, options?: HookOptions): HookHandle {
    return this.#hooks.loadPre.add(hook, options);
  }

  /** Registers a hook that runs after a state dict was loaded. */
  registerLoadStateDictPostHook(hook: OptimizerHook<this>, options?: HookOptions): HookHandle {
    return this.#hooks.loadPost.add(hook, options);
  }

  /** Gives the memory of the state back; parameters are the caller's. The second call does nothing. */
  dispose(): void {
    if (this.#isDisposed) return;
    if (this.#isBusy) throw reentrant(this.#rule.name, "dispose");
    this.#isDisposed = true;
    this.#stateMap.revoke();
    for (const { state } of this.#groups) state.free();
    this.#groups = [];
  }

  [DISPOSE](): void {
    this.dispose();
  }

  /** The groups and their options, as torch prints them. */
  toString(): string {
    const groups = this.#handles.map((group, index) => {
      const lines = [...Object.keys(this.#rule.options), ...SCHEDULER_FIELDS]
        .filter((name) => group[name as keyof O] !== undefined)
        .sort()
        .map((name) => `    ${name}: ${JSON.stringify(group[name as keyof O])}`);
      if (group.name !== undefined) lines.unshift(`    name: ${group.name}`);
      return [`Parameter Group ${index}`, ...lines].join("\n");
    });
    return `${this.#rule.name} (\n${groups.join("\n\n")}\n)`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** Refuses an option at a moment at which it cannot change; asked with the checked value before it is kept. @internal */
  protected mayAssign(_option: keyof O, _value: unknown, _state: GroupState<S>): void {}

  /** Checks all groups, then allocates for all, then moves them. Allocates nothing itself. */
  #update(gradScale: number): void {
    const groups = this.#groups;
    const rule = this.#rule;
    for (let i = 0; i < groups.length; i++) {
      const { state, checked } = groups[i] as Group<O, S>;
      if (!state.isBound) state.bind(rule, checked.values, this.#ranges);
    }
    for (let i = 0; i < groups.length; i++) {
      const { state, checked } = groups[i] as Group<O, S>;
      if (state.hasPending) state.reserve(rule.momentCount(checked.values));
    }
    kernel();
    for (let i = 0; i < groups.length; i++) {
      const { state, checked } = groups[i] as Group<O, S>;
      try {
        rule.step(state.kernelState, checked.values, gradScale);
      } catch (error) {
        throw trapped(error);
      }
    }
  }

  #addGroups(inits: readonly unknown[]): void {
    const { name, options } = this.#rule;
    const checked = inits.map((init) => checkGroup(init, this.defaults as O, options, name));
    for (const { values } of checked) this.#rule.checkTogether?.(values);
    this.#checkMembers(checked);
    const ranges = new ParamRanges(
      [...this.#groups.map(({ checked }) => checked), ...checked].flatMap(({ params }) => params),
    );
    const added: Group<O, S>[] = [];
    try {
      for (const group of checked) added.push(this.#bindGroup(group));
    } catch (error) {
      for (const { state } of added) state.free();
      throw error;
    }
    for (const { state } of added) this.#stateMap.add(state);
    this.#ranges = ranges;
    this.#groups = [...this.#groups, ...added];
    this.#handles = Object.freeze(this.#groups.map(({ handle }) => handle));
  }

  #bindGroup(checked: CheckedGroup<O>): Group<O, S> {
    const { values, params } = checked;
    const rule = this.#rule;
    const handle = paramGroup(checked, rule.options, (option, value) => {
      if (this.#isDisposed) throw disposed(rule.name, `set ${String(option)} of`);
      rule.checkTogether?.({ ...values, [option]: value });
      this.mayAssign(option, value, group.state);
    });
    const state = new GroupState<S>(params, rule.createState, rule.momentCount(values));
    const group: Group<O, S> = { checked, handle, state, extras: {}, stateExtras: [] };
    return group;
  }

  /** Each parameter once, and names for all or for none. */
  #checkMembers(added: readonly CheckedGroup<O>[]): void {
    const seen = new Set<Parameter>();
    const named = [...this.#groups.map(({ checked }) => checked), ...added].find(({ params }) => params.length > 0);
    for (const { params, paramNames } of added) {
      if (new Set(params).size < params.length) {
        throw rangeError("ERR_ALIAS", "optimizer contains a parameter group with duplicate parameters");
      }
      for (const parameter of params) {
        if (seen.has(parameter) || this.#stateMap.knows(parameter)) {
          throw rangeError("ERR_ALIAS", "some parameters appear in more than one parameter group");
        }
        seen.add(parameter);
      }
      if (params.length > 0 && (paramNames === undefined) !== (named?.paramNames === undefined)) {
        throw rangeError(
          "ERR_OPTION",
          `all optimizer param groups should be with/without names. cannot add param group ${paramNames ? "with" : "without"} names to the optimizer`,
        );
      }
    }
  }

  #enter(method: string): void {
    if (this.#isDisposed) throw disposed(this.#rule.name, `call ${method}() of`);
    if (this.#isBusy) throw reentrant(this.#rule.name, method);
    this.#isBusy = true;
  }
}

function checkSetToNone(options: unknown): boolean {
  const { setToNone = true } = knownOptions(options, ["setToNone"], "zeroGrad");
  if (typeof setToNone !== "boolean") {
    throw typeError("ERR_OPTION", `setToNone must be a boolean, got ${shown(setToNone)}`);
  }
  return setToNone;
}

function runClosure(closure: () => unknown): unknown {
  if (typeof closure !== "function") throw typeError("ERR_OPTION", `closure must be a function, got ${shown(closure)}`);
  const result = closure();
  if (typeof (result as { then?: unknown } | null | undefined)?.then === "function") {
    throw typeError(
      "ERR_OPTION",
      "the closure returned a Promise, and the step would run on old gradients: await the loss first, then call step()",
    );
  }
  return result;
}

const disposed = (name: string, act: string) =>
  stateError("ERR_DISPOSED", `cannot ${act} an ${name} optimizer that was disposed`);

const reentrant = (name: string, method: string) =>
  stateError("ERR_REENTRANT", `cannot call ${method}() of an ${name} optimizer while it is in the middle of a step`);
