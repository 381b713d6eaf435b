/** Tensors of `torch.save`: windows into storages, with strides. */

import { shown } from "../check.js";
import { widened } from "./half.js";
import { MAX_DIMENSIONS } from "./header.js";
import { invalid } from "./invalid.js";
import { elementsIn, type StoredElement, type StoredTensor } from "./stored-tensor.js";

/** The bytes that tensors lie in, and what their elements are if the storage says so. */
export class Storage {
  constructor(
    readonly bytes: Uint8Array,
    readonly element: StoredElement | undefined,
  ) {}
}

/** A type as Python names it; without an element it is of bytes. */
export class TypeName {
  constructor(readonly element: StoredElement | undefined) {}
}

/** What may still be made of a file: bytes that are copied, and values. */
export interface Budget {
  bytes: number;
  values: number;
}

/** What a pickle says of a tensor. */
export interface Rebuilt {
  readonly storage: unknown;
  /** Its dtype, if the storage does not say that. */
  readonly type?: unknown;
  readonly offset: unknown;
  readonly size: unknown;
  readonly stride: unknown;
  /** Bits that torch sets where a tensor is to be read as another one: conjugated, or negated. */
  readonly metadata: unknown;
}

/** A tensor over a storage: a view if its elements lie there one after the other, else a copy. 16-bit floats are widened. */
export function tensorIn({ storage, type, offset, size, stride, metadata }: Rebuilt, budget: Budget): StoredTensor {
  if (!(storage instanceof Storage) || !isCount(offset) || !areCounts(size) || !areCounts(stride)) {
    throw invalid("storage", "the pickle has a tensor without storage, offset, size or stride");
  }
  const lazy = metadata instanceof Map ? [...metadata].find(([, isSet]) => isSet !== false) : undefined;
  if (lazy !== undefined) {
    throw invalid(
      "storage",
      `the pickle has a tensor with torch's ${shown(lazy[0])} bit: save what clone() makes of it`,
    );
  }
  const element = storage.element ?? (type instanceof TypeName ? type.element : undefined);
  if (element === undefined) throw invalid("dtype", "the pickle has a tensor of an unknown dtype");
  const { dtype, bytes: elementBytes, width, TypedArray } = element;
  // A copy: the pickle may change its list afterwards.
  const shape = [...size];
  const length = size.reduce((product, extent) => product * extent, 1);
  const last = size.reduce((sum, extent, i) => sum + (extent - 1) * (stride[i] ?? Number.NaN), offset);
  const isInside = stride.length === size.length && (length === 0 || (last + 1) * elementBytes <= storage.bytes.length);
  if (!isInside) throw invalid("storage", `the pickle has a tensor of shape [${size}] that reaches out of its storage`);
  if (length === 0) return widened({ dtype, shape, data: elementsIn(new Uint8Array(), element) });

  const row = strideOf(size);
  const isRow = size.every((extent, i) => extent === 1 || row[i] === stride[i]);
  const bytes = storage.bytes.subarray(offset * elementBytes, (last + 1) * elementBytes);
  const isAligned = bytes.byteOffset % TypedArray.BYTES_PER_ELEMENT === 0;
  if (!isRow || !isAligned || WIDENED.has(dtype)) budget.bytes -= length * elementBytes;
  if (budget.bytes < 0) throw invalid("storage", "the pickle has more tensors over the same bytes than may be copied");
  const source = elementsIn(bytes, element);
  if (isRow) return widened({ dtype, shape, data: source });
  const data = elementsIn(new Uint8Array(length * elementBytes), element);
  gather(source, data, size, stride, width);
  return widened({ dtype, shape, data });
}

const WIDENED: ReadonlySet<string> = new Set(["float16", "bfloat16"]);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export const areCounts = (values: unknown): values is number[] =>
  Array.isArray(values) && values.length <= MAX_DIMENSIONS && values.every(isCount);

/** Strides of elements that lie one after the other. */
function strideOf(size: readonly number[]): number[] {
  const stride: number[] = [];
  let step = 1;
  for (const extent of [...size].reverse()) {
    stride.unshift(step);
    step *= extent;
  }
  return stride;
}

/** Copies elements into one row, each of `width` numbers. */
function gather(
  source: StoredTensor["data"],
  target: StoredTensor["data"],
  size: readonly number[],
  stride: readonly number[],
  width: number,
): void {
  const counters = size.map(() => 0);
  let from = 0;
  for (let to = 0; to < target.length; to += width) {
    for (let part = 0; part < width; part++) target[to + part] = source[from * width + part] as never;
    for (let i = size.length - 1; i >= 0; i--) {
      const count = (counters[i] as number) + 1;
      from += stride[i] as number;
      if (count < (size[i] as number)) {
        counters[i] = count;
        break;
      }
      from -= count * (stride[i] as number);
      counters[i] = 0;
    }
  }
}
