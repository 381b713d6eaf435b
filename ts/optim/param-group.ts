/**
 * Param groups: parameters that share options. Every option is checked when it is assigned.
 */

import { isIterable, kindOf, ownOptions, rangeError, shown, typeError, unknownOption } from "../check.js";
import { INSPECT } from "../globals.js";
import { Parameter } from "../parameter.js";
import { optionFlags } from "./flags.js";
import {
  type CommonOptions,
  checkOptions,
  checkSchedulerField,
  type Options,
  SCHEDULER_FIELDS,
  type SchedulerFields,
  takeSchedulerFields,
} from "./options.js";
import { checkItems, type ParamItem } from "./param-items.js";
import { torchKey } from "./state-dict.js";

/** Options as people give them: what is left out or undefined has its default. */
export type Given<O> = { [K in keyof O]?: O[K] | undefined };

/** Parameters with options of their own, as given to an optimizer. */
export type ParamGroupInit<O = CommonOptions> = Given<O & SchedulerFields> & {
  readonly params: Parameter | Iterable<ParamItem>;
  /** What messages call the group. */
  readonly name?: string | undefined;
  /** Names of the parameters, unless these come with names. */
  readonly paramNames?: readonly string[] | undefined;
};

/** What an optimizer takes: parameters, named parameters, or groups, in any iterable. */
export type Params<O = CommonOptions> = Iterable<ParamItem> | Iterable<ParamGroupInit<O>>;

/** A group of an optimizer. Options are read and written as properties; a wrong value throws and changes nothing. */
export type ParamGroup<O = CommonOptions> = O &
  SchedulerFields & {
    readonly params: readonly Parameter[];
    readonly name: string | undefined;
    /** Names of the parameters, if they were given with names, or such a dict was loaded. */
    readonly paramNames: readonly string[] | undefined;
  };

/** A group as it was given, checked. */
export interface CheckedGroup<O> {
  readonly params: readonly Parameter[];
  paramNames: readonly string[] | undefined;
  readonly name: string | undefined;
  /** Options by name; the step reads them here. */
  readonly values: O;
  /** Those that are true, as bits. */
  flags: number;
  /** What schedulers noted. */
  fields: SchedulerFields;
}

/** Splits what an optimizer was given into groups, without looking into them. */
export function toGroupInits(params: unknown): unknown[] {
  if (!isIterable(params)) {
    throw typeError(
      "ERR_OPTION",
      `params argument given to the optimizer should be an iterable of Parameters or groups, but got ${kindOf(params)}${listHint(params)}`,
    );
  }
  const items = [...params];
  if (items.length === 0) throw rangeError("ERR_OPTION", "optimizer got an empty parameter list");
  return isPlainObject(items[0]) ? items : [{ params: items }];
}

/** How to make a list of what is none. */
function listHint(params: unknown): string {
  if (params instanceof Parameter || (isPlainObject(params) && "params" in (params as object))) {
    return "; put it into an array";
  }
  return isPlainObject(params) ? "; pass Object.values() or Object.entries() of it" : "";
}

/** Checks one group; `defaults` fill what it does not say. */
export function checkGroup<O extends object>(
  init: unknown,
  defaults: O,
  options: Options<O>,
  what: string,
): CheckedGroup<O> {
  if (init instanceof Parameter || Array.isArray(init)) {
    throw typeError("ERR_OPTION", `param group must be an object with params, but got ${kindOf(init)}`);
  }
  const { params, name, paramNames, ...given } = ownOptions(init, "param group");
  const rest = new Map(Object.entries(given));
  const fields = takeSchedulerFields(rest, String);
  if (params === undefined) {
    const names = Object.keys(given).join(", ");
    throw typeError("ERR_OPTION", `param group has no params${names && `, only ${names}`}`);
  }
  if (name !== undefined && typeof name !== "string") {
    throw typeError("ERR_OPTION", `name of a param group must be a string, got ${shown(name)}`);
  }
  const values = { ...defaults, ...checkOptions(rest, options, what) };
  return { ...checkItems(params, paramNames), name, values, flags: optionFlags(values), fields };
}

function isPlainObject(value: unknown): boolean {
  return kindOf(value) === "Object" && !isIterable(value);
}

/**
 * The object in `paramGroups`: an accessor for each option, and nothing can be added to it.
 *
 * @param what messages call the optimizer
 * @param beforeAssign is called with the checked value before it is kept, and throws if this is not its moment.
 */
export function paramGroup<O extends object>(
  checked: CheckedGroup<O>,
  options: Options<O>,
  what: string,
  beforeAssign: (option: keyof O, value: unknown) => void,
): ParamGroup<O> {
  const { params, name, values } = checked;
  // Names are properties also where there are none: nothing is read from a prototype.
  const group = Object.create(Object.prototype, {
    params: { value: params, enumerable: true },
    name: { value: name, enumerable: name !== undefined },
    paramNames: {
      get: () => checked.paramNames,
      enumerable: checked.paramNames !== undefined,
      // A dict may bring names.
      configurable: true,
    },
  });
  for (const option of Object.keys(options) as (keyof O)[]) {
    Object.defineProperty(group, option, {
      enumerable: true,
      get: () => values[option],
      set: (value: unknown) => {
        const { check, assign = check } = options[option];
        const kept = assign(value);
        beforeAssign(option, kept);
        values[option] = kept;
        checked.flags = optionFlags(values);
      },
    });
    refuseTorchName(group, option as string, what);
  }
  for (const field of SCHEDULER_FIELDS) {
    Object.defineProperty(group, field, {
      enumerable: true,
      get: () => checked.fields[field],
      set: (value: unknown) => {
        checked.fields[field] = checkSchedulerField(field, value);
      },
    });
    refuseTorchName(group, field, what);
  }
  const inspect = () => {
    const { paramNames, fields } = checked;
    return { params, ...(name && { name }), ...(paramNames && { paramNames }), ...values, ...fields };
  };
  Object.defineProperty(group, INSPECT, { value: inspect });
  return Object.preventExtensions(group);
}

/** Where code is not strict, an assignment to torch's name would do nothing, without a word. */
function refuseTorchName(group: object, option: string, what: string): void {
  const name = torchKey(option);
  const set = () => {
    throw unknownOption(name, [option], what);
  };
  if (name !== option) Object.defineProperty(group, name, { set });
}

/** The name and the options of a group, as torch prints them. */
export function printedGroup<O>(group: ParamGroup<O>, options: Options<O>): string {
  const lines = [...Object.keys(options), ...SCHEDULER_FIELDS]
    .filter((name) => group[name as keyof O] !== undefined)
    .sort()
    .map((name) => `    ${name}: ${JSON.stringify(group[name as keyof O])}`);
  if (group.name !== undefined) lines.unshift(`    name: ${group.name}`);
  return lines.join("\n");
}
