/** Random states of a parameter, as training leaves them. */

import { type DType, type Floats, floats } from "./bits.js";
import type { ArrayName, KernelAdam } from "./kernel-adam.js";
import { hash, normal, uniform } from "./noise.js";

export type State = Readonly<Record<ArrayName, Floats>>;

/** Parameters around 0.1, gradients around `scale`, moments as of past gradients of that size. */
export function randomState(dtype: DType, length: number, seed: number, scale = 1): State {
  const array = (element: (index: number) => number) =>
    floats(
      dtype,
      Array.from({ length }, (_, index) => element(index)),
    );
  return {
    param: array((i) => 0.1 * normal(seed, 0, i)),
    grad: array((i) => scale * normal(seed + 10, 0, i)),
    expAvg: array((i) => 0.3 * scale * normal(seed + 20, 0, i)),
    expAvgSq: array((i) => scale ** 2 * (0.05 + uniform(seed + 30, 0, i))),
    maxExpAvgSq: array((i) => scale ** 2 * (0.05 + 1.2 * uniform(seed + 40, 0, i))),
  };
}

/**
 * Any bits at all: a third of all patterns, a third of moderate size, a third where arithmetic changes its ways — zeros,
 * infinities, NaN, and the ends of the subnormal and the normal range.
 */
export function randomBits(dtype: DType, length: number, seed: number): State {
  const edges = dtype === "float32" ? EDGES.map(Math.fround) : EDGES;
  const word = (salt: number, index: number) => hash(seed + salt, 1, index);
  const array = (salt: number) => {
    const values = floats(dtype, length);
    const words = new Uint32Array(values.buffer);
    const perElement = words.length / Math.max(length, 1);
    for (let i = 0; i < length; i++) {
      const choice = word(salt, i) % 3;
      if (choice === 0) for (let k = 0; k < perElement; k++) words[i * perElement + k] = word(salt + 1 + k, i);
      else if (choice === 1) values[i] = (word(salt + 1, i) / 2 ** 31 - 1) * 2 ** ((word(salt + 2, i) % 40) - 30);
      else values[i] = edges[word(salt + 1, i) % edges.length] * (word(salt + 2, i) % 2 === 0 ? 1 : -1);
    }
    return values;
  };
  return { param: array(0), grad: array(10), expAvg: array(20), expAvgSq: array(30), maxExpAvgSq: array(40) };
}

const EDGES = [
  ...[0, Number.POSITIVE_INFINITY, Number.NaN, 1],
  ...[2 ** -149, 2 ** -127, 2 ** -126 - 2 ** -149, 2 ** -126, 2 ** -63, 2 ** 63, 2 ** 127, 2 ** 128 - 2 ** 104],
  ...[2 ** -1074, 2 ** -1022 - 2 ** -1074, 2 ** -1022, 2 ** -511, 2 ** 511, 2 ** 1023, Number.MAX_VALUE],
];

/** Puts a state into a slot. */
export function load(adam: KernelAdam, state: State, names: readonly ArrayName[], slot = 0): void {
  for (const name of names) adam.write(name, state[name], slot);
}
