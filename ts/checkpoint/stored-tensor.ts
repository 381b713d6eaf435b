/** Tensors in files: more element types than the kernel steps, by torch's names. */

/** Element type of a stored tensor. */
export type StoredDType = (typeof ROWS)[number][0];

/** The arrays that hold stored elements; of `float16`, `bfloat16` and the `float8`s they hold the bits. */
export type StoredArray =
  | Float64Array<ArrayBufferLike>
  | Float32Array<ArrayBufferLike>
  | BigUint64Array<ArrayBufferLike>
  | BigInt64Array<ArrayBufferLike>
  | Uint32Array<ArrayBufferLike>
  | Int32Array<ArrayBufferLike>
  | Uint16Array<ArrayBufferLike>
  | Int16Array<ArrayBufferLike>
  | Uint8Array<ArrayBufferLike>
  | Int8Array<ArrayBufferLike>;

/** A tensor in a file, or on its way into one. A {@link Tensor} is one, and so is a tensor of a state dict. */
export interface StoredTensor {
  readonly dtype: StoredDType;
  readonly shape: readonly number[];
  readonly data: StoredArray;
}

/** How a file stores elements. */
export interface StoredElement {
  readonly dtype: StoredDType;
  /** The format's name of the type. */
  readonly tag: string;
  readonly bytes: number;
  /** Array elements for each tensor element. */
  readonly width: number;
  readonly TypedArray: StoredArrayConstructor;
  /** Types come in this order in a file. */
  readonly rank: number;
}

type StoredArrayConstructor = (new (
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
) => StoredArray) & { readonly BYTES_PER_ELEMENT: number };

/** In the order in which the reference implementation writes them: large elements first, so that all are aligned. */
const ROWS = [
  ["uint64", "U64", BigUint64Array],
  ["int64", "I64", BigInt64Array],
  ["float64", "F64", Float64Array],
  ["complex64", "C64", Float32Array],
  ["float32", "F32", Float32Array],
  ["uint32", "U32", Uint32Array],
  ["int32", "I32", Int32Array],
  ["bfloat16", "BF16", Uint16Array],
  ["float16", "F16", Uint16Array],
  ["uint16", "U16", Uint16Array],
  ["int16", "I16", Int16Array],
  ["float8_e5m2fnuz", "F8_E5M2FNUZ", Uint8Array],
  ["float8_e4m3fnuz", "F8_E4M3FNUZ", Uint8Array],
  ["float8_e8m0fnu", "F8_E8M0", Uint8Array],
  ["float8_e4m3fn", "F8_E4M3", Uint8Array],
  ["float8_e5m2", "F8_E5M2", Uint8Array],
  ["int8", "I8", Int8Array],
  ["uint8", "U8", Uint8Array],
  ["bool", "BOOL", Uint8Array],
] as const;

const ELEMENTS: readonly StoredElement[] = ROWS.map(([dtype, tag, TypedArray], rank) => {
  const width = dtype === "complex64" ? 2 : 1;
  return { dtype, tag, bytes: width * TypedArray.BYTES_PER_ELEMENT, width, TypedArray, rank };
});
const BY_TAG: ReadonlyMap<unknown, StoredElement> = new Map(ELEMENTS.map((element) => [element.tag, element]));
const BY_DTYPE: ReadonlyMap<unknown, StoredElement> = new Map(ELEMENTS.map((element) => [element.dtype, element]));

/** The elements that a file names. */
export const elementOf = (tag: string) => BY_TAG.get(tag);

/** The elements of a dtype. */
export const elementOfDType = (dtype: unknown) => BY_DTYPE.get(dtype);

/** Bytes as elements: a view where they are aligned for that, else a copy. */
export function elementsIn(bytes: Uint8Array, { TypedArray }: StoredElement): StoredArray {
  const size = TypedArray.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new TypedArray(aligned.buffer, aligned.byteOffset, aligned.length / size);
}

/** How many bytes a tensor has; no safe integer if there are too many to count. */
export const byteLengthOf = (shape: readonly number[], { bytes }: StoredElement) =>
  shape.reduce((length, extent) => length * extent, bytes);
