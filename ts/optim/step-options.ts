/** What a caller says of one step. */

import { knownOptions, rangeError, shown, typeError } from "../check.js";

/** Options of `optimizer.step`. */
export interface StepOptions {
  /**
   * What every gradient is multiplied by on its way into the step, 1 by default; `grad` itself stays as it is. It is
   * rounded to the parameter's dtype, so the bits are those of gradients that were scaled before.
   */
  readonly gradScale?: number;
}

/** The checked `gradScale`. */
export function checkStepOptions(options: StepOptions): number {
  const { gradScale = 1 } = knownOptions(options, ["gradScale"], "step");
  if (typeof gradScale !== "number") throw typeError("ERR_OPTION", `Invalid gradScale: ${shown(gradScale)}`);
  // As float32, or it would be infinite to parameters.
  if (!Number.isFinite(Math.fround(gradScale)))
    throw rangeError("ERR_OPTION", `Invalid gradScale: ${shown(gradScale)}`);
  return gradScale;
}
