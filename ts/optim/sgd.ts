/** Stochastic gradient descent with momentum. */

import { rangeError, typeError } from "../check.js";
import type { Tensor } from "../tensor.js";
import { Optimizer } from "./optimizer.js";
import { finite, flag, nonNegative } from "./options.js";
import type { Given, Params } from "./param-group.js";
import type { Rule } from "./rule.js";

/** Options of {@link SGD}; what is true or false is false by default. */
export interface SGDOptions {
  /** Learning rate, 1e-3 by default. */
  lr: number;
  /** Share of the momentum buffer that is kept, 0 by default. */
  momentum: number;
  /** Share of the gradient that does not go into the momentum buffer, 0 by default. */
  dampening: number;
  /** L2 penalty, 0 by default. */
  weightDecay: number;
  /** Nesterov momentum: needs momentum and no dampening. */
  nesterov: boolean;
  /** Ascend instead of descend. */
  maximize: boolean;
}

/** What {@link SGD} keeps of a parameter, with momentum. */
export interface SGDParameterState {
  /** SGD counts no steps. */
  readonly step?: undefined;
  /** Decaying sum of the gradients. */
  readonly momentumBuffer: Tensor;
}

type Moment = "momentumBuffer";

const RULE: Rule<SGDOptions, Moment> = {
  name: "SGD",
  options: {
    lr: nonNegative(1e-3, "Invalid learning rate"),
    momentum: nonNegative(0, "Invalid momentum value"),
    dampening: finite(0, "Invalid dampening value"),
    weightDecay: nonNegative(0, "Invalid weight_decay value"),
    nesterov: flag(false, "nesterov"),
    maximize: flag(false, "maximize"),
  },
  groupKeys: [
    "lr",
    "momentum",
    "dampening",
    "weight_decay",
    "nesterov",
    "maximize",
    "foreach",
    "differentiable",
    "fused",
  ],
  moments: ["momentumBuffer"],
  countsSteps: false,
  momentCount: ({ momentum }) => (momentum === 0 ? 0 : 1),
  checkTogether: ({ nesterov, momentum, dampening }) => {
    if (nesterov && (momentum <= 0 || dampening !== 0)) {
      throw rangeError("ERR_OPTION", "Nesterov momentum requires a momentum and zero dampening");
    }
  },
  checkGrad: (isSparse, { weightDecay }, parameter) => {
    if (!isSparse || weightDecay === 0) return;
    throw typeError(
      "ERR_OPTION",
      `weightDecay is not compatible with sparse gradients, and ${parameter.describe()} has one`,
    );
  },
  // Momentum moves also what a gradient does not name.
  spreadsSparse: ({ momentum }) => momentum !== 0,
  beforeAssign: (option, value, state) => {
    // A sparse gradient may have been fine without momentum or decay: have it looked at again.
    if (option === "momentum" && value !== 0) state.reserveAnew();
    else if (option === "momentum" || option === "weightDecay") state.bindAnew();
  },
  step: (kernel, state, options, flags, gradScale) => {
    const { lr, momentum, dampening, weightDecay } = options;
    kernel.stepSGD(state, lr, momentum, dampening, weightDecay, flags, gradScale);
  },
};

/**
 * Stochastic gradient descent, as `torch.optim.SGD`, with momentum (Sutskever et al., ICML 2013).
 *
 * ```text
 * buffer = momentum · buffer + (1 − dampening) · g       the first one is g
 * param −= lr · buffer                                   with nesterov: lr · (g + momentum · buffer)
 * ```
 *
 * Sparse gradients move only what they name; with momentum they count as dense ones that are zero elsewhere.
 *
 * @example
 * const optimizer = new SGD([weight], { lr: 0.1, momentum: 0.9 });
 */
export class SGD extends Optimizer<SGDOptions, Moment, SGDParameterState> {
  constructor(params: Params<SGDOptions>, options: Given<SGDOptions> = {}) {
    super(RULE, params, options);
  }
}
