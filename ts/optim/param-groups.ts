/**
 * All groups of an optimizer, with their state in the kernel: added, stepped, saved and loaded.
 *
 * A call checks everything, then allocates, then changes: whatever it throws, groups and state are as before.
 */

import { bindings } from "../bindings.js";
import { findOverlap, sortedRanges } from "../byte-range.js";
import { stateError } from "../check.js";
import type { Parameter } from "../parameter.js";
import { kernel, trapped } from "../wasm/instance.js";
import { type CheckedGroupDict, checkDict } from "./checked-dict.js";
import { optionFlags, stepFlags } from "./flags.js";
import { GroupState } from "./group-state.js";
import { checkMembers } from "./members.js";
import { type CheckedGroup, checkGroup, type ParamGroup, paramGroup, printedGroup } from "./param-group.js";
import { ParamRanges } from "./param-ranges.js";
import type { Group, Rule } from "./rule.js";
import { allocateLoaded, saveGroups } from "./saved-state.js";
import type { DictExtras, StateDict } from "./state-dict.js";
import { StateMap } from "./state-map.js";
import type { StepOptions } from "./step-options.js";

export class ParamGroups<O extends object, M extends string, P extends object> {
  readonly state: StateMap<M, P>;
  readonly #rule: Rule<O, M>;
  readonly #defaults: O;
  #groups: readonly Group<O>[] = [];
  #handles: readonly ParamGroup<O>[] = Object.freeze([]);
  #ranges = new ParamRanges([]);
  #extras: DictExtras = { dict: {}, state: {} };
  #isFreed = false;
  /** The version of all bindings at which gradients were last compared, and what came of it. */
  #gradsCheckedAt = -1;
  #gradsAreApart = false;

  constructor(rule: Rule<O, M>, defaults: O) {
    this.#rule = rule;
    this.#defaults = defaults;
    this.state = new StateMap<M, P>(rule);
  }

  /** What users read and assign options through. */
  get handles(): readonly ParamGroup<O>[] {
    return this.#handles;
  }

  get isFreed(): boolean {
    return this.#isFreed;
  }

