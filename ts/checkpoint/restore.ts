/** A checkpoint back into what it was made of: checked first, then written, and taken back if anything throws. */

import { type CodedError, kindOf, mismatch, ownOptions, shown, typeError } from "../check.js";
import { sameShape } from "../values.js";
import type { StoredTensor } from "./stored-tensor.js";
import { classHint, isPlainObject, MAX_DEPTH } from "./text.js";
import { isTensor } from "./tree.js";

/** What is restored: tensors, what has `loadStateDict`, and arrays and plain objects of them. */
export interface Targets {
  readonly [name: string]: object;
}

interface Loadable {
  stateDict(): object;
  loadStateDict(dict: object): void;
}

/** What is to be written where. */
interface Plan {
  readonly tensors: [target: StoredTensor, saved: StoredTensor][];
  readonly loadables: [target: Loadable, saved: object][];
}

/** Restores `targets` from the parts of a checkpoint with the same keys; other parts may be there. */
export function restore(targets: Targets, checkpoint: object): void {
  if (isTensor(targets) || isLoadable(targets)) {
    throw typeError(
      "ERR_OPTION",
      `targets must be parts by name, as in { optimizer }, got a part itself: ${shown(targets)}`,
    );
  }
  const plan: Plan = { tensors: [], loadables: [] };
  for (const [name, target] of Object.entries(ownOptions(targets, "targets"))) {
    if (!Object.hasOwn(checkpoint, name)) {
      throw mismatch(`the checkpoint has no ${shown(name)}, only ${listed(Object.keys(checkpoint))}`);
    }
    match(target, (checkpoint as Record<string, unknown>)[name], name, plan);
  }
  const behind = loadAll(plan.loadables);
  // Their views are taken only now: what was loaded may have grown the memory.
  for (const [target, { data }] of plan.tensors) (target.data as Float64Array).set(data as Float64Array);
  if (behind !== undefined) throw behind;
}

function match(target: unknown, saved: unknown, name: string, plan: Plan): void {
  if (isTensor(target)) {
    plan.tensors.push([target, matchTensor(target, saved, name)]);
  } else if (isLoadable(target)) {
    if (!isPlainObject(saved)) throw mismatch(`${name} in the checkpoint is no state dict, but ${shown(saved)}`);
    plan.loadables.push([target, saved]);
  } else if (Array.isArray(target) || isPlainObject(target)) {
    const isSame = Array.isArray(target) ? Array.isArray(saved) : isPlainObject(saved) && !isTensor(saved);
    if (!isSame) {
      const found = isTensor(saved) ? "a tensor" : shown(saved);
      throw mismatch(`${name} in the checkpoint is ${found}, expected ${shown(target)}`);
    }
    const [expected, found] = [Object.keys(target), Object.keys(saved as object)];
    const missing = expected.filter((key) => !Object.hasOwn(saved as object, key));
    const unexpected = found.filter((key) => !Object.hasOwn(target, key));
    if (missing.length > 0) throw mismatch(`missing key(s) in ${name} of the checkpoint: ${listed(missing)}`);
    if (unexpected.length > 0) {
      throw mismatch(`unexpected key(s) in ${name} of the checkpoint: ${listed(unexpected)}`);
    }
    for (const key of expected) {
      const [inner, own] = [target, saved].map((each) => (each as Record<string, unknown>)[key]);
      match(inner, own, `${name}.${key}`, plan);
    }
  } else throw notRestorable(target, name);
}

/** Refuses what could be saved, but never restored. */
export function checkTargets(targets: Targets): void {
  const check = (target: unknown, name: string, depth: number): void => {
    if (isTensor(target) || isLoadable(target)) return;
    if (!Array.isArray(target) && !isPlainObject(target)) throw notRestorable(target, name);
    // What nests deeper, or holds itself, is refused when it is saved.
    if (depth === MAX_DEPTH) return;
    for (const [key, inner] of Object.entries(target)) check(inner, `${name}.${key}`, depth + 1);
  };
  for (const [name, target] of Object.entries(ownOptions(targets, "parts"))) check(target, name, 1);
}

const notRestorable = (target: unknown, name: string) =>
  typeError(
    "ERR_OPTION",
    `${name} must be a tensor or have loadStateDict() to be restored, got ${shown(target)}${classHint(target)}`,
  );

const isLoadable = (target: unknown): target is Loadable =>
  typeof (target as Partial<Loadable> | null)?.loadStateDict === "function";

function matchTensor(target: StoredTensor, saved: unknown, name: string): StoredTensor {
  const { dtype, shape, data } = target;
  if (!isTensor(saved)) throw mismatch(`${name} in the checkpoint is no tensor, but ${shown(saved)}`);
  if (saved.dtype !== dtype || !sameShape(saved.shape, shape)) {
    throw mismatch(`${name} is ${saved.dtype} [${saved.shape}] in the checkpoint, expected ${dtype} [${shape}]`);
  }
  const isSameArray = kindOf(data) === kindOf(saved.data) && data.length === saved.data.length;
  if (!isSameArray) throw mismatch(`${name} is ${arrayOf(saved)} in the checkpoint, expected ${arrayOf(target)}`);
  return saved;
}

const arrayOf = ({ data }: StoredTensor) => `a ${kindOf(data)} of ${data.length} elements`;

/**
 * Last first: a scheduler comes behind its optimizer, and torch loads it before. Each loads all or nothing, so what it takes
 * to undo is kept for all but the optimizer, which is the largest. Returns what a hook threw behind a load.
 */
function loadAll(loadables: Plan["loadables"]): unknown {
  const done: [Loadable, object][] = [];
  let behind: unknown;
  try {
    for (const [i, [target, saved]] of [...loadables].reverse().entries()) {
      const before = i < loadables.length - 1 ? target.stateDict() : undefined;
      behind = loadOne(target, saved) ?? behind;
      if (before !== undefined) done.push([target, before]);
    }
  } catch (error) {
    for (const [target, before] of done.reverse()) loadOne(target, before);
    throw error;
  }
  return behind;
}

/** Returns the error of a hook that runs when all is loaded. */
function loadOne(target: Loadable, dict: object): unknown {
  try {
    target.loadStateDict(dict);
  } catch (error) {
    if ((error as CodedError | null)?.code !== "ERR_HOOK") throw error;
    return error;
  }
  return undefined;
}

/** Keys as a message shows them: the first ones, and how many there are. */
function listed(keys: readonly string[]): string {
  const first = keys.slice(0, 8).map(shown).join(", ");
  return keys.length > 8 ? `${first}, … (${keys.length} in all)` : first;
}
