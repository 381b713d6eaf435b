/** What `from` takes besides values, and what tensor they make. */

import { kindOf, knownOptions, typeError } from "./check.js";
import { checkDType, type DType, dtypeOf } from "./dtype.js";
import { refuseForeign } from "./foreign-tensor.js";
import { checkValues, isTypedArray, lengthOf, shapeOf, type TensorValues } from "./values.js";

/** How to make a tensor. */
export interface TensorOptions<D extends DType = DType> {
  /** Extents of the dimensions; by default those of the values. */
  readonly shape?: readonly number[];
  /** Element type; by default that of a typed array, float32 otherwise. */
  readonly dtype?: D;
}

/** Names of the options of `Tensor.from`. */
export const TENSOR_OPTIONS = ["shape", "dtype"];

/** Checks options and values of `from`, and says what tensor they make. */
export function checkTensorOptions(options: unknown, values: unknown, known: readonly string[], what: string) {
  const own = knownOptions(options, known, what);
  refuseForeign(values);
  const inferred = ArrayBuffer.isView(values) ? dtypeOf(values) : "float32";
  if (own.dtype === undefined && inferred === undefined && isTypedArray(values)) {
    throw typeError(
      "ERR_DTYPE",
      `${what} does not guess a dtype for ${kindOf(values)}; name one: { dtype: "float32" }`,
    );
  }
  const dtype = checkDType(own.dtype === undefined ? (inferred ?? "float32") : own.dtype);
  const shape = (own.shape as readonly number[] | undefined) ?? shapeOf(values as TensorValues);
  lengthOf(shape);
  checkValues(values, shape, dtype, true, `the argument of ${what}`);
  return { shape, dtype, own };
}
