/** A constant factor for the first epochs. */

import type { Optimizer } from "../optim/optimizer.js";
import { ChainableScheduler } from "./chainable.js";
import { epochRule, type LastEpochOption, type Moment } from "./epoch-scheduler.js";
import { number, positiveInteger, readOptions } from "./fields.js";

/** Options of {@link ConstantLR}. */
export interface ConstantLROptions extends LastEpochOption {
  /** Factor of the learning rate, ⅓ by default. More than 0, because the rate is divided by it at the end. */
  factor?: number | undefined;
  /** Epochs with that factor, 5 by default. */
  totalIters?: number | undefined;
}

interface Values {
  readonly factor: number;
  readonly totalIters: number;
}

const RULE = epochRule<Values>("ConstantLR", {
  factor: {
    key: "factor",
    default: 1 / 3,
    check: number("Constant multiplicative factor expected to be between 0 and 1 and not 0", (x) => x > 0 && x <= 1),
  },
  totalIters: { key: "total_iters", check: positiveInteger("totalIters"), default: 5 },
});

/**
 * Multiplies the learning rate by `factor` until epoch `totalIters`.
 *
 * ```text
 * lr = baseLr · (epoch < totalIters ? factor : 1)
 * ```
 *
 * @example
 * const scheduler = new ConstantLR(optimizer, { factor: 0.5, totalIters: 4 });
 */
export class ConstantLR extends ChainableScheduler<Values> {
  constructor(optimizer: Optimizer, options: ConstantLROptions = {}) {
    super(RULE, optimizer, readOptions(optimizer, options, RULE));
  }

  /** @internal */
  protected override first({ lr }: Moment): number {
    return lr * this.state.factor;
  }

  /** @internal */
  protected override next({ epoch, lr }: Moment): number {
    const { factor, totalIters } = this.state;
    return epoch === totalIters ? lr * (1 / factor) : lr;
  }

  /** @internal */
  protected override closedForm({ epoch, baseLr }: Moment): number {
    const { factor, totalIters } = this.state;
    return baseLr * (factor + (epoch >= totalIters ? 1 - factor : 0));
  }
}
