// Seeded randomness, because Math.random cannot be seeded: the same seed gives the same weights and the same batches.

/**
 * The mulberry32 generator.
 * @param {number} seed a whole number below 2³²
 * @returns {(() => number) & { state: number }} uniform in [0, 1), 32 bits of it; with the same state it goes on the same
 */
export function seededRandom(seed) {
  const random = () => {
    const state = (random.state + 0x6d2b79f5) | 0;
    random.state = state;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  random.state = seed;
  return random;
}

/**
 * Fisher and Yates' shuffle, in place.
 * @param {Uint32Array} items
 * @param {() => number} random
 */
export function shuffle(items, random) {
  for (let last = items.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    [items[last], items[pick]] = [items[pick], items[last]];
  }
}
