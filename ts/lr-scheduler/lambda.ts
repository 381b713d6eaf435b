/** Functions of the epoch as options: one for all groups, or one for each. */

import { mismatch, rangeError, shown, typeError } from "../check.js";
import { type Field, list } from "./fields.js";

/** A factor of the learning rate at an epoch. */
export type LRLambda = (epoch: number) => number;

const isLambda = (value: unknown): value is LRLambda => typeof value === "function";

function checkLambda(value: unknown): LRLambda {
  if (isLambda(value)) return value;
  throw typeError("ERR_OPTION", `lrLambda should be a function, but got ${shown(value)}`);
}

/** Functions are not saved, as in torch: a null stands for each. */
export const LAMBDAS: Field<readonly LRLambda[]> = {
  key: "lr_lambdas",
  check: (value, optimizer) => {
    const groups = optimizer.paramGroups.length;
    if (!Array.isArray(value)) {
      const one = checkLambda(value);
      return Array.from({ length: groups }, () => one);
    }
    if (value.length !== groups)
      throw rangeError("ERR_OPTION", `Expected ${groups} lrLambdas, but got ${value.length}`);
    return value.map(checkLambda);
  },
  save: (lambdas) => lambdas.map(() => null),
  load: (saved, current, optimizer) => {
    const count = list("lr_lambdas", (each) => {
      if (each !== null) throw mismatch("lr_lambdas holds a callable object of Python, which cannot be loaded");
    })(saved, optimizer).length;
    if (count > current.length) throw mismatch(`Expected ${current.length} lr_lambdas, but got ${count}`);
    // Groups that were added to the saved run had no function.
    return current.slice(0, count);
  },
};

/** Calls a function for a factor. */
export function factorOf(lambda: LRLambda | undefined, epoch: number): number {
  const factor: unknown = lambda === undefined ? 1 : lambda(epoch);
  if (typeof factor !== "number") throw typeError("ERR_OPTION", `lrLambda must return a number, got ${shown(factor)}`);
  return factor;
}
