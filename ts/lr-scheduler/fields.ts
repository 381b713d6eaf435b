/** What schedulers are given and what they keep: each value with its check, and with torch's name of it in a state dict. */

import { checkBoolean, checkNumber, knownOptions, rangeError, shown, typeError } from "../check.js";
import type { Optimizer } from "../optim/optimizer.js";
import { checkOptimizer } from "./groups.js";

/** Returns the value to keep, or throws; `index` is its place in a list. */
export type Check<T> = (value: unknown, optimizer: Optimizer, index?: number) => T;

/** An option: its check, and what is checked when it is not given. */
export interface SchedulerOption<T> {
  readonly check: Check<T>;
  readonly default?: unknown;
}

/** A value that a scheduler keeps. */
export interface Field<T> extends SchedulerOption<T> {
  /** torch's name of it in a state dict. */
  readonly key: string;
  /** Older state dicts may lack it; it then stays as it is. */
  readonly isOptional?: boolean;
  /** How it is written in a state dict, if not as a copy. */
  readonly save?: (value: T) => unknown;
  /** How it is read from a state dict, if not like an option. */
  readonly load?: (saved: unknown, current: T, optimizer: Optimizer) => T;
}

/** All that a scheduler keeps. */
export type Fields<S> = { readonly [K in keyof S]-?: Field<S[K]> };

/** The options that a kind of scheduler takes. */
export interface OptionTable<O> {
  readonly name: string;
  readonly options: { readonly [K in keyof O]-?: SchedulerOption<O[K]> };
}

/** Reads the options of a scheduler: unknown names are refused, the others checked. */
export function readOptions<O extends object>(
  optimizer: Optimizer,
  options: unknown,
  { name, options: known }: OptionTable<O>,
): O {
  checkOptimizer(optimizer);
  const names = Object.keys(known) as (keyof O & string)[];
  const given = knownOptions(options, names, name);
  const values = {} as O;
  for (const name of names) {
    const { check, default: fallback } = known[name];
    values[name] = check(given[name] === undefined ? fallback : given[name], optimizer);
  }
  return values;
}

/** A number; `expected` begins the message: "Expected positive integer tMax". */
export function number(expected: string, accepts: (x: number) => boolean): Check<number> {
  return (value) => checkNumber(value, `${expected}, but got `, accepts);
}

export const positiveInteger = (name: string) =>
  number(`Expected positive integer ${name}`, (x) => Number.isSafeInteger(x) && x > 0);

export const countFromZero = (name: string) =>
  number(`Expected non-negative integer ${name}`, (x) => Number.isSafeInteger(x) && x >= 0);

export const positiveNumber = (name: string) => number(`Expected positive number ${name}`, (x) => x > 0);

export const nonNegativeNumber = (name: string) => number(`Expected non-negative number ${name}`, (x) => x >= 0);

/** One of some words; `message` is the beginning of the sentence that refuses others. */
export function oneOf<W extends string>(words: readonly W[], message: (value: string) => string): Check<W> {
  return (value) => {
    if (words.includes(value as W)) return value as W;
    throw (typeof value === "string" ? rangeError : typeError)("ERR_OPTION", message(shown(value)));
  };
}

export const boolean =
  (name: string): Check<boolean> =>
  (value) =>
    checkBoolean(value, name);

/** Nothing, as undefined or null, or what `check` accepts. */
export const orNothing =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value, optimizer) =>
    value === undefined || value === null ? undefined : check(value, optimizer);

/** null, or what `check` accepts. */
export const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, optimizer) =>
    value === null ? null : check(value, optimizer);

/** A list. */
export const list =
  <T>(name: string, check: Check<T>): Check<readonly T[]> =>
  (value, optimizer) => {
    if (!Array.isArray(value)) throw typeError("ERR_OPTION", `${name} must be an array, got ${shown(value)}`);
    return Object.freeze(value.map((each: unknown, index) => check(each, optimizer, index)));
  };

/** One value for all groups, or a list with one for each. */
export const perGroup =
  <T>(name: string, check: Check<T>): Check<readonly T[]> =>
  (value, optimizer) => {
    const groups = optimizer.paramGroups.length;
    if (!Array.isArray(value)) {
      const one = check(value, optimizer);
      return Object.freeze(Array.from({ length: groups }, () => one));
    }
    if (value.length !== groups) {
      throw rangeError(
        "ERR_OPTION",
        `${name} must have the same length as optimizer.paramGroups. ${name} has ${value.length} values, paramGroups has ${groups}`,
      );
    }
    return list(name, check)(value, optimizer);
  };

/** Epoch to go on after, −1 to start afresh. */
export const LAST_EPOCH: SchedulerOption<number> = {
  default: -1,
  check: number("Expected integer lastEpoch of at least -1", (x) => Number.isSafeInteger(x) && x >= -1),
};
