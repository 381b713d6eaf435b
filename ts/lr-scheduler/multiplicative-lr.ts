/** The change of the learning rate as a function of the epoch. */

import type { Optimizer } from "../optim/optimizer.js";
import { ChainableScheduler } from "./chainable.js";
import { epochRule, type LastEpochOption, type Moment } from "./epoch-scheduler.js";
import { readOptions } from "./fields.js";
import { factorOf, LAMBDAS, type LRLambda } from "./lambda.js";

/** Options of {@link MultiplicativeLR}. */
export interface MultiplicativeLROptions extends LastEpochOption {
  /** Factor of the learning rate on the way to an epoch; one for all groups, or a list with one for each. */
  lrLambda: LRLambda | readonly LRLambda[];
}

interface Values {
  readonly lrLambda: readonly LRLambda[];
}

const RULE = epochRule<Values>("MultiplicativeLR", { lrLambda: LAMBDAS });

/**
 * Multiplies the learning rate by a function of the epoch, from epoch 1 on.
 *
 * ```text
 * lr *= lrLambda(epoch)
 * ```
 *
 * @example
 * const scheduler = new MultiplicativeLR(optimizer, { lrLambda: () => 0.95 });
 */
export class MultiplicativeLR extends ChainableScheduler<Values> {
  constructor(optimizer: Optimizer, options: MultiplicativeLROptions) {
    super(RULE, optimizer, readOptions(optimizer, options, RULE));
  }

  /** @internal */
  protected override next({ epoch, lr, index }: Moment): number {
    return lr * factorOf(this.state.lrLambda[index], epoch);
  }

  /** There is none: a jump multiplies as well. @internal */
  protected override closedForm(moment: Moment): number {
    return this.next(moment);
  }
}
