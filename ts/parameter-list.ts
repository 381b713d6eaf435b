/** Parameters as functions that work on several take them. */

import { isIterable, kindOf, rangeError, shown, typeError } from "./check.js";
import { isForeign, refuseForeign } from "./foreign.js";
import { Parameter } from "./parameter.js";
import { SparseTensor } from "./sparse-tensor.js";
import { Tensor } from "./tensor.js";

/** The parameters in one or an iterable of them: alive, and none of them twice. */
export function parametersOf(params: unknown, what: string): readonly Parameter[] {
  const parameters = listOf(params, what) as readonly Parameter[];
  let [before, isAscending] = [0, true];
  for (const parameter of parameters) {
    if (!(parameter instanceof Parameter)) {
      refuseForeign(parameter);
      throw typeError("ERR_OPTION", `${what} takes Parameters, but one of them is ${kindOf(parameter)}`);
    }
    parameter.checkAlive();
    isAscending &&= parameter.pointer > before;
    before = parameter.pointer;
  }
  // Parameters mostly lie in the order in which they were allocated, and then none is there twice.
  if (!isAscending && new Set(parameters).size < parameters.length) {
    throw rangeError("ERR_ALIAS", `${what} got the same parameter more than once`);
  }
  return parameters;
}

/** One tensor as a list of one; the items of an iterable, unchecked. */
export function listOf(items: unknown, what: string): readonly unknown[] {
  if (items instanceof Tensor || items instanceof SparseTensor || isForeign(items)) return [items];
  if (!isIterable(items)) {
    throw typeError("ERR_OPTION", `${what} takes one tensor or an iterable of them, but got ${shown(items)}`);
  }
  return [...items];
}
