/** 16-bit floats as the numbers they are. */

import type { StoredTensor } from "./stored-tensor.js";

/** A tensor of `float16` or `bfloat16` as one of `float32`, which holds each of their values; others as they are. */
export function widened(tensor: StoredTensor): StoredTensor {
  const { dtype, shape, data } = tensor;
  if (dtype !== "float16" && dtype !== "bfloat16") return tensor;
  const bits = Uint32Array.from(data as Uint16Array, dtype === "float16" ? float32Bits : (half) => half * 0x10000);
  return { dtype: "float32", shape, data: new Float32Array(bits.buffer) };
}

/** IEEE binary16 to binary32. */
function float32Bits(half: number): number {
  const sign = (half & 0x8000) * 0x10000;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign + 0x7f800000 + fraction * 0x2000;
  if (exponent > 0) return sign + (exponent + 112) * 0x800000 + fraction * 0x2000;
  if (fraction === 0) return sign;
  // Subnormal there and normal here: the leading bit becomes the implicit one.
  const shift = Math.clz32(fraction) - 21;
  return sign + (113 - shift) * 0x800000 + ((fraction << shift) & 0x3ff) * 0x2000;
}
