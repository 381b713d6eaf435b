/** What is read of a parameter's state in a state dict. */

import { copyOf, mismatch, ownOptions, shown } from "../check.js";
import type { FloatArray } from "../dtype.js";
import type { Parameter } from "../parameter.js";
import { checkTensor, numberIn } from "../tensor-state.js";
import { type Extras, torchKey } from "./state-dict.js";
import type { StateNames } from "./state-map.js";

/** Checked state of one parameter. */
export interface CheckedState {
  readonly step: number;
  readonly product: number;
  readonly moments: readonly FloatArray[];
  readonly extras: Extras;
}

/** Checks the state of one parameter. It must have `count` moments, and may have more. */
export function checkState(
  entry: unknown,
  parameter: Parameter,
  count: number,
  layout: StateNames<string> & { readonly name: string },
): CheckedState {
  const what = `state of ${parameter.describe()}`;
  const rest = new Map(Object.entries(ownOptions(entry, what)));
  const take = (key: string): unknown => {
    if (!rest.has(key)) throw mismatch(`${what} has no ${key}, so it is not one of ${layout.name}`);
    const value = rest.get(key);
    rest.delete(key);
    return value;
  };
  // As in torch, an empty entry is that of a parameter before its first step.
  const own = [...(layout.countsSteps ? ["step"] : []), ...layout.moments.map(torchKey)];
  if (!own.some((key) => rest.has(key))) {
    return { step: 0, product: 1, moments: [], extras: copyOf(Object.fromEntries(rest), what) };
  }
  const step = layout.countsSteps ? checkStep(take("step"), what) : 1;
  const product =
    layout.product === undefined ? 1 : checkProduct(take(torchKey(layout.product)), torchKey(layout.product), what);
  const moments: FloatArray[] = [];
  for (const [which, name] of layout.moments.entries()) {
    const key = torchKey(name);
    // torch writes a buffer that was never filled as None.
    if (rest.get(key) === null && !layout.countsSteps) rest.delete(key);
    else if (which < count || rest.has(key)) {
      moments.push(checkTensor(take(key), parameter, `${key} of ${parameter.describe()}`));
    }
  }
  if (step === 0 && (product !== 1 || moments.some((moment) => moment.some((element) => element !== 0)))) {
    throw mismatch(`${what} is that of step 0, but not what it is before the first step`);
  }
  const extras = copyOf(Object.fromEntries(rest), what);
  return { step: moments.length === 0 ? 0 : step, product, moments, extras };
}

function checkStep(value: unknown, what: string): number {
  const step = numberIn(value);
  if (!Number.isSafeInteger(step) || (step as number) < 0) {
    throw mismatch(`step in the ${what} must be an integer from 0 up, got ${shown(step)}`);
  }
  return step as number;
}

function checkProduct(value: unknown, key: string, what: string): number {
  const product = numberIn(value);
  if (!Number.isFinite(product)) throw mismatch(`${key} in the ${what} must be a finite number, got ${shown(product)}`);
  return product as number;
}
