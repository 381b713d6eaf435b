/** Element types, by torch's names. */

import { shown, typeError } from "./check.js";

/** Element type of a tensor. */
export type DType = "float32" | "float64";

/** The typed arrays that hold tensor elements. */
export type FloatArray = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

interface Element {
  /** How the kernel calls it. */
  readonly code: number;
  readonly bytes: number;
  readonly TypedArray: Float32ArrayConstructor | Float64ArrayConstructor;
}

export const ELEMENTS: Readonly<Record<DType, Element>> = {
  float32: { code: 0, bytes: 4, TypedArray: Float32Array },
  float64: { code: 1, bytes: 8, TypedArray: Float64Array },
};

/** The dtype an option names. */
export function checkDType(value: unknown): DType {
  if (value === "float32" || value === "float64") return value;
  throw typeError("ERR_DTYPE", `dtype must be "float32" or "float64", got ${shown(value)}`);
}

/** The dtype of a typed array, or undefined for one whose elements no tensor has. */
export function dtypeOf(array: ArrayBufferView): DType | undefined {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  return undefined;
}
