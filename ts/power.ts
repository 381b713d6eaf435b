/** Powers with the same bits in every engine: `Math.pow` may differ in the last digit from one to the next. */

/** base to a whole power from 0 up, by squaring and multiplying. */
export function integerPower(base: number, exponent: number): number {
  let power = 1;
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), square *= square) {
    if (rest % 2 === 1) power *= square;
  }
  return power;
}
