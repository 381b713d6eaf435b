/**
 * What all optimizers share: groups, state, and the order of a step.
 *
 * A call checks everything, then allocates, then changes: whatever it throws, parameters and state are as before.
 */

import { knownOptions, ownOptions, rangeError, shown, stateError, typeError } from "../check.js";
import type { Parameter } from "../parameter.js";
import { call, kernel, type KernelState, trapped } from "../wasm/instance.js";
import { GroupState } from "./group-state.js";
import { checkOptions, defaultsOf, type Options, SCHEDULER_FIELDS } from "./options.js";
import { type CheckedGroup, checkGroup, type ParamGroup, type ParamGroupInit, type Params, paramGroup, toGroupInits } from "./param-group.js";
import { type ParameterState, StateMap } from "./state-map.js";

/** What is an optimizer's own. */
export interface Rule<O extends object, M extends string, S extends KernelState> {
  readonly name: string;
  readonly options: Options<O>;
  /** Throws if options do not go together. */
  checkTogether?(options: O): void;
  /** Throws if the rule cannot use a sparse, or a dense, gradient for the parameter. */
  checkGrad(isSparse: boolean, options: O, parameter: Parameter): void;
  /** Keys that torch has in a saved group and this package has no option for, with torch's values. */
  readonly groupKeys: Readonly<Record<string, null | boolean>>;
  /** Names of the moments, in the kernel's order. */
  readonly moments: readonly M[];
  /** False if the state has no step count for anybody to see. */
  readonly countsSteps: boolean;
  /** What the state calls the number that a slot accumulates beside its moments, if it does. */
  readonly product?: string;
  /** A state for one group. */
  createState(): S;
  /** How many moments a slot has under these options. */
  momentCount(options: O): number;
  /** One update of every bound parameter. */
  step(state: S, options: O): void;
}

interface Group<O extends object, S extends KernelState> {
  readonly values: O;
  readonly state: GroupState<S>;
  readonly handle: ParamGroup<O>;
  readonly isNamed: boolean;
}

const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? (Symbol.for("Symbol.dispose") as typeof Symbol.dispose);

/** Base of all optimizers, as `torch.optim.Optimizer`. Without type arguments it stands for any of them. */
export abstract class Optimizer<
  O extends object = object,
  M extends string = string,
  P extends object = ParameterState,
  S extends KernelState = KernelState,
> {
  /** Options of groups that do not say their own. */
  readonly defaults: Readonly<O>;
  /** State of each parameter that has been stepped. Its tensors live as long as the optimizer. */
  readonly state: ReadonlyMap<Parameter, P>;
  readonly #rule: Rule<O, M, S>;
  readonly #stateMap: StateMap<M, P>;
  #groups: readonly Group<O, S>[] = [];
  #handles: readonly ParamGroup<O>[] = Object.freeze([]);
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

  /**
   * Updates every parameter that has a gradient; the others keep value, state and step count.
   *
   * @param closure computes the loss anew and sets the gradients; it runs once, before anything changes.
   * @returns what the closure returned.
   */
  step(): undefined;
  step<T>(closure: () => T): T;
  step<T>(closure?: () => T): T | undefined {
    this.#enter("step");
    try {
      const result = closure === undefined ? undefined : runClosure(closure);
      const groups = this.#groups;
      for (let i = 0; i < groups.length; i++) {
        const { state, values } = groups[i] as Group<O, S>;
        if (!state.isBound) state.bind((isSparse, param) => this.#rule.checkGrad(isSparse, values, param));
      }
      for (let i = 0; i < groups.length; i++) {
        const { state, values } = groups[i] as Group<O, S>;
        if (state.hasPending) state.reserve(this.#rule.momentCount(values));
      }
      kernel();
      for (let i = 0; i < groups.length; i++) {
        const { state, values } = groups[i] as Group<O, S>;
        try {
          this.#rule.step(state.kernelState, values);
        } catch (error) {
          throw trapped(error);
        }
      }
      return result;
    } finally {
      this.#isBusy = false;
    }
  }

  /** Takes the gradients away; with `setToNone: false` fills them with zeros instead, and then they count as gradients. */
  zeroGrad(options: { readonly setToNone?: boolean } = {}): void {
    // A closure calls this in the middle of a step, as it should.
    if (this.#isDisposed) throw disposed(this.#rule.name, "call zeroGrad() of");
    const { setToNone = true } = knownOptions(options, ["setToNone"], "zeroGrad");
    if (typeof setToNone !== "boolean") throw typeError("ERR_OPTION", `setToNone must be a boolean, got ${shown(setToNone)}`);
    if (!setToNone) for (const { state } of this.#groups) for (const { activeGrad } of state.params) activeGrad?.checkAlive();
    for (const { state } of this.#groups) for (const parameter of state.params) parameter.zeroGrad(setToNone);
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

  #addGroups(inits: readonly unknown[]): void {
    const { name, options } = this.#rule;
    const checked = inits.map((init) => checkGroup(init, this.defaults as O, options, name));
    for (const { values } of checked) this.#rule.checkTogether?.(values);
    this.#checkMembers(checked);
    const added: Group<O, S>[] = [];
    try {
      for (const group of checked) added.push(this.#bindGroup(group));
    } catch (error) {
      for (const { state } of added) state.free();
      throw error;
    }
    for (const { state } of added) this.#stateMap.add(state);
    this.#groups = [...this.#groups, ...added];
    this.#handles = Object.freeze(this.#groups.map(({ handle }) => handle));
  }

  #bindGroup(checked: CheckedGroup<O>): Group<O, S> {
    const { values, params, paramNames } = checked;
    const state = new GroupState<S>(params, this.#rule.createState, this.#rule.momentCount(values));
    const handle = paramGroup(checked, this.#rule.options, (option, value) => {
      if (this.#isDisposed) throw disposed(this.#rule.name, `set ${String(option)} of`);
      this.#rule.checkTogether?.({ ...values, [option]: value });
      this.mayAssign(option, value, state);
    });
    return { values, state, handle, isNamed: paramNames !== undefined || params.length === 0 };
  }

  /** Each parameter once, and names for all or for none. */
  #checkMembers(checked: readonly CheckedGroup<O>[]): void {
    const seen = new Set<Parameter>();
    let named = this.#groups.find(({ state }) => state.params.length > 0)?.isNamed;
    for (const { params, paramNames } of checked) {
      if (new Set(params).size < params.length) {
        throw rangeError("ERR_ALIAS", "optimizer contains a parameter group with duplicate parameters");
      }
      for (const parameter of params) {
        if (seen.has(parameter) || this.#stateMap.knows(parameter)) {
          throw rangeError("ERR_ALIAS", "some parameters appear in more than one parameter group");
        }
        seen.add(parameter);
      }
      if (params.length === 0) continue;
      named ??= paramNames !== undefined;
      if (named !== (paramNames !== undefined)) {
        throw rangeError(
          "ERR_OPTION",
          `all optimizer param groups should be with/without names. cannot add param group ${named ? "without" : "with"} names to the optimizer`,
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

function runClosure<T>(closure: () => T): T {
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

const disposed = (name: string, act: string) => stateError("ERR_DISPOSED", `cannot ${act} an ${name} optimizer that was disposed`);

const reentrant = (name: string, method: string) =>
  stateError("ERR_REENTRANT", `cannot call ${method}() of an ${name} optimizer while it is in the middle of a step`);
