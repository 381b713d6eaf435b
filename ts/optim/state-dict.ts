/**
 * State dicts in torch's layout: plain objects, numbers and typed arrays, with torch's keys.
 *
 * ```text
 * { state: { 0: { step, exp_avg, exp_avg_sq } }, param_groups: [{ lr, betas, …, params: [0] }] }
 * ```
 *
 * Reading checks everything before anything is written. Keys that nobody here knows are kept and written back.
 */

import { kindOf, ownOptions, rangeError, shown, typeError } from "../check.js";
import { type DType, dtypeOf, type FloatArray } from "../dtype.js";
import type { Parameter } from "../parameter.js";
import type { Tensor } from "../tensor.js";
import { lengthOf, sameShape } from "../values.js";
import {
  checkSchedulerField,
  type Options,
  SCHEDULER_FIELDS,
  type SchedulerFields,
  torchOnlyValue,
} from "./options.js";

/** A tensor in a state dict. */
export interface TensorState {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: FloatArray;
}

/** State of one parameter by torch's keys. */
export type ParameterStateDict = Record<string, unknown>;

/** Options of one group by torch's keys, and the ids of its parameters. */
export type GroupStateDict = Record<string, unknown> & { params: readonly (number | string)[] };

/** What `stateDict()` returns. */
export interface StateDict {
  state: Record<string, ParameterStateDict>;
  param_groups: GroupStateDict[];
}

/** torch's spelling of a name. */
export function torchKey(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What of a dict is read: the options and the state of one optimizer. */
export interface Layout<O> {
  readonly name: string;
  readonly options: Options<O>;
  readonly moments: readonly string[];
  readonly countsSteps: boolean;
  readonly product?: string;
  momentCount(options: O): number;
}

/** Checked state of one parameter. */
export interface LoadedState {
  readonly step: number;
  readonly product: number;
  readonly moments: readonly TensorState[];
  /** Keys that are kept for the next dict. */
  readonly extras: ParameterStateDict;
}

/** Checked group. */
export interface LoadedGroup<O> {
  readonly values: O;
  readonly fields: SchedulerFields;
  readonly names: readonly string[] | undefined;
  /** Keys that are kept for the next dict. */
  readonly extras: Record<string, unknown>;
  readonly states: readonly (LoadedState | undefined)[];
}

/** Options by which a dict betrays that it was saved by another optimizer, though all that is needed is there. */
const TELLING_KEYS = ["amsgrad", "momentum", "nesterov", "momentum_decay"];

/** The options of a group under torch's keys, in torch's order; then those that torch lacks, then what was kept. */
export function groupDict<O extends object>(
  keys: readonly string[],
  values: O,
  fields: SchedulerFields,
  extras: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const own = new Map(
    Object.entries(values).map(([name, value]) => [torchKey(name), Array.isArray(value) ? [...value] : value]),
  );
  const kept = new Map(Object.entries(structuredClone(extras)));
  const dict: Record<string, unknown> = {};
  for (const key of keys) dict[key] = own.has(key) ? own.get(key) : kept.has(key) ? kept.get(key) : torchOnlyValue(key);
  for (const [key, value] of [...own, ...kept]) dict[key] ??= value;
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) dict[torchKey(field)] = value;
  return dict;
}

/** Checks that a value has the form of a state dict. */
export function checkForm(dict: unknown): StateDict {
  const { state, param_groups } = ownOptions(dict, "state dict");
  ownOptions(state, "state of a state dict");
  if (!Array.isArray(param_groups)) {
    throw typeError("ERR_OPTION", `param_groups of a state dict must be an array, got ${shown(param_groups)}`);
  }
  for (const group of param_groups) {
    const { params } = ownOptions(group, "group of a state dict");
    if (!Array.isArray(params))
      throw typeError("ERR_OPTION", `params of a group must be an array, got ${shown(params)}`);
  }
  return dict as StateDict;
}

/** Checks one group of a dict against the optimizer's. */
export function checkGroupDict<O>(
  dict: GroupStateDict,
  state: Record<string, unknown>,
  params: readonly Parameter[],
  paramNames: readonly string[] | undefined,
  layout: Layout<O>,
): LoadedGroup<O> {
  if (dict.params.length !== params.length) {
    throw mismatch(
      `loaded state dict contains a parameter group that doesn't match the size of optimizer's group: expected ${params.length} parameters, found ${dict.params.length}`,
    );
  }
  const names = checkNames(dict.param_names, paramNames);
  const { values, fields, extras } = checkOptionsOf(dict, layout);
  const count = layout.momentCount(values);
  const states = dict.params.map((id, index) => {
    if (!Object.hasOwn(state, id)) return undefined;
    return checkState(state[id], params[index] as Parameter, count, layout);
  });
  return { values, fields, names, extras, states };
}

