/**
 * Nested values, taken apart into tensors with names and the rest, and put together again.
 *
 * ```text
 * { model: { weight: tensor }, epoch: 3 }   ⇄   "model.weight": tensor   and   { model: {}, epoch: 3 }
 * ```
 *
 * A tensor in an array leaves a null. Names come from keys alone, so that PyTorch and people find them: a key may hold dots
 * if it names a tensor ("layer.0.weight"), but not if it names an object.
 */

import { rangeError, shown } from "../check.js";
import { invalid } from "./invalid.js";
import type { StoredTensor } from "./stored-tensor.js";
import { isPlainObject, MAX_DEPTH } from "./text.js";

/** The tensors, and what is left. */
export interface Parts {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly rest: unknown;
}

/** Takes apart; `prepare` may put another value in the place of each. */
export function takeApart(value: unknown, prepare: (value: unknown, name: string) => unknown): Parts {
  const tensors = new Map<string, StoredTensor>();
  const walk = (unprepared: unknown, name: string, depth: number): unknown => {
    if (depth > MAX_DEPTH)
      throw rangeError("ERR_LIMIT", `a checkpoint nests ${MAX_DEPTH} deep at most, which ${name} does not`);
    const each = prepare(unprepared, name);
    if (isTensor(each)) {
      tensors.set(name, each);
      return undefined;
    }
    const inside = (key: string) => (depth === 0 ? key : `${name}.${key}`);
    if (Array.isArray(each)) return each.map((item, i) => walk(item, inside(`${i}`), depth + 1) ?? null);
    if (!isPlainObject(each)) return each;
    const rest = new Map<string, unknown>();
    const dotted: string[] = [];
    for (const [key, member] of Object.entries(each)) {
      const before = tensors.size;
      const left = walk(member, inside(key), depth + 1);
      if (left !== undefined) rest.set(key, left);
      if (key.includes(".") && tensors.size > before) dotted.push(key);
    }
    for (const key of dotted) checkDots(key, rest, name);
    return Object.fromEntries(rest);
  };
  const rest = walk(value, "", 0);
  return { tensors, rest };
}

/** A tensor of ours, of a state dict, or of a file. A sparse one is none: its data are some of its elements. */
export function isTensor(value: unknown): value is StoredTensor {
  if (typeof value !== "object" || value === null || !("dtype" in value && "shape" in value && "data" in value))
    return false;
  return !("indices" in value) && ArrayBuffer.isView(value.data) && Array.isArray(value.shape);
}

/** Refuses a key with dots if its name would lead elsewhere. */
function checkDots(key: string, rest: ReadonlyMap<string, unknown>, name: string): void {
  const first = key.slice(0, key.indexOf("."));
  const isAlone = !rest.has(key);
  if (isAlone && !isContainer(rest.get(first))) return;
  const what = isAlone ? `a tensor beside ${shown(first)}` : "an object of tensors";
  throw rangeError(
    "ERR_OPTION",
    `the key ${shown(key)}${name && ` in ${name}`} names ${what}, so it may not have a dot`,
  );
}

/** Tensors are none, which may stand beside others whose names go on: `a` and `a.b`. */
const isContainer = (value: unknown): value is object =>
  Array.isArray(value) || (isPlainObject(value) && !isTensor(value));

/** Puts together, into `rest` itself. Throws ERR_CHECKPOINT if a tensor's place is taken. */
export function putTogether({ tensors, rest }: Parts): unknown {
  for (const [name, tensor] of tensors) {
    let container = rest as object;
    let key = name;
    for (let dot = key.indexOf("."); dot >= 0; dot = key.indexOf(".")) {
      const inner = memberOf(container, key.slice(0, dot));
      if (!isContainer(inner)) break;
      container = inner;
      key = key.slice(dot + 1);
    }
    const isFree = Array.isArray(container)
      ? /^\d+$/.test(key) && memberOf(container, key) === null
      : !Object.hasOwn(container, key);
    if (!isFree) throw invalid("layout", `tensor ${shown(name)} has no place among the other values`);
    // Defines what it is given, `__proto__` too, and sets nothing.
    Object.defineProperty(container, key, { value: tensor, writable: true, enumerable: true, configurable: true });
  }
  return rest;
}

function memberOf(container: object, key: string): unknown {
  return Object.hasOwn(container, key) ? (container as Record<string, unknown>)[key] : undefined;
}
