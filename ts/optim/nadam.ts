/** NAdam: Adam with Nesterov momentum. */

import type { Tensor } from "../tensor.js";
import { denseOnly } from "./dense-grad.js";
import { Optimizer } from "./optimizer.js";
import { type Betas, betas, flag, nonNegative } from "./options.js";
import type { Given, Params } from "./param-group.js";
import type { Rule } from "./rule.js";

/** Options of {@link NAdam}; what is true or false is false by default. */
export interface NAdamOptions {
  /** Learning rate, 2e-3 by default. */
  lr: number;
  /** Decay rates of the first and the second moment, [0.9, 0.999] by default. */
  betas: Betas;
  /** Added to the denominator, 1e-8 by default. */
  eps: number;
  /** L2 penalty, or decoupled decay with `decoupledWeightDecay`; 0 by default. */
  weightDecay: number;
  /** How fast the momentum grows to β₁, 4e-3 by default. */
  momentumDecay: number;
  /** Weight decay of AdamW: `param *= 1 - lr * weightDecay`. */
  decoupledWeightDecay: boolean;
  /** Ascend instead of descend. */
  maximize: boolean;
}

/** What {@link NAdam} keeps of a parameter. */
export interface NAdamParameterState {
  /** Updates so far. */
  readonly step: number;
  /** Product of the momenta so far: a float32 as in torch, which goes on in the parameter's dtype after loading a state. */
  readonly muProduct: number;
  /** First moment. */
  readonly expAvg: Tensor;
  /** Second moment. */
  readonly expAvgSq: Tensor;
}

type Moment = "expAvg" | "expAvgSq";

const RULE: Rule<NAdamOptions, Moment> = {
  name: "NAdam",
  options: {
    lr: nonNegative(2e-3, "Invalid learning rate"),
    betas: betas(0.9, 0.999),
    eps: nonNegative(1e-8, "Invalid epsilon value"),
    weightDecay: nonNegative(0, "Invalid weight_decay value"),
    momentumDecay: nonNegative(4e-3, "Invalid momentum_decay value"),
    decoupledWeightDecay: flag(false, "decoupledWeightDecay"),
    maximize: flag(false, "maximize"),
  },
  groupKeys: [
    "lr",
    "betas",
    "eps",
    "weight_decay",
    "momentum_decay",
    "decoupled_weight_decay",
    "maximize",
    "foreach",
    "capturable",
    "differentiable",
  ],
  moments: ["expAvg", "expAvgSq"],
  countsSteps: true,
  product: "muProduct",
  momentCount: () => 2,
  checkGrad: denseOnly("NAdam"),
  step: (kernel, state, options, flags, gradScale) => {
    const { lr, betas, eps, weightDecay, momentumDecay } = options;
    kernel.stepNAdam(state, lr, betas[0], betas[1], eps, weightDecay, momentumDecay, flags, gradScale);
  },
};

/**
 * NAdam (Dozat, ICLR workshop 2016), as `torch.optim.NAdam`.
 *
 * ```text
 * μ(t) = β₁·(1 − ½·0.96^(t·momentumDecay))
 * param −= lr · ((1 − μ(t))/(1 − Πμ) · g + μ(t+1)/(1 − Πμ·μ(t+1)) · m) / (√(v/(1 − β₂ᵗ)) + eps)
 * ```
 *
 * @example
 * const optimizer = new NAdam([weight], { lr: 2e-3 });
 */
export class NAdam extends Optimizer<NAdamOptions, Moment, NAdamParameterState> {
  constructor(params: Params<NAdamOptions>, options: Given<NAdamOptions> = {}) {
    super(RULE, params, options);
  }
}
