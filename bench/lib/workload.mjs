/** What is stepped: parameters and gradients of given lengths, from a seed, so that runs can be compared. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeScratch, scratch } from "../../scripts/lib/scratch.mjs";

/** A small GPT's parameters: 4 layers 128 wide, 1,000 tokens, 64 places; weights and biases as torch lists them. */
function transformer() {
  const [width, layers, tokens, places] = [128, 4, 1000, 64];
  const norm = [width, width];
  const linear = (from, to) => [from * to, to];
  const block = [
    ...norm,
    ...linear(width, 3 * width),
    ...linear(width, width),
    ...norm,
    ...linear(width, 4 * width),
    ...linear(4 * width, width),
  ];
  return [tokens * width, places * width, ...Array(layers).fill(block).flat(), ...norm];
}

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {number[]} lengths elements of each tensor
 * @property {number} elements all together
 */

/** @returns {Workload} */
export const workload = (name, lengths) => ({ name, lengths, elements: lengths.reduce((sum, n) => sum + n, 0) });

/** One tensor of so many elements. */
export const flat = (elements) => workload(elements.toLocaleString("en"), [elements]);

/** `count` tensors of `length` elements. */
export const many = (count, length) => workload(`${count} × ${length}`, Array(count).fill(length));

/** One tensor, ever larger. */
export const SIZES = [64, 1e3, 1e4, 1e5, 1e6, 1e7].map(flat);

/** Many tensors. */
export const TENSORS = [many(200, 10), many(200, 64), many(1000, 64), workload("transformer", transformer())];

/**
 * The values of a workload: parameters about 0.1 and gradients about 0.01 in size, none so small that a moment could
 * become subnormal.
 *
 * Made once; everyone gets copies, so that nobody steps what another has left. `nextGrads` are other gradients, for later
 * steps. `files` has all of it for other programs, as float32 in the order of the machine, one tensor behind the other.
 *
 * @param {Workload} workload
 */
export function dataOf({ lengths, elements }) {
  const random = mulberry32(20171210);
  const values = (scale) => {
    const array = new Float32Array(elements);
    for (let i = 0; i < elements; i++) array[i] = scale * (random() < 0.5 ? -1 : 1) * (0.01 + random());
    return array;
  };
  const arrays = { params: values(0.1), grads: values(0.01), nextGrads: values(0.01) };
  let folder;
  return {
    lengths,
    elements,
    params: () => split(arrays.params, lengths),
    grads: () => split(arrays.grads, lengths),
    nextGrads: () => split(arrays.nextGrads, lengths),
    files: () => {
      if (folder === undefined) {
        folder = scratch("bench");
        for (const [name, array] of Object.entries(arrays)) writeFileSync(join(folder, name), array);
      }
      return { params: join(folder, "params"), grads: join(folder, "grads"), nextGrads: join(folder, "nextGrads") };
    },
    dispose: () => folder !== undefined && removeScratch(folder),
  };
}

/** Copies of its parts, a Float32Array each. */
export function split(array, lengths) {
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return array.slice(start - length, start);
  });
}

function mulberry32(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}
