/** The arrays in a table that the facade writes. */

import { ARRAY } from "../instance.js";
import { memory } from "./memory.js";
import { ELEMENTS, type Elements } from "./slots.js";

/** The elements of a row, and how they are rounded. */
export function arrayAt(table: number, row: number) {
  const words = new Uint32Array(memory.buffer, table + 4 * ARRAY.words * row, ARRAY.words);
  const { TypedArray, round } = ELEMENTS[words[ARRAY.dtype] as 0 | 1];
  const values: Elements = new TypedArray(memory.buffer, words[ARRAY.start] as number, words[ARRAY.length]);
  return { values, round };
}
