/** Adamax: Adam with the infinity norm. */

import type { Tensor } from "../tensor.js";
import { denseOnly } from "./dense-grad.js";
import { Optimizer } from "./optimizer.js";
import { type Betas, betas, flag, nonNegative } from "./options.js";
import type { Given, Params } from "./param-group.js";
import type { Rule } from "./rule.js";

/** Options of {@link Adamax}; what is true or false is false by default. */
export interface AdamaxOptions {
  /** Learning rate, 2e-3 by default. */
  lr: number;
  /** Decay rates of the first moment and of the norm, [0.9, 0.999] by default. */
  betas: Betas;
  /** Added to the magnitude of the gradient, 1e-8 by default. */
  eps: number;
  /** L2 penalty, 0 by default. */
  weightDecay: number;
  /** Ascend instead of descend. */
  maximize: boolean;
}

/** What {@link Adamax} keeps of a parameter. */
export interface AdamaxParameterState {
  /** Updates so far. */
  readonly step: number;
  /** First moment. */
  readonly expAvg: Tensor;
  /** Decaying maximum of the gradient's magnitude. */
  readonly expInf: Tensor;
}

type Moment = "expAvg" | "expInf";

const RULE: Rule<AdamaxOptions, Moment> = {
  name: "Adamax",
  options: {
    lr: nonNegative(2e-3, "Invalid learning rate"),
    betas: betas(0.9, 0.999),
    eps: nonNegative(1e-8, "Invalid epsilon value"),
    weightDecay: nonNegative(0, "Invalid weight_decay value"),
    maximize: flag(false, "maximize"),
  },
  groupKeys: ["lr", "betas", "eps", "weight_decay", "foreach", "maximize", "differentiable", "capturable"],
  moments: ["expAvg", "expInf"],
  countsSteps: true,
  momentCount: () => 2,
  checkGrad: denseOnly("Adamax"),
  step: (kernel, state, options, flags, gradScale) => {
    const { lr, betas, eps, weightDecay } = options;
    kernel.stepAdamax(state, lr, betas[0], betas[1], eps, weightDecay, flags, gradScale);
  },
};

/**
 * Adamax (Kingma & Ba, arXiv 1412.6980, section 7), as `torch.optim.Adamax`.
 *
 * ```text
 * m = β₁·m + (1 − β₁)·g                  u = max(β₂·u, |g| + eps)
 * param −= lr / (1 − β₁ᵗ) · m / u
 * ```
 *
 * @example
 * const optimizer = new Adamax([weight], { lr: 2e-3 });
 */
export class Adamax extends Optimizer<AdamaxOptions, Moment, AdamaxParameterState> {
  constructor(params: Params<AdamaxOptions>, options: Given<AdamaxOptions> = {}) {
    super(RULE, params, options);
  }
}
