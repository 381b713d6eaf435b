/** AdamW: Adam with decoupled weight decay. */

import { rangeError, shown, typeError } from "../check.js";
import { ADAM_OPTIONS, Adam, adamRule } from "./adam.js";
import { nonNegative, type Option } from "./options.js";

const ALWAYS: Option<boolean> = {
  default: true,
  // Also when Adam saved it.
  load: () => true,
  check: (value) => {
    if (value === true) return true;
    const error = typeof value === "boolean" ? rangeError : typeError;
    throw error("ERR_OPTION", `decoupledWeightDecay is always true in AdamW, got ${shown(value)}; Adam has both`);
  },
};

/**
 * AdamW (Loshchilov & Hutter, arXiv 1711.05101), as `torch.optim.AdamW`: {@link Adam} with `decoupledWeightDecay`, and
 * a `weightDecay` of 0.01 by default.
 *
 * ```text
 * param *= 1 − lr · weightDecay          then Adam's step
 * ```
 *
 * @example
 * const optimizer = new AdamW([weight], { lr: 1e-3, weightDecay: 0.1 });
 */
export class AdamW extends Adam {
  /** @internal */
  protected static override readonly rule = /* @__PURE__ */ adamRule("AdamW", {
    ...ADAM_OPTIONS,
    weightDecay: nonNegative(1e-2, "Invalid weight_decay value"),
    decoupledWeightDecay: ALWAYS,
  });
}
