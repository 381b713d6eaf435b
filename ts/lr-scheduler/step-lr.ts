/** Decay every so many epochs. */

import type { Optimizer } from "../optim/optimizer.js";
import { integerPower } from "../power.js";
import { ChainableScheduler } from "./chainable.js";
import { epochRule, type LastEpochOption, type Moment } from "./epoch-scheduler.js";
import { nonNegativeNumber, positiveInteger, readOptions } from "./fields.js";

/** Options of {@link StepLR}. */
export interface StepLROptions extends LastEpochOption {
  /** Epochs between two decays. */
  stepSize: number;
  /** Factor of the learning rate, 0.1 by default. */
  gamma?: number | undefined;
}

interface Values {
  readonly stepSize: number;
  readonly gamma: number;
}

const RULE = epochRule<Values>("StepLR", {
  stepSize: { key: "step_size", check: positiveInteger("stepSize") },
  gamma: { key: "gamma", check: nonNegativeNumber("gamma"), default: 0.1 },
});

/**
 * Multiplies the learning rate by `gamma` every `stepSize` epochs.
 *
 * ```text
 * lr = baseLr · gamma^⌊epoch / stepSize⌋
 * ```
 *
 * @example
 * const scheduler = new StepLR(optimizer, { stepSize: 30 });
 * for (let epoch = 0; epoch < 100; epoch++) {
 *   train(); // with optimizer.step() in it
 *   scheduler.step();
 * }
 */
export class StepLR extends ChainableScheduler<Values> {
  constructor(optimizer: Optimizer, options: StepLROptions) {
    super(RULE, optimizer, readOptions(optimizer, options, RULE));
  }

  /** @internal */
  protected override next({ epoch, lr }: Moment): number {
    const { stepSize, gamma } = this.state;
    return epoch % stepSize === 0 ? lr * gamma : lr;
  }

  /** @internal */
  protected override closedForm({ epoch, baseLr }: Moment): number {
    const { stepSize, gamma } = this.state;
    return baseLr * integerPower(gamma, Math.floor(epoch / stepSize));
  }
}
