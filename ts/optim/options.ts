/**
 * Options of param groups: what an optimizer declares of each, and the checks they share, with torch's words.
 */

import { checkBoolean, checkNumber, rangeError, shown, typeError, unknownOption } from "../check.js";
import { numberIn } from "../tensor-state.js";

/** One option: its default, and a check that returns the value to keep or throws. */
export interface Option<T> {
  readonly default: T;
  readonly check: (value: unknown) => T;
  /** The check of a value that is assigned to a group, where that is another one. */
  readonly assign?: (value: unknown) => T;
  /** The check of a value in a state dict, where that is another one. */
  readonly load?: (value: unknown) => T;
}

/** All options of an optimizer's groups. */
export type Options<O> = { readonly [K in keyof O]-?: Option<O[K]> };

/** What the groups of every optimizer have. */
export interface CommonOptions {
  /** Learning rate. */
  lr: number;
}

/** A pair of decay rates, for the first and the second moment. */
export type Betas = readonly [number, number];

/** A finite number from 0 up. `words` come before the value: "Invalid learning rate". */
export function nonNegative(fallback: number, words: string): Option<number> {
  return { default: fallback, check: (value) => checkNumber(value, `${words}: `, (x) => x >= 0) };
}

/** A finite number above 0. */
export function positive(fallback: number, words: string): Option<number> {
  return { default: fallback, check: (value) => checkNumber(value, `${words}: `, (x) => x > 0) };
}

/** Any finite number. */
export function finite(fallback: number, words: string): Option<number> {
  return { default: fallback, check: (value) => checkNumber(value, `${words}: `, () => true) };
}

/** A pair of numbers in [0, 1). */
export function betas(first: number, second: number): Option<Betas> {
  const check = (value: unknown): Betas => {
    if (!Array.isArray(value)) throw typeError("ERR_OPTION", `betas must be a pair of numbers, got ${shown(value)}`);
    if (value.length !== 2) throw rangeError("ERR_OPTION", `betas must be a pair of numbers, got ${shown(value)}`);
    const beta = (index: 0 | 1) =>
      checkNumber(value[index], `Invalid beta parameter at index ${index}: `, (x) => x >= 0 && x < 1);
    return Object.freeze([beta(0), beta(1)] as const);
  };
  return { default: Object.freeze([first, second] as const), check };
}

/** True or false. */
export function flag(fallback: boolean, name: string): Option<boolean> {
  return { default: fallback, check: (value) => checkBoolean(value, name) };
}

/** A learning rate in a dict: torch may round one that goes from `initial` to zero to less than that. */
export function notBelowZero(rate: unknown, initial = 0): unknown {
  return typeof rate === "number" && rate < 0 && rate > -1e-12 * initial ? 0 : rate;
}

/** What schedulers note in a group, by torch's names: undefined until one does. */
export interface SchedulerFields {
  /** The learning rate a schedule starts from. */
  initialLr?: number | undefined;
  /** Bounds between which a cycle moves the learning rate. */
  maxLr?: number | undefined;
  minLr?: number | undefined;
  /** Bounds between which a cycle moves the momentum, or beta1. */
  maxMomentum?: number | undefined;
  baseMomentum?: number | undefined;
  /** The learning rate while weights are averaged. */
  swaLr?: number | undefined;
}

/** Names of the {@link SchedulerFields}, which every group has beside its optimizer's options. */
export const SCHEDULER_FIELDS = ["initialLr", "maxLr", "minLr", "maxMomentum", "baseMomentum", "swaLr"] as const;

/** A scheduler field: a finite number, or undefined. */
export function checkSchedulerField(name: string, value: unknown): number | undefined {
  return value === undefined ? undefined : checkNumber(value, `Invalid ${name}: `, () => true);
}

/** Takes the scheduler fields out of `entries`, where each is under the key that `keyOf` makes of its name. */
export function takeSchedulerFields(entries: Map<string, unknown>, keyOf: (field: string) => string): SchedulerFields {
  const fields: SchedulerFields = Object.create(null);
  for (const field of SCHEDULER_FIELDS) {
    const key = keyOf(field);
    const value = numberIn(entries.get(key));
    if (value !== undefined) fields[field] = checkSchedulerField(field, value);
    entries.delete(key);
  }
  return fields;
}

/** torch's options about how a step is computed, and the value in its state dicts. */
const TORCH_ONLY = new Map<string, null | false>([
  ["foreach", null],
  ["fused", null],
  ["capturable", false],
  ["differentiable", false],
]);

/** What torch has in a state dict under a key that is no option here. */
export const torchOnlyValue = (key: string): null | false | undefined => TORCH_ONLY.get(key);

/** The checked options among `given`; what is undefined counts as not given. */
export function checkOptions<O>(given: Iterable<[string, unknown]>, options: Options<O>, what: string): Partial<O> {
  const checked: Partial<O> = {};
  for (const [name, value] of given) {
    if (Object.hasOwn(options, name)) {
      if (value !== undefined) checked[name as keyof O] = options[name as keyof O].check(value);
    } else if (TORCH_ONLY.has(name)) {
      const asksForNothing = (value ?? false) === false || (value === true && name === "fused");
      if (!asksForNothing) {
        const error = typeof value === "boolean" ? rangeError : typeError;
        throw error(
          "ERR_OPTION",
          `${name}: ${shown(value)} has no meaning here; leave it out, every step is one fused pass`,
        );
      }
    } else {
      throw unknownOption(name, Object.keys(options), what);
    }
  }
  return checked;
}

/** The default of every option. */
export function defaultsOf<O>(options: Options<O>): O {
  const defaults = {} as O;
  for (const name of Object.keys(options) as (keyof O)[]) defaults[name] = options[name].default;
  return defaults;
}
