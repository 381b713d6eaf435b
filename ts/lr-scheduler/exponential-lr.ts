/** Decay in every epoch. */

import type { Optimizer } from "../optim/optimizer.js";
import { integerPower } from "../power.js";
import { ChainableScheduler } from "./chainable.js";
import { epochRule, type LastEpochOption, type Moment } from "./epoch-scheduler.js";
import { nonNegativeNumber, readOptions } from "./fields.js";

/** Options of {@link ExponentialLR}. */
export interface ExponentialLROptions extends LastEpochOption {
  /** Factor of the learning rate. */
  gamma: number;
}

interface Values {
  readonly gamma: number;
}

const RULE = epochRule<Values>("ExponentialLR", {
  gamma: { key: "gamma", check: nonNegativeNumber("gamma") },
});

/**
 * Multiplies the learning rate by `gamma` in every epoch.
 *
 * ```text
 * lr = baseLr · gamma^epoch
 * ```
 *
 * @example
 * const scheduler = new ExponentialLR(optimizer, { gamma: 0.95 });
 */
export class ExponentialLR extends ChainableScheduler<Values> {
  constructor(optimizer: Optimizer, options: ExponentialLROptions) {
    super(RULE, optimizer, readOptions(optimizer, options, RULE));
  }

  /** @internal */
  protected override next({ lr }: Moment): number {
    return lr * this.state.gamma;
  }

  /** @internal */
  protected override closedForm({ epoch, baseLr }: Moment): number {
    return baseLr * integerPower(this.state.gamma, epoch);
  }
}
