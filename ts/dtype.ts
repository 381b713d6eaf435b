/** Element types, by torch's names. */

import { kindOf, shown, typeError } from "./check.js";

/** Element type of a tensor. */
export type DType = "float32" | "float64";

interface FloatArrays {
  readonly float32: Float32Array<ArrayBuffer>;
  readonly float64: Float64Array<ArrayBuffer>;
}

/** The typed array that holds the elements of a tensor of dtype `D`. */
export type FloatArray<D extends DType = DType> = FloatArrays[D];

/** The dtype of a tensor that is made from values without naming one: a typed array's own, otherwise float32. */
export type DTypeOf<Values> = Values extends Float64Array ? "float64" : Float64Array extends Values ? DType : "float32";

interface Element<D extends DType> {
  /** How the kernel calls it. */
  readonly code: number;
  readonly bytes: number;
  readonly TypedArray: new (
    ...of: [length: number] | [buffer: ArrayBuffer, start: number, length: number]
  ) => FloatArray<D>;
}

export const ELEMENTS: { readonly [D in DType]: Element<D> } = {
  float32: { code: 0, bytes: 4, TypedArray: Float32Array },
  float64: { code: 1, bytes: 8, TypedArray: Float64Array },
};

/** The dtype an option names. */
export function checkDType(value: unknown): DType {
  if (value === "float32" || value === "float64") return value;
  throw typeError("ERR_DTYPE", `dtype must be "float32" or "float64", got ${shown(value)}`);
}

/** The dtype of a typed array, of whatever realm, or undefined for one whose elements no tensor has. */
export function dtypeOf(array: ArrayBufferView): DType | undefined {
  const kind = kindOf(array);
  if (kind === "Float32Array") return "float32";
  if (kind === "Float64Array") return "float64";
  return undefined;
}
