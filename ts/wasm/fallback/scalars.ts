/** Step scalars, operation for operation as `crate/kernel/src/scalars.rs`. */

import { integerPower } from "../../power.js";

/** `1 - beta^step`. */
export function biasCorrection(beta: number, step: number): number {
  return 1 - integerPower(beta, step);
}

const LN2_HIGH = 6.931471803691238e-1;
const LN2_LOW = 1.9082149292705877e-10;

/** e to the power `x`, for x ≤ 0. */
export function expNegative(x: number): number {
  if (x < -745) return 0;
  const halvings = Math.floor(-x / (LN2_HIGH + LN2_LOW) + 0.5);
  const r = x + halvings * LN2_HIGH + halvings * LN2_LOW;
  let sum = 1;
  for (let k = 15; k >= 1; k--) sum = 1 + (r / k) * sum;
  return sum * integerPower(0.5, halvings);
}
