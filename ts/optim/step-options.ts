/** What a caller says of one step, or of taking gradients away. */

import { checkBoolean, checkNumber, knownOptions, shown, typeError } from "../check.js";

/** Options of `optimizer.step`. */
export interface StepOptions {
  /**
   * What every gradient is multiplied by on its way into the step, 1 by default; `grad` itself stays as it is. It is
   * rounded to the parameter's dtype, so the bits are those of gradients that were scaled before.
   */
  readonly gradScale?: number | undefined;
  /**
   * Fill the gradients with zeros on the way, as `zeroGrad({ setToNone: false })` does afterwards: for gradients that are
   * added into. Hooks that run after the step see the zeros. False by default.
   */
  readonly zeroGrad?: boolean | undefined;
}

/** How a step is done if nothing is said of it. */
export const PLAIN_STEP: Required<StepOptions> = { gradScale: 1, zeroGrad: false };

/** The checked options, with those that were not given. */
export function checkStepOptions(options: StepOptions): Required<StepOptions> {
  const { gradScale = 1, zeroGrad = false } = knownOptions(options, ["gradScale", "zeroGrad"], "step");
  // As float32, or it would be infinite to parameters.
  const fits = (scale: number) => Number.isFinite(Math.fround(scale));
  return {
    gradScale: checkNumber(gradScale, "Invalid gradScale: ", fits),
    zeroGrad: checkBoolean(zeroGrad, "zeroGrad"),
  };
}

/** Runs a closure, which must be done when it returns, and returns what it does. */
export function runClosure(closure: () => unknown): unknown {
  if (typeof closure !== "function") throw typeError("ERR_OPTION", `closure must be a function, got ${shown(closure)}`);
  const result = closure();
  if (typeof (result as { then?: unknown } | null | undefined)?.then === "function") {
    throw typeError(
      "ERR_OPTION",
      "the closure returned a Promise, and the step would run on old gradients: await the loss first, then call step()",
    );
  }
  return result;
}

/** Options of `optimizer.zeroGrad`. */
export interface ZeroGradOptions {
  /** False: fill gradients with zeros, which count as gradients, instead of taking them away. True by default. */
  readonly setToNone?: boolean | undefined;
}

/** The checked `setToNone`. */
export function checkZeroGradOptions(options: ZeroGradOptions): boolean {
  const { setToNone = true } = knownOptions(options, ["setToNone"], "zeroGrad");
  return checkBoolean(setToNone, "setToNone");
}
