/**
 * Numbers as people have them (nested arrays, typed arrays, one number) on their way into a tensor's memory.
 */

import { kindOf, rangeError, shown, typeError } from "./check.js";
import { type DType, dtypeOf, type FloatArray } from "./dtype.js";

/** A typed array whose elements are numbers. */
export type NumberArray = ArrayBufferView & ArrayLike<number>;

/** A number, a typed array, or arrays of them nested to any depth. */
export type NestedNumbers = number | NumberArray | readonly NestedNumbers[];

/** What the elements of a tensor can come from. */
export type TensorValues = NestedNumbers;

/** True for a {@link NumberArray}. Another realm's have other classes, and the same names. */
export function isTypedArray(values: unknown): values is NumberArray {
  return ArrayBuffer.isView(values) && !/^(Data|Big)/.test(kindOf(values));
}

/** How many elements a shape has; each extent a whole number from 0. */
export function lengthOf(shape: unknown): number {
  if (!Array.isArray(shape)) throw typeError("ERR_SHAPE", `shape must be an array of integers, got ${shown(shape)}`);
  let length = 1;
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 0) {
      throw rangeError("ERR_SHAPE", `shape must hold integers from 0 up, got ${shown(shape)}`);
    }
    length *= extent;
  }
  if (!Number.isSafeInteger(length)) {
    throw rangeError("ERR_LIMIT", `shape ${shown(shape)} has more elements than can be counted`);
  }
  return length;
}

/** More dimensions than anybody nests arrays for: those that hold themselves have as many. */
const MAX_NESTING = 64;

/** The shape that values have by themselves: a typed array has one dimension, nested arrays as many as they nest. */
export function shapeOf(values: TensorValues): number[] {
  const shape: number[] = [];
  let inner: unknown = values;
  while (Array.isArray(inner) || isTypedArray(inner)) {
    if (shape.length === MAX_NESTING) {
      throw rangeError("ERR_SHAPE", `values nest deeper than ${MAX_NESTING} arrays, or hold themselves`);
    }
    shape.push(inner.length);
    if (isTypedArray(inner) || inner.length === 0) break;
    inner = inner[0];
  }
  return shape;
}

/**
 * Checks that `values` can fill a tensor of `shape`: nested arrays by their shape, flat ones by their length. Typed
 * arrays must be of `dtype`, except when `converts`.
 */
export function checkValues(
  values: unknown,
  shape: readonly number[],
  dtype: DType,
  converts: boolean,
  what: string,
): void {
  if (isTypedArray(values)) {
    checkAttached(values, what);
    if (!converts && dtypeOf(values) !== dtype) {
      throw typeError("ERR_DTYPE", `${what} must be a ${dtype} array, got ${kindOf(values)}`);
    }
  } else if (typeof values !== "number" && !Array.isArray(values)) {
    throw typeError(
      "ERR_DTYPE",
      `${what} must be numbers in an array or typed array, got ${shown(values)}${hintFor(values)}`,
    );
  }
  const own = shapeOf(values as TensorValues);
  const flat = own.length === 1 && own[0] === lengthOf([...shape]);
  if (!flat && !sameShape(own, shape)) {
    throw rangeError("ERR_SHAPE", `${what} has shape [${own}], expected [${shape}]`);
  }
  if (!isTypedArray(values)) checkNested(values, own, 0, what);
}

/** Where a tensor, ours or that of another library, has its numbers. */
function hintFor(values: unknown): string {
  if (typeof values !== "object" || values === null) return "";
  if ("dataSync" in values) return "; pass its dataSync()";
  return "data" in values ? "; pass its data" : "";
}

function checkAttached(values: NumberArray, what: string): void {
  if (values.length > 0) return;
  try {
    // A length of 0 says nothing, and hosts that cannot be asked refuse a copy of what was taken away.
    new Float64Array(values);
  } catch {
    throw typeError(
      "ERR_DETACHED",
      `${what} is a detached array: its memory was transferred or shrunk, or it is a view from before memory grew`,
    );
  }
}

/** The same values, to be read when `memory` has grown: its views, which would be dead by then, are copied. */
export function keptFrom<T>(values: T, memory: ArrayBuffer): T {
  if (isTypedArray(values)) return values.buffer === memory ? ((values as unknown as FloatArray).slice() as T) : values;
  // Numbers come in arrays that hold nothing else; only what nests may hold views.
  if (!Array.isArray(values) || typeof values[0] === "number") return values;
  return values.map((inner: unknown) => keptFrom(inner, memory)) as T;
}

/** True if both shapes have the same extents. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Copies checked values into `target`. */
export function copyValues(values: TensorValues, target: FloatArray): void {
  if (isTypedArray(values)) target.set(values);
  else fillNested(values, target, 0);
}

/** Adds checked values to the elements of `target`. */
export function addValues(values: TensorValues, target: FloatArray): void {
  let flat = values as ArrayLike<number>;
  if (!isTypedArray(values)) {
    flat = new Float64Array(target.length);
    fillNested(values, flat as Float64Array<ArrayBuffer>, 0);
  } else if (values.buffer === target.buffer && values.byteOffset < target.byteOffset) {
    // Or what is still to be read could be written over.
    flat = Array.from(values);
  }
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) + (flat[i] as number);
}

function checkNested(values: unknown, shape: readonly number[], depth: number, what: string): void {
  if (depth === shape.length) {
    if (typeof values !== "number") {
      throw typeError("ERR_DTYPE", `${what} must hold numbers only, got ${shown(values)}`);
    }
    return;
  }
  const extent = Array.isArray(values) || isTypedArray(values) ? values.length : undefined;
  if (extent !== shape[depth]) {
    throw rangeError(
      "ERR_SHAPE",
      `${what} is ragged: expected ${shape[depth]} elements at depth ${depth}, got ${shown(extent ?? values)}`,
    );
  }
  if (isTypedArray(values)) {
    checkAttached(values, what);
    if (depth === shape.length - 1) return;
  }
  for (const inner of values as readonly unknown[]) checkNested(inner, shape, depth + 1, what);
}

function fillNested(values: unknown, target: FloatArray, at: number): number {
  if (typeof values === "number") {
    target[at] = values;
    return at + 1;
  }
  for (const inner of values as ArrayLike<unknown> & Iterable<unknown>) at = fillNested(inner, target, at);
  return at;
}
