/** SparseAdam: Adam on the rows that a sparse gradient names. */

import { typeError } from "../check.js";
import type { Tensor } from "../tensor.js";
import { Optimizer } from "./optimizer.js";
import { type Betas, betas, flag, nonNegative, type Option, positive } from "./options.js";
import type { Given, Params } from "./param-group.js";
import type { Rule } from "./rule.js";

/** Options of {@link SparseAdam}; what is true or false is false by default. */
export interface SparseAdamOptions {
  /** Learning rate, above 0; schedules may take it to 0. 1e-3 by default. */
  lr: number;
  /** Decay rates of the first and the second moment, [0.9, 0.999] by default. */
  betas: Betas;
  /** Added to the denominator before the bias correction, above 0; 1e-8 by default. */
  eps: number;
  /** Ascend instead of descend. */
  maximize: boolean;
}

/** What {@link SparseAdam} keeps of a parameter. */
export interface SparseAdamParameterState {
  /** Updates so far, of any row. */
  readonly step: number;
  /** First moment. */
  readonly expAvg: Tensor;
  /** Second moment. */
  readonly expAvgSq: Tensor;
}

type Moment = "expAvg" | "expAvgSq";

const { check: fromZero } = nonNegative(1e-3, "Invalid learning rate");

/** torch refuses 0 at construction only, and many schedules end there. */
const LR: Option<number> = { ...positive(1e-3, "Invalid learning rate"), assign: fromZero, load: fromZero };

const RULE: Rule<SparseAdamOptions, Moment> = {
  name: "SparseAdam",
  options: {
    lr: LR,
    betas: betas(0.9, 0.999),
    eps: positive(1e-8, "Invalid epsilon value"),
    maximize: flag(false, "maximize"),
  },
  groupKeys: ["lr", "betas", "eps", "maximize"],
  moments: ["expAvg", "expAvgSq"],
  countsSteps: true,
  momentCount: () => 2,
  checkGrad: (isSparse) => {
    if (isSparse) return;
    throw typeError("ERR_OPTION", "SparseAdam does not support dense gradients, please consider Adam instead");
  },
  step: (kernel, state, options, flags, gradScale) => {
    const { lr, betas, eps } = options;
    kernel.stepSparseAdam(state, lr, betas[0], betas[1], eps, flags, gradScale);
  },
};

/**
 * SparseAdam, as `torch.optim.SparseAdam`, for embeddings: only rows with a gradient move, and only their moments do.
 * eps is added before the bias correction (the rule of 2017), and the step count is the parameter's, not the row's.
 *
 * ```text
 * m = m + (g − m)·(1 − β₁)               v = v + (g² − v)·(1 − β₂)
 * param −= lr · √(1 − β₂ᵗ)/(1 − β₁ᵗ) · m/(√v + eps)
 * ```
 *
 * @example
 * const optimizer = new SparseAdam([embedding], { lr: 1e-3 });
 * embedding.grad = SparseTensor.coo([[3, 7]], [[0.1, 0.2], [0.3, 0.4]], { shape: [1000, 2] }); // rows 3 and 7
 * optimizer.step();
 */
export class SparseAdam extends Optimizer<SparseAdamOptions, Moment, SparseAdamParameterState> {
  constructor(params: Params<SparseAdamOptions>, options: Given<SparseAdamOptions> = {}) {
    super(RULE, params, options);
  }
}
