/** Who may be in the groups of an optimizer: each parameter once, and all of them with names or none. */

import { rangeError } from "../check.js";
import type { Parameter } from "../parameter.js";
import type { CheckedGroup } from "./param-group.js";

type Members = Pick<CheckedGroup<object>, "params" | "paramNames">;

/** Throws if one of the groups that are `added` to an optimizer's must not be there. */
export function checkMembers(groups: readonly Members[], added: readonly Members[]): void {
  const seen = new Set(groups.flatMap(({ params }) => params));
  const first = [...groups, ...added].find(({ params }) => params.length > 0);
  for (const { params, paramNames } of added) {
    const own = new Set<Parameter>();
    for (const parameter of params) {
      if (own.has(parameter)) {
        throw twice("optimizer contains a parameter group with duplicate parameters", parameter);
      }
      if (seen.has(parameter)) throw twice("some parameters appear in more than one parameter group", parameter);
      own.add(parameter);
    }
    for (const parameter of own) seen.add(parameter);
    if (params.length > 0 && (paramNames === undefined) !== (first?.paramNames === undefined)) {
      throw rangeError(
        "ERR_OPTION",
        `all optimizer param groups should be with/without names. cannot add param group ${paramNames ? "with" : "without"} names to the optimizer`,
      );
    }
  }
}

const twice = (words: string, parameter: Parameter) => rangeError("ERR_ALIAS", `${words}: ${parameter.describe()}`);