/** Names of the group from now on: its own, else the dict's. */
function checkNames(found: unknown, expected: readonly string[] | undefined): readonly string[] | undefined {
  if (!Array.isArray(found)) return expected;
  const wrong = (expected ?? []).findIndex((name, index) => found[index] !== name);
  if (wrong >= 0) {
    throw mismatch(
      `parameter ${wrong} is named ${shown(expected?.[wrong])} here and ${shown(found[wrong])} in the state dict`,
    );
  }
  return expected ?? Object.freeze(found.map(String));
}

function checkOptionsOf<O>(dict: GroupStateDict, { name, options }: Layout<O>) {
  const { params: _, param_names: __, ...rest } = dict;
  const extras = new Map(Object.entries(rest));
  const values = {} as O;
  for (const option of Object.keys(options) as (keyof O & string)[]) {
    const key = torchKey(option);
    const { default: fallback, check, load = check } = options[option];
    if (extras.has(key)) values[option] = load(extras.get(key));
    // Flags came over the years, and dicts from before lack them; without its numbers it is another optimizer's.
    else if (typeof fallback === "boolean" && !TELLING_KEYS.includes(key)) values[option] = fallback;
    else throw mismatch(`the state dict has no ${key}, so it is not one of ${name}`);
    extras.delete(key);
  }
  const fields: SchedulerFields = {};
  for (const field of SCHEDULER_FIELDS) {
    const key = torchKey(field);
    if (extras.has(key)) fields[field] = checkSchedulerField(field, extras.get(key));
    extras.delete(key);
  }
  const telling = TELLING_KEYS.find((key) => extras.has(key));
  if (telling !== undefined) throw mismatch(`the state dict has ${telling}, so it is not one of ${name}`);
  return { values, fields, extras: structuredClone(Object.fromEntries(extras)) };
}

function checkState<O>(entry: unknown, parameter: Parameter, count: number, layout: Layout<O>): LoadedState {
  const what = `state of ${parameter.describe()}`;
  const extras = new Map(Object.entries(ownOptions(entry, what)));
  const take = (key: string): unknown => {
    if (!extras.has(key)) throw mismatch(`${what} has no ${key}, so it is not one of ${layout.name}`);
    const value = extras.get(key);
    extras.delete(key);
    return value;
  };
  const step = layout.countsSteps ? checkStep(take("step"), what) : 1;
  const product = layout.product === undefined ? 1 : checkProduct(take(torchKey(layout.product)), what);
  const moments: TensorState[] = [];
  for (const [which, name] of layout.moments.entries()) {
    const key = torchKey(name);
    // torch writes a buffer that was never filled as None.
    if (extras.get(key) === null && !layout.countsSteps) extras.delete(key);
    else if (which < count || extras.has(key)) {
      moments.push(checkTensorState(take(key), parameter, `${key} of ${parameter.describe()}`));
    }
  }
  return {
    step: moments.length === 0 ? 0 : step,
    product,
    moments,
    extras: structuredClone(Object.fromEntries(extras)),
  };
}

/** A number, or the tensor without dimensions in which torch keeps it. */
function numberIn(value: unknown): unknown {
  const data = (value as Partial<TensorState> | null | undefined)?.data;
  return ArrayBuffer.isView(data) && data.length === 1 ? data[0] : value;
}

function checkStep(value: unknown, what: string): number {
  const step = numberIn(value);
  if (!Number.isSafeInteger(step) || (step as number) < 0) {
    throw rangeError("ERR_STATE_MISMATCH", `step in the ${what} must be an integer from 0 up, got ${shown(step)}`);
  }
  return step as number;
}

function checkProduct(value: unknown, what: string): number {
  const product = numberIn(value);
  if (typeof product !== "number" || !Number.isFinite(product)) {
    throw rangeError("ERR_STATE_MISMATCH", `mu_product in the ${what} must be a finite number, got ${shown(product)}`);
  }
  return product;
}

/** Checks that a value is a tensor of a state dict, and as `tensor` is. */
export function checkTensorState(value: unknown, { shape, dtype, length }: Tensor, what: string): TensorState {
  const found = value as Partial<TensorState> | null;
  const data = found?.data;
  if (!ArrayBuffer.isView(data) || !Array.isArray(found?.shape)) {
    throw mismatch(`${what} must be a tensor, { dtype, shape, data }, got ${shown(value)}`);
  }
  if (!sameShape(found.shape, shape) || data.length !== length || lengthOf(found.shape) !== length) {
    throw mismatch(`${what} has shape [${found.shape}] in the state dict, expected [${shape}]`);
  }
  if (dtypeOf(data) !== dtype) throw mismatch(`${what} is a ${kindOf(data)} in the state dict, expected ${dtype}`);
  return { dtype, shape, data };
}

/** The error for a dict that is valid, but another model's or optimizer's. */
export function mismatch(message: string): RangeError {
  return rangeError("ERR_STATE_MISMATCH", message);
}
