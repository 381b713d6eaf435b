/**
 * What is read of a state dict: its form, groups and options. Everything is checked before anything is written, and what
 * nobody here knows is kept for the next dict.
 */

import { copyOf, mismatch, ownOptions, shown, typeError } from "../check.js";
import type { Parameter } from "../parameter.js";
import { numbersIn } from "../tensor-state.js";
import { type CheckedState, checkState } from "./checked-state.js";
import { notBelowZero, type SchedulerFields, takeSchedulerFields } from "./options.js";
import type { CheckedGroup } from "./param-group.js";
import { checkNames } from "./param-items.js";
import type { Rule } from "./rule.js";
import { type DictExtras, type Extras, type StateDict, torchKey } from "./state-dict.js";

/** A checked dict. */
export interface CheckedDict<O> {
  readonly groups: readonly CheckedGroupDict<O>[];
  readonly extras: DictExtras;
}

/** A checked group of a dict. */
export interface CheckedGroupDict<O> {
  readonly values: O;
  readonly fields: SchedulerFields;
  /** Names of the group from now on. */
  readonly names: readonly string[] | undefined;
  readonly extras: Extras;
  /** State of each parameter of the group. */
  readonly states: readonly (CheckedState | undefined)[];
}

type Entries = Readonly<Record<string, unknown>>;

/** Options that others lack: by having one, or not, a dict betrays that another optimizer saved it. */
const TELLING_KEYS = ["amsgrad", "momentum", "nesterov", "momentum_decay", "weight_decay", "decoupled_weight_decay"];

/** The flags among them that torch has always had, so that a dict without one is another optimizer's. */
const OLD_FLAGS = ["amsgrad", "nesterov"];

/** Checks that a value has the form of a state dict. */
export function checkForm(dict: unknown): StateDict {
  const given = ownOptions(dict, "state dict");
  const { state, param_groups } = given;
  const parts = Object.keys(given).filter((key) => isStateDict(given[key]));
  if (state === undefined && parts.length > 0) {
    throw typeError("ERR_OPTION", `expected a state dict, got a checkpoint: load its ${parts.map(shown).join(" or ")}`);
  }
  ownOptions(state, "state of a state dict");
  if (!Array.isArray(param_groups)) {
    throw typeError("ERR_OPTION", `param_groups of a state dict must be an array, got ${shown(param_groups)}`);
  }
  for (const group of param_groups) {
    const { params } = ownOptions(group, "group of a state dict");
    if (!Array.isArray(params)) {
      throw typeError("ERR_OPTION", `params of a group must be an array, got ${shown(params)}`);
    }
  }
  return dict as StateDict;
}

const isStateDict = (value: unknown) => Array.isArray((value as Partial<StateDict> | null | undefined)?.param_groups);

/** Checks a dict against the groups of an optimizer. */
export function checkDict<O extends object>(
  dict: StateDict,
  groups: readonly CheckedGroup<O>[],
  rule: Rule<O, string>,
): CheckedDict<O> {
  const { state, param_groups, ...extras } = ownOptions(dict, "state dict") as Entries & StateDict;
  const states = ownOptions(state, "state of a state dict");
  if (param_groups.length !== groups.length) {
    throw mismatch(
      `loaded state dict has a different number of parameter groups: expected ${groups.length}, found ${param_groups.length}`,
    );
  }
  const seen = new Set<string>();
  const checked = groups.map((group, index) =>
    checkGroupDict(param_groups[index] as Entries, states, seen, group, rule),
  );
  const isNamed = checked.filter(({ states }) => states.length > 0).map(({ names }) => names !== undefined);
  if (new Set(isNamed).size > 1) throw mismatch("the state dict has names for the parameters of some groups only");
  for (const id of seen) delete states[id];
  const orphan = Object.keys(states).find((id) => /^\d+$/.test(id));
  if (orphan !== undefined) throw mismatch(`the state dict has state for parameter ${orphan}, which is in no group`);
  return { groups: checked, extras: { dict: copyOf(extras, "state dict"), state: copyOf(states, "state dict") } };
}

function checkGroupDict<O extends object>(
  dict: Entries,
  states: Record<string, unknown>,
  seen: Set<string>,
  group: CheckedGroup<O>,
  rule: Rule<O, string>,
): CheckedGroupDict<O> {
  const { params: given, param_names, ...entries } = ownOptions(dict, "group of a state dict");
  const ids = given as readonly unknown[];
  if (ids.length !== group.params.length) {
    throw mismatch(
      `loaded state dict contains a parameter group that doesn't match the size of optimizer's group: expected ${group.params.length} parameters, found ${ids.length}`,
    );
  }
  for (const id of ids) noteId(id, seen);
  const names = agreedNames(param_names, group);
  const { values, fields, extras } = checkEntries(entries, group, rule);
  rule.checkTogether?.(values);
  const count = rule.momentCount(values);
  const own = ids.map((id, slot) => {
    const entry = states[String(id)];
    const parameter = group.params[slot] as Parameter;
    return entry === undefined ? undefined : checkState(entry, parameter, count, rule);
  });
  return { values, fields, names, extras, states: own };
}

function noteId(id: unknown, seen: Set<string>): void {
  if (typeof id !== "string" && !Number.isSafeInteger(id)) {
    throw typeError("ERR_OPTION", `params of a group must hold the ids of parameters, got ${shown(id)}`);
  }
  if (seen.has(String(id))) throw mismatch(`the state dict has parameter ${id} in two places`);
  seen.add(String(id));
}

/** Names of the group from now on: its own, else the dict's. */
function agreedNames(saved: unknown, { params, paramNames }: CheckedGroup<object>): readonly string[] | undefined {
  if (saved === undefined) return paramNames;
  const found = checkNames(saved, params.length, "param_names");
  const wrong = (paramNames ?? []).findIndex((name, index) => found[index] !== name);
  if (wrong >= 0) {
    throw mismatch(
      `parameter ${wrong} is named ${shown(paramNames?.[wrong])} here and ${shown(found[wrong])} in the state dict`,
    );
  }
  return paramNames ?? found;
}

function checkEntries<O extends object>(
  entries: Entries,
  { name: groupName, values: current }: CheckedGroup<O>,
  { name, options, groupKeys }: Rule<O, string>,
) {
  const rest = new Map(Object.entries(entries));
  const fields = takeSchedulerFields(rest, torchKey);
  const values = {} as O;
  for (const option of Object.keys(options) as (keyof O & string)[]) {
    const key = torchKey(option);
    const { default: fallback, check, load = check } = options[option];
    const value = numbersIn(rest.get(key));
    if (rest.has(key)) values[option] = load(key === "lr" ? notBelowZero(value, fields.initialLr) : value);
    // torch has no such option, so that its dicts say nothing of it.
    else if (!groupKeys.includes(key)) values[option] = current[option];
    // Flags came over the years, and dicts from before lack them; without its numbers it is another optimizer's.
    else if (typeof fallback === "boolean" && !OLD_FLAGS.includes(key)) values[option] = fallback;
    else throw mismatch(`the state dict has no ${key}, so it is not one of ${name}`);
    rest.delete(key);
  }
  const telling = TELLING_KEYS.find((key) => rest.has(key));
  if (telling !== undefined) throw mismatch(`the state dict has ${telling}, so it is not one of ${name}`);
  if (groupName !== undefined) rest.delete("name");
  return { values, fields, extras: copyOf(Object.fromEntries(rest), "group of a state dict") };
}
