/** Tensors in state dicts. */

import { kindOf, mismatch, shown } from "./check.js";
import { type DType, dtypeOf, type FloatArray } from "./dtype.js";
import type { Tensor } from "./tensor.js";
import { keptFrom, sameShape } from "./values.js";
import { memoryBuffer } from "./wasm/instance.js";

/** A tensor in a state dict. */
export interface TensorState {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: FloatArray;
}

/**
 * The elements of a tensor in a dict, which must be as `tensor` is. They are good until they are written: also if they lie
 * in the kernel's memory.
 */
export function checkTensor(value: unknown, { shape, dtype, length }: Tensor, what: string): FloatArray {
  const found = value as Partial<TensorState> | null;
  const data = found?.data;
  if (!ArrayBuffer.isView(data) || !Array.isArray(found?.shape)) {
    const hint = kindOf(data) === "Object" ? "; JSON loses typed arrays, adam-wasm/checkpoint keeps them" : "";
    throw mismatch(`${what} must be a tensor, { dtype, shape, data }, got ${shown(value)}${hint}`);
  }
  if (!sameShape(found.shape, shape)) {
    throw mismatch(`${what} has shape [${found.shape}] in the state dict, expected [${shape}]`);
  }
  if (dtypeOf(data) !== dtype)
    throw mismatch(`${what} has ${kindOf(data)} elements in the state dict, expected ${dtype}`);
  if (data.length !== length) {
    throw mismatch(`${what} has ${data.length} elements in the state dict, expected ${length}`);
  }
  return keptFrom(data as FloatArray, memoryBuffer());
}

/** A number, or the tensor with one element in which torch may keep it. */
export function numberIn(value: unknown): unknown {
  const data = (value as Partial<TensorState> | null | undefined)?.data;
  return ArrayBuffer.isView(data) && data.length === 1 ? data[0] : value;
}

/** The same of a value that may be a list of such. */
export const numbersIn = (value: unknown): unknown => (Array.isArray(value) ? value.map(numberIn) : numberIn(value));
