/**
 * State dicts in torch's layout: plain objects, numbers and typed arrays, with torch's keys.
 *
 * ```text
 * { state: { 0: { step, exp_avg, exp_avg_sq } }, param_groups: [{ lr, betas, …, params: [0] }] }
 * ```
 */

import { deepCopy } from "../check.js";
import { type SchedulerFields, torchOnlyValue } from "./options.js";

/** State of one parameter by torch's keys. */
export type ParameterStateDict = Record<string, unknown>;

/** Options of one group by torch's keys, and the ids of its parameters. */
export type GroupStateDict = Record<string, unknown> & { params: readonly (number | string)[] };

/** What `stateDict()` returns. */
export interface StateDict {
  state: Record<string, ParameterStateDict>;
  param_groups: GroupStateDict[];
}

/** Entries of a loaded dict that nobody here knows, by their keys: they are written back into the next one. */
export type Extras = Readonly<Record<string, unknown>>;

/** Such entries of a dict itself, and of its `state` beside the parameters. */
export interface DictExtras {
  readonly dict: Extras;
  readonly state: Extras;
}

/** torch's spelling of a name. */
export function torchKey(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The options of a group under torch's keys, in torch's order; then those that torch lacks, then what was kept. */
export function groupDict<O extends object>(
  keys: readonly string[],
  values: O,
  fields: SchedulerFields,
  extras: Extras,
): Record<string, unknown> {
  const dict = new Map<string, unknown>(keys.map((key) => [key, torchOnlyValue(key)]));
  for (const [name, value] of Object.entries(values)) {
    dict.set(torchKey(name), Array.isArray(value) ? [...value] : value);
  }
  for (const [key, value] of Object.entries(deepCopy(extras))) dict.set(key, value);
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) dict.set(torchKey(field), value);
  return Object.fromEntries(dict);
}
