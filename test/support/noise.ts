/** Counter-based noise that any language can repeat: the generator of `vectors/generate.py`. */

/** 32 random bits. */
export function hash(seed: number, step: number, index: number): number {
  let x = Math.imul(seed, 0x9e3779b9) ^ Math.imul(step, 0x85ebca6b) ^ Math.imul(index, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Evenly spread over [0, 1). */
export function uniform(seed: number, step: number, index: number): number {
  return hash(seed, step, index) / 2 ** 32;
}

/** Nearly normal, with variance 1: four uniforms. */
export function normal(seed: number, step: number, index: number): number {
  let sum = uniform(seed, step, index);
  for (let k = 1; k < 4; k++) sum += uniform(seed + k, step, index);
  return (sum - 2) * 1.7320508075688772;
}

/** `length` times {@link normal}, times `scale`. */
export function normals(seed: number, step: number, length: number, scale = 1): number[] {
  return Array.from({ length }, (_, index) => scale * normal(seed, step, index));
}
