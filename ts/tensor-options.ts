/** What `from` takes besides values, and what tensor they make. */

import { kindOf, knownOptions, typeError } from "./check.js";
import { checkDType, type DType, dtypeOf } from "./dtype.js";
import { refuseForeign } from "./foreign.js";
import { checkValues, isTypedArray, lengthOf, shapeOf, type TensorValues } from "./values.js";

/** How to make a tensor. */
export interface TensorOptions<D extends DType = DType> {
  /** Extents of the dimensions; by default those of the values. */
  readonly shape?: readonly number[] | undefined;
  /** Element type; by default that of a typed array, float32 otherwise. */
  readonly dtype?: D | undefined;
}

/** Names of the options of `Tensor.from`. */
export const TENSOR_OPTIONS = ["shape", "dtype"];

/** Checks options and values of `from`, and says what tensor they make. */
export function checkTensorOptions(options: unknown, values: unknown, known: readonly string[], what: string) {
  const own = knownOptions(options, known, what);
  refuseForeign(values);
  const dtype = dtypeFor(values, own.dtype, what);
  const shape = (own.shape as readonly number[] | undefined) ?? shapeOf(values as TensorValues);
  lengthOf(shape);
  checkValues(values, shape, dtype, true, `the argument of ${what}`);
  return { shape, dtype, own };
}

/** The dtype that an option names; else that of a typed array, and float32 for other values. */
export function dtypeFor(values: unknown, named: unknown, what: string): DType {
  if (named !== undefined) return checkDType(named);
  if (!isTypedArray(values)) return "float32";
  const own = dtypeOf(values);
  if (own !== undefined) return own;
  throw typeError("ERR_DTYPE", `${what} does not guess a dtype for ${kindOf(values)}; name one: { dtype: "float32" }`);
}
