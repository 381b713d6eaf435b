// The digits: read once, scaled to 0…1, split into the usual training and test parts (data/README.md).

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export const SIDE = 8;
export const PIXELS = SIDE * SIDE;
export const CLASSES = 10;
export const TRAIN_SIZE = 1347;
export const TEST_SIZE = 450;

const BRIGHTEST = 16;

/**
 * @typedef {object} Digits
 * @property {Float64Array} pixels one digit after the other, row by row, 0 (paper) to 1 (ink)
 * @property {Uint8Array} labels one class per digit
 */

/**
 * The writers differ between the two parts, so nothing is shuffled across the boundary.
 * @returns {{ train: Digits, test: Digits }}
 */
export function loadDigits() {
  const file = readFileSync(new URL("data/digits.csv.gz", import.meta.url));
  const lines = gunzipSync(file).toString().trim().split("\n");
  const count = TRAIN_SIZE + TEST_SIZE;
  if (lines.length !== count) throw new Error(`data/digits.csv.gz must hold ${count} digits, it holds ${lines.length}`);

  const pixels = new Float64Array(count * PIXELS);
  const labels = new Uint8Array(count);
  for (const [i, line] of lines.entries()) {
    const numbers = line.split(",").map(Number);
    labels[i] = /** @type {number} */ (numbers.pop());
    pixels.set(
      numbers.map((number) => number / BRIGHTEST),
      i * PIXELS,
    );
  }
  return {
    train: { pixels: pixels.subarray(0, TRAIN_SIZE * PIXELS), labels: labels.subarray(0, TRAIN_SIZE) },
    test: { pixels: pixels.subarray(TRAIN_SIZE * PIXELS), labels: labels.subarray(TRAIN_SIZE) },
  };
}
