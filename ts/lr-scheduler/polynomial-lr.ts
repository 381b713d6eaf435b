/** Decay to zero along a polynomial. */

import type { Optimizer } from "../optim/optimizer.js";
import { integerPower } from "../power.js";
import { ChainableScheduler } from "./chainable.js";
import { epochRule, type LastEpochOption, type Moment } from "./epoch-scheduler.js";
import { nonNegativeNumber, positiveInteger, readOptions } from "./fields.js";

/** Options of {@link PolynomialLR}. */
export interface PolynomialLROptions extends LastEpochOption {
  /** Epochs until the learning rate is 0, 5 by default. */
  totalIters?: number | undefined;
  /**
   * Power of the polynomial, 1 by default. Engines differ in the last digit of a power that is not whole, and the
   * learning rate then differs with them.
   */
  power?: number | undefined;
}

interface Values {
  readonly totalIters: number;
  readonly power: number;
}

const RULE = epochRule<Values>("PolynomialLR", {
  totalIters: { key: "total_iters", check: positiveInteger("totalIters"), default: 5 },
  power: { key: "power", check: nonNegativeNumber("power"), default: 1 },
});

/**
 * Takes the learning rate to 0 at epoch `totalIters`.
 *
 * ```text
 * lr = baseLr · (1 − min(epoch, totalIters) / totalIters)^power
 * ```
 *
 * @example
 * const scheduler = new PolynomialLR(optimizer, { totalIters: 100, power: 2 });
 */
export class PolynomialLR extends ChainableScheduler<Values> {
  constructor(optimizer: Optimizer, options: PolynomialLROptions = {}) {
    super(RULE, optimizer, readOptions(optimizer, options, RULE));
  }

  /** @internal */
  protected override next({ epoch, lr }: Moment): number {
    const { totalIters, power } = this.state;
    if (epoch > totalIters) return lr;
    return lr * powerOf((1 - epoch / totalIters) / (1 - (epoch - 1) / totalIters), power);
  }

  /** @internal */
  protected override closedForm({ epoch, baseLr }: Moment): number {
    const { totalIters, power } = this.state;
    return baseLr * powerOf(1 - Math.min(totalIters, epoch) / totalIters, power);
  }
}

function powerOf(base: number, power: number): number {
  return Number.isInteger(power) ? integerPower(base, power) : base ** power;
}
