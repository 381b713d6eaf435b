/** The way from one value to another: along half a cosine, or a line. */

import { cosPi } from "./cosine.js";
import { type Check, oneOf } from "./fields.js";

/** Along half a cosine, or a line. */
export type AnnealStrategy = "cos" | "linear";

export const checkStrategy: Check<AnnealStrategy> = oneOf(
  ["cos", "linear"],
  (value) => `annealStrategy must be one of 'cos' or 'linear', instead got ${value}`,
);

/** The value at a fraction of the way. */
export function annealed(strategy: AnnealStrategy, start: number, end: number, fraction: number): number {
  return strategy === "cos" ? end + ((start - end) / 2) * (cosPi(fraction) + 1) : (end - start) * fraction + start;
}
