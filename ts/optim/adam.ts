/** Adam, and AMSGrad and decoupled weight decay as its options. */

import { rangeError } from "../check.js";
import type { Tensor } from "../tensor.js";
import { denseOnly } from "./dense-grad.js";
import type { GroupState } from "./group-state.js";
import { Optimizer } from "./optimizer.js";
import { type Betas, betas, flag, nonNegative, type Options } from "./options.js";
import type { Given, Params } from "./param-group.js";
import type { Rule } from "./rule.js";

/** Options of {@link Adam}; what is true or false is false by default. */
export interface AdamOptions {
  /** Learning rate, 1e-3 by default. */
  lr: number;
  /** Decay rates of the first and the second moment, [0.9, 0.999] by default. */
  betas: Betas;
  /** Added to the denominator, 1e-8 by default. */
  eps: number;
  /** L2 penalty, or decoupled decay with `decoupledWeightDecay`; 0 by default. */
  weightDecay: number;
  /** Divide by the largest second moment so far (Reddi, Kale & Kumar, arXiv 1904.09237). */
  amsgrad: boolean;
  /** Ascend instead of descend. */
  maximize: boolean;
  /** Weight decay of AdamW (Loshchilov & Hutter, arXiv 1711.05101): `param *= 1 - lr * weightDecay`. */
  decoupledWeightDecay: boolean;
  /** The rule of 2017, of Caffe, TensorFlow and Keras: eps is added before the bias correction. */
  epsilonHat: boolean;
  /** torch's order to the last bit: two divisions per element instead of one. */
  exact: boolean;
}

/** What {@link Adam} keeps of a parameter. */
export interface AdamParameterState {
  /** Updates so far. */
  readonly step: number;
  /** First moment. */
  readonly expAvg: Tensor;
  /** Second moment. */
  readonly expAvgSq: Tensor;
  /** Largest second moment so far, with `amsgrad`. */
  readonly maxExpAvgSq?: Tensor;
}

type Moment = "expAvg" | "expAvgSq" | "maxExpAvgSq";

/** Options of Adam with torch's defaults; variants change what they must. @internal */
export const ADAM_OPTIONS: Options<AdamOptions> = {
  lr: nonNegative(1e-3, "Invalid learning rate"),
  betas: betas(0.9, 0.999),
  eps: nonNegative(1e-8, "Invalid epsilon value"),
  weightDecay: nonNegative(0, "Invalid weight_decay value"),
  amsgrad: flag(false, "amsgrad"),
  maximize: flag(false, "maximize"),
  decoupledWeightDecay: flag(false, "decoupledWeightDecay"),
  epsilonHat: flag(false, "epsilonHat"),
  exact: flag(false, "exact"),
};

/** Adam's rule under a name and options. @internal */
export function adamRule(name: string, options: Options<AdamOptions>): Rule<AdamOptions, Moment> {
  return {
    name,
    options,
    groupKeys: [
      "lr",
      "betas",
      "eps",
      "weight_decay",
      "amsgrad",
      "maximize",
      "foreach",
      "capturable",
      "differentiable",
      "fused",
      "decoupled_weight_decay",
    ],
    moments: ["expAvg", "expAvgSq", "maxExpAvgSq"],
    countsSteps: true,
    momentCount: ({ amsgrad }) => (amsgrad ? 3 : 2),
    checkGrad: denseOnly(name),
    beforeAssign: (option, value, state) => {
      if (option !== "amsgrad") return;
      if (value === true) checkMaxima(state);
      state.reserveAnew();
    },
    step: (kernel, state, options, flags, gradScale) => {
      const { lr, betas, eps, weightDecay } = options;
      kernel.stepAdam(state, lr, betas[0], betas[1], eps, weightDecay, flags, gradScale);
    },
  };
}

/** Throws if a slot has been stepped without a maximum. */
function checkMaxima(state: GroupState): void {
  state.params.forEach((parameter, slot) => {
    if (state.stepCount(slot) > 0 && state.momentView(slot, 2) === undefined) {
      throw rangeError(
        "ERR_OPTION",
        `amsgrad cannot be turned on after the first step: ${parameter.describe()} has no maximum of its second moment`,
      );
    }
  });
}

/**
 * Adam (Kingma & Ba, arXiv 1412.6980), as `torch.optim.Adam`.
 *
 * ```text
 * m = β₁·m + (1 − β₁)·g                  v = β₂·v + (1 − β₂)·g²
 * param −= lr · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + eps)
 * ```
 *
 * @example
 * const optimizer = new Adam([weight, bias], { lr: 1e-2 });
 * weight.grad = [[0.1, 0.2], [0.3, 0.4]];
 * optimizer.step(); // weight.data is new; bias had no gradient and is as before
 */
export class Adam extends Optimizer<AdamOptions, Moment, AdamParameterState> {
  /** @internal */
  protected static readonly rule = /* @__PURE__ */ adamRule("Adam", ADAM_OPTIONS);

  constructor(params: Params<AdamOptions>, options: Given<AdamOptions> = {}) {
    super(new.target.rule, params, options);
  }
}
