/** Step scalars, operation for operation as `crate/kernel/src/scalars.rs`. */

/** `base` to the power `exponent`, by square-and-multiply from the lowest bit. */
export function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base; exponent > 0; square *= square) {
    if (exponent % 2 === 1) result *= square;
    exponent = Math.floor(exponent / 2);
  }
  return result;
}

/** `1 - beta^step`. */
export function biasCorrection(beta: number, step: number): number {
  return 1 - power(beta, step);
}
