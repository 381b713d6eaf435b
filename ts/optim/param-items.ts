/** What a param group holds: parameters, or parameters with names. */

import { isIterable, kindOf, rangeError, shown, typeError } from "../check.js";
import { refuseForeign } from "../foreign.js";
import { Parameter } from "../parameter.js";

/** A parameter, or a parameter with a name. */
export type ParamItem = Parameter | readonly [name: string, parameter: Parameter];

/** The parameters among `params`, and their names: those that come with them, else `paramNames`. */
export function checkItems(params: unknown, paramNames: unknown) {
  const items = params instanceof Parameter ? [params] : isIterable(params) ? [...params] : [params];
  const names: string[] = [];
  const parameters = items.map((item) => {
    // Two parameters are a list within the list, and no pair.
    if (!Array.isArray(item) || item.length !== 2 || typeof item[0] !== "string") return checkParameter(item);
    names.push(item[0]);
    return checkParameter(item[1]);
  });
  if (names.length > 0 && names.length < parameters.length) {
    throw rangeError("ERR_OPTION", "all optimizer params should be with/without names. Some param names are missing");
  }
  const found = names.length > 0 ? names : paramNames;
  const checked = found === undefined ? undefined : checkNames(found, parameters.length, "paramNames");
  return { params: Object.freeze(parameters), paramNames: checked };
}

/** A frozen copy of `names`, one for each of so many parameters. */
export function checkNames(names: unknown, count: number, what: string): readonly string[] {
  const areNames = Array.isArray(names) && [...names].every((name) => typeof name === "string");
  if (areNames && names.length === count) return Object.freeze([...names]);
  const error = areNames ? rangeError : typeError;
  throw error("ERR_OPTION", `${what} of a group must name its ${count} parameters, got ${shown(names)}`);
}

function checkParameter(value: unknown): Parameter {
  if (value instanceof Parameter) {
    value.checkAlive();
    return value;
  }
  refuseForeign(value);
  throw typeError("ERR_OPTION", `optimizer can only optimize Parameters, but one of the params is ${kindOf(value)}`);
}