  add(inits: readonly unknown[]): void {
    const { name, options } = this.#rule;
    const checked = inits.map((init) => checkGroup(init, this.#defaults, options, name));
    for (const { values } of checked) this.#rule.checkTogether?.(values);
    checkMembers(this.#checked(), checked);
    const ranges = new ParamRanges([...this.#checked(), ...checked].flatMap(({ params }) => params));
    const added: Group<O>[] = [];
    try {
      for (const group of checked) added.push(this.#bindGroup(group));
    } catch (error) {
      for (const { state } of added) state.free();
      throw error;
    }
    for (const { state } of added) this.state.add(state);
    // Gradients of those that were there may lie over what was added.
    for (const { state } of this.#groups) state.bindAnew();
    this.#ranges = ranges;
    this.#groups = [...this.#groups, ...added];
    this.#gradsCheckedAt = -1;
    this.#handles = Object.freeze(this.#groups.map(({ handle }) => handle));
  }

  /** Checks all groups, then allocates for all, then moves them. Allocates nothing itself. */
  update(how: Required<StepOptions>): void {
    const groups = this.#groups;
    const rule = this.#rule;
    // Where gradients share memory, one that is stepped later must not find the zeros of another.
    const zeroesAfterwards = how.zeroGrad && !this.#checkGrads();
    const flags = stepFlags(how.zeroGrad && !zeroesAfterwards);
    let areReady = true;
    for (let i = 0; i < groups.length; i++) {
      const { state, checked } = groups[i] as Group<O>;
      if (state.isReady) continue;
      state.bind(rule, checked.values, this.#ranges);
      areReady = false;
    }
    if (!areReady) for (const { state, checked } of groups) state.reserve(rule.momentCount(checked.values));
    // Throws if the kernel cannot be called any more: what throws below is a trap.
    const live = kernel();
    for (let i = 0; i < groups.length; i++) {
      const { state, checked } = groups[i] as Group<O>;
      const { pointer } = state;
      try {
        rule.step(live, pointer, checked.values, checked.flags | flags, how.gradScale);
      } catch (error) {
        throw trapped(error);
      }
    }
    if (how.zeroGrad) this.#zeroGrads(zeroesAfterwards);
  }

  /** True if no two gradients share memory. Throws if one was disposed. Looks again only after one was replaced. */
  #checkGrads(): boolean {
    if (this.#gradsCheckedAt === bindings.version) return this.#gradsAreApart;
    const grads = this.#groups.flatMap(({ state }) => state.params.map(({ gradient }) => gradient.stored));
    const stored = grads.filter((grad) => grad !== null);
    for (const grad of stored) grad.checkAlive();
    this.#gradsAreApart = findOverlap(sortedRanges(stored)) === null;
    this.#gradsCheckedAt = bindings.version;
    return this.#gradsAreApart;
  }

  /** Fills gradients with zeros: all, or those that a step has left: of frozen parameters, and sparse ones. */
  #zeroGrads(all: boolean): void {
    const groups = this.#groups;
    for (let i = 0; i < groups.length; i++) {
      const { params } = (groups[i] as Group<O>).state;
      for (let slot = 0; slot < params.length; slot++) {
        const { gradient } = params[slot] as Parameter;
        if (all || !gradient.isStepped) gradient.zero(false);
      }
    }
  }

  zeroGrad(setToNone: boolean): void {
    const groups = this.#groups;
    if (!setToNone) {
      for (const { state } of groups) for (const { gradient } of state.params) gradient.stored?.checkAlive();
    }
    // By index, as in a step: the lists are frozen, and engines make garbage of iterating those.
    for (let i = 0; i < groups.length; i++) {
      const { params } = (groups[i] as Group<O>).state;
      for (let slot = 0; slot < params.length; slot++) (params[slot] as Parameter).gradient.zero(setToNone);
    }
  }

  save(live: boolean): StateDict {
    return saveGroups(this.#groups, this.#rule, this.#extras, live);
  }

  load(dict: StateDict): void {
    const groups = this.#groups;
    for (const { state } of groups) for (const parameter of state.params) parameter.checkAlive();
    const { groups: loaded, extras } = checkDict(dict, this.#checked(), this.#rule);
    const states = allocateLoaded(groups, loaded, this.#rule);
    this.state.revoke();
    groups.forEach((group, index) => {
      const { values, fields, names, extras, states: own } = loaded[index] as CheckedGroupDict<O>;
      group.state.free();
      group.state = states[index] as GroupState;
      Object.assign(group.checked.values, values);
      group.checked.flags = optionFlags(group.checked.values);
      group.checked.fields = fields;
      group.checked.paramNames = names;
      Object.defineProperty(group.handle, "paramNames", { enumerable: names !== undefined });
      group.extras = extras;
      group.stateExtras = own.map((slot) => slot?.extras);
      this.state.add(group.state);
    });
    this.#extras = extras;
  }

  free(): void {
    this.#isFreed = true;
    this.state.revoke();
    for (const { state } of this.#groups) state.free();
    this.#groups = [];
  }

  toString(): string {
    const printed = this.#handles.map((group, i) => `Parameter Group ${i}\n${printedGroup(group, this.#rule.options)}`);
    return `${this.#rule.name} (\n${printed.join("\n\n")}\n)`;
  }

  #checked(): CheckedGroup<O>[] {
    return this.#groups.map(({ checked }) => checked);
  }

  #bindGroup(checked: CheckedGroup<O>): Group<O> {
    const { values, params } = checked;
    const rule = this.#rule;
    const handle = paramGroup(checked, rule.options, rule.name, (option, value) => {
      if (this.#isFreed) throw disposed(rule.name, `set ${String(option)} of`);
      rule.checkTogether?.({ ...values, [option]: value });
      rule.beforeAssign?.(option, value, group.state);
    });
    const state = new GroupState(params, rule.momentCount(values));
    const group: Group<O> = { checked, handle, state, extras: {}, stateExtras: [] };
    return group;
  }
}

/** The error for using an optimizer that is no more. */
export const disposed = (name: string, act: string) =>
  stateError("ERR_DISPOSED", `cannot ${act} ${name}: it was disposed`);

/** The error for calling an optimizer from within one of its calls. */
export const reentrant = (name: string, method: string, running: string) =>
  stateError("ERR_REENTRANT", `cannot call ${method}() of ${name} while it is in the middle of ${running}()`);
