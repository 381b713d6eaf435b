/** RAdam: Adam that waits until its second moment can be trusted. */

import type { Tensor } from "../tensor.js";
import { denseOnly } from "./dense-grad.js";
import { Optimizer } from "./optimizer.js";
import { type Betas, betas, flag, nonNegative } from "./options.js";
import type { Given, Params } from "./param-group.js";
import type { Rule } from "./rule.js";

/** Options of {@link RAdam}; what is true or false is false by default. */
export interface RAdamOptions {
  /** Learning rate, 1e-3 by default. */
  lr: number;
  /** Decay rates of the first and the second moment, [0.9, 0.999] by default. */
  betas: Betas;
  /** Added to the denominator before the bias correction, 1e-8 by default. */
  eps: number;
  /** L2 penalty, or decoupled decay with `decoupledWeightDecay`; 0 by default. */
  weightDecay: number;
  /** Weight decay of AdamW: `param *= 1 - lr * weightDecay`. */
  decoupledWeightDecay: boolean;
  /** Ascend instead of descend. */
  maximize: boolean;
}

/** What {@link RAdam} keeps of a parameter. */
export interface RAdamParameterState {
  /** Updates so far. */
  readonly step: number;
  /** First moment. */
  readonly expAvg: Tensor;
  /** Second moment. */
  readonly expAvgSq: Tensor;
}

type Moment = "expAvg" | "expAvgSq";

const RULE: Rule<RAdamOptions, Moment> = {
  name: "RAdam",
  options: {
    lr: nonNegative(1e-3, "Invalid learning rate"),
    betas: betas(0.9, 0.999),
    eps: nonNegative(1e-8, "Invalid epsilon value"),
    weightDecay: nonNegative(0, "Invalid weight_decay value"),
    maximize: flag(false, "maximize"),
    decoupledWeightDecay: flag(false, "decoupledWeightDecay"),
  },
  groupKeys: [
    "lr",
    "betas",
    "eps",
    "weight_decay",
    "maximize",
    "foreach",
    "capturable",
    "decoupled_weight_decay",
    "differentiable",
  ],
  moments: ["expAvg", "expAvgSq"],
  countsSteps: true,
  momentCount: () => 2,
  checkGrad: denseOnly("RAdam"),
  step: (kernel, state, options, flags, gradScale) => {
    const { lr, betas, eps, weightDecay } = options;
    kernel.stepRAdam(state, lr, betas[0], betas[1], eps, weightDecay, flags, gradScale);
  },
};

/**
 * RAdam (Liu et al., arXiv 1908.03265), as `torch.optim.RAdam`: while the variance of the second moment is unknown (the
 * first five steps with β₂ = 0.999) it steps along the first moment alone, then as Adam with a rectified length.
 *
 * ```text
 * ρ∞ = 2 / (1 − β₂) − 1                  ρ = ρ∞ − 2t · β₂ᵗ / (1 − β₂ᵗ)
 * ρ ≤ 5:  param −= lr · m/(1 − β₁ᵗ)
 * else:   param −= lr · r · m/(1 − β₁ᵗ) · √(1 − β₂ᵗ) / (√v + eps)
 *         r = √((ρ − 4)(ρ − 2) · ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) · ρ))
 * ```
 *
 * @example
 * const optimizer = new RAdam([weight], { lr: 1e-3 });
 */
export class RAdam extends Optimizer<RAdamOptions, Moment, RAdamParameterState> {
  constructor(params: Params<RAdamOptions>, options: Given<RAdamOptions> = {}) {
    super(RULE, params, options);
  }
}
