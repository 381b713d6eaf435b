// The digits: scaled to 0…1, split into the usual training and test parts (data/README.md), and dealt out in batches.

import { shuffle } from "./random.mjs";

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
 * @param {string} text of digits.csv
 * @returns {{ train: Digits, test: Digits }}
 */
export function parseDigits(text) {
  const lines = text.trim().split("\n");
  const count = TRAIN_SIZE + TEST_SIZE;
  if (lines.length !== count) throw new Error(`digits.csv must hold ${count} digits, it holds ${lines.length}`);

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

/**
 * All digits once, in a new order; the last batch may be short.
 * @param {Digits} digits
 * @param {number} size
 * @param {() => number} random
 * @returns {Generator<Digits>} arrays that are written again for the next batch
 */
export function* batches(digits, size, random) {
  const count = digits.labels.length;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  shuffle(order, random);
  const pixels = new Float64Array(size * PIXELS);
  const labels = new Uint8Array(size);
  for (let start = 0; start < count; start += size) {
    const length = Math.min(size, count - start);
    for (let i = 0; i < length; i++) {
      const from = order[start + i];
      pixels.set(digits.pixels.subarray(from * PIXELS, (from + 1) * PIXELS), i * PIXELS);
      labels[i] = digits.labels[from];
    }
    yield { pixels: pixels.subarray(0, length * PIXELS), labels: labels.subarray(0, length) };
  }
}
