/** Which slices of a tensor have values: an array of indices for each dimension that is sparse. */

import { rangeError, shown, typeError } from "./check.js";
import { isTypedArray, type NumberArray } from "./values.js";

/** Indices of the slices: an array for each sparse dimension, or the only one. */
export type SparseIndices = IndexArray | readonly IndexArray[];

type IndexArray = readonly number[] | NumberArray;

/** Copies of the indices, an array for each sparse dimension. */
export function checkIndices(indices: unknown): Int32Array[] {
  const isNested = Array.isArray(indices) && indices.length > 0 && typeof indices[0] !== "number";
  const columns = (isNested ? indices : [indices]) as unknown[];
  const checked = columns.map((column) => {
    if (!Array.isArray(column) && !isTypedArray(column)) {
      throw typeError("ERR_DTYPE", `indices must be integers in an array, got ${shown(column)}`);
    }
    for (const index of column as ArrayLike<unknown> & Iterable<unknown>) {
      if (!Number.isInteger(index) || (index as number) < 0 || (index as number) > 0x7fffffff) {
        throw rangeError("ERR_SHAPE", `indices must be integers from 0 up, got ${shown(index)}`);
      }
    }
    return Int32Array.from(column as ArrayLike<number>);
  });
  if (checked.some(({ length }) => length !== checked[0]?.length)) {
    throw rangeError(
      "ERR_SHAPE",
      `indices must have the same number in each dimension, got ${checked.map(({ length }) => length)}`,
    );
  }
  return checked;
}

/** The smallest extent of a dimension that has all of its indices. */
export function extentOf(column: Int32Array): number {
  return column.reduce((extent, index) => Math.max(extent, index + 1), 0);
}

/** Refuses indices that are not those of a tensor of `shape`. */
export function checkInside(columns: readonly Int32Array[], shape: readonly number[]): void {
  if (shape.length < columns.length) {
    throw rangeError("ERR_SHAPE", `shape [${shape}] has fewer dimensions than the ${columns.length} that are indexed`);
  }
  columns.forEach((column, dimension) => {
    const extent = shape[dimension] as number;
    const wrong = column.find((index) => index >= extent);
    if (wrong === undefined) return;
    throw rangeError("ERR_SHAPE", `index ${wrong} is out of bounds for dimension ${dimension} with size ${extent}`);
  });
}
