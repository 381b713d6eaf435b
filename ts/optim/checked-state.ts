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
  const takeNumber = (key: string, kind: string, accepts: (value: unknown) => boolean): number => {
    const value = numberIn(take(key));
    if (!accepts(value)) throw mismatch(`${key} in the ${what} must be ${kind}, got ${shown(value)}`);
    return value as number;
  };
  // As in torch, an empty entry is that of a parameter before its first step.
  const hasStep = layout.countsSteps && rest.has("step");
  if (!hasStep && !layout.moments.some((name) => rest.has(torchKey(name)))) {
    return { step: 0, product: 1, moments: [], extras: copyOf(Object.fromEntries(rest), what) };
  }
  const step = layout.countsSteps ? takeNumber("step", "an integer from 0 up", isCount) : 1;
  const product =
    layout.product === undefined ? 1 : takeNumber(torchKey(layout.product), "a finite number", Number.isFinite);
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

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
