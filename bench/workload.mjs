/** What is stepped: parameters and gradients of given lengths, from a seed, so that runs can be compared. */

/** A row of the report: `count` tensors of `length` elements. */
export const WORKLOADS = [
  { name: "1,000", count: 1, length: 1e3 },
  { name: "10,000", count: 1, length: 1e4 },
  { name: "100,000", count: 1, length: 1e5 },
  { name: "1,000,000", count: 1, length: 1e6 },
  { name: "10,000,000", count: 1, length: 1e7 },
  { name: "200 × 64", count: 200, length: 64 },
  { name: "12,800 (200 × 64 flat)", count: 1, length: 12_800 },
  { name: "1000 × 10", count: 1000, length: 10 },
  { name: "10,000 (1000 × 10 flat)", count: 1, length: 10_000 },
];

/** Parameters about 0.1 and gradients about 0.01 in size, in one Float32Array a tensor. */
export function data({ count, length }) {
  const random = mulberry32(20171210);
  const arrays = (scale) =>
    Array.from({ length: count }, () => Float32Array.from({ length }, () => scale * (2 * random() - 1)));
  return { params: arrays(0.1), grads: arrays(0.01) };
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
