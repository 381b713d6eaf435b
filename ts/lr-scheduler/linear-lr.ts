/** A factor that changes linearly over the first epochs: warm-up. */

import type { Optimizer } from "../optim/optimizer.js";
import { ChainableScheduler } from "./chainable.js";
import { epochRule, type LastEpochOption, type Moment } from "./epoch-scheduler.js";
import { number, positiveInteger, readOptions } from "./fields.js";

/** Options of {@link LinearLR}. */
export interface LinearLROptions extends LastEpochOption {
  /** Factor of the learning rate at first, ⅓ by default. */
  startFactor?: number | undefined;
  /** Factor of the learning rate in the end, 1 by default. */
  endFactor?: number | undefined;
  /** Epochs from the one to the other, 5 by default. */
  totalIters?: number | undefined;
}

interface Values {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;
}

const RULE = epochRule<Values>("LinearLR", {
  startFactor: {
    key: "start_factor",
    default: 1 / 3,
    check: number(
      "Starting multiplicative factor expected to be greater than 0 and less or equal to 1",
      (x) => x > 0 && x <= 1,
    ),
  },
  endFactor: {
    key: "end_factor",
    default: 1,
    check: number("Ending multiplicative factor expected to be between 0 and 1", (x) => x >= 0 && x <= 1),
  },
  totalIters: { key: "total_iters", check: positiveInteger("totalIters"), default: 5 },
});

/**
 * Multiplies the learning rate by a factor that goes from `startFactor` to `endFactor` until epoch `totalIters`.
 *
 * ```text
 * lr = baseLr · (startFactor + (endFactor − startFactor) · min(epoch, totalIters) / totalIters)
 * ```
 *
 * @example
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.1, totalIters: 1000 });
 */
export class LinearLR extends ChainableScheduler<Values> {
  constructor(optimizer: Optimizer, options: LinearLROptions = {}) {
    super(RULE, optimizer, readOptions(optimizer, options, RULE));
  }

  /** @internal */
  protected override first({ lr }: Moment): number {
    return lr * this.state.startFactor;
  }

  /** @internal */
  protected override next({ epoch, lr }: Moment): number {
    const { startFactor, endFactor, totalIters } = this.state;
    if (epoch > totalIters) return lr;
    const slope = endFactor - startFactor;
    // On the way to 0, the last factor may be rounded to less than that.
    return lr * Math.max(0, 1 + slope / (totalIters * startFactor + (epoch - 1) * slope));
  }

  /** @internal */
  protected override closedForm({ epoch, baseLr }: Moment): number {
    const { startFactor, endFactor, totalIters } = this.state;
    return baseLr * (startFactor + ((endFactor - startFactor) * Math.min(totalIters, epoch)) / totalIters);
  }
}
