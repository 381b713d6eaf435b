/** The learning rate as a function of the epoch. */

import type { Optimizer } from "../optim/optimizer.js";
import { EpochScheduler, epochRule, type LastEpochOption, type Moment } from "./epoch-scheduler.js";
import { readOptions } from "./fields.js";
import { factorOf, LAMBDAS, type LRLambda } from "./lambda.js";

/** Options of {@link LambdaLR}. */
export interface LambdaLROptions extends LastEpochOption {
  /** Factor of the base learning rate at an epoch; one for all groups, or a list with one for each. */
  lrLambda: LRLambda | readonly LRLambda[];
}

interface Values {
  readonly lrLambda: readonly LRLambda[];
}

const RULE = epochRule<Values>("LambdaLR", { lrLambda: LAMBDAS });

/**
 * Sets the learning rate to the base rate times a function of the epoch.
 *
 * ```text
 * lr = baseLr · lrLambda(epoch)
 * ```
 *
 * @example
 * const scheduler = new LambdaLR(optimizer, { lrLambda: (epoch) => 1 / (1 + epoch) });
 */
export class LambdaLR extends EpochScheduler<Values> {
  constructor(optimizer: Optimizer, options: LambdaLROptions) {
    super(RULE, optimizer, readOptions(optimizer, options, RULE));
  }

  /** @internal */
  protected override rate({ epoch, baseLr, index }: Moment): number {
    return baseLr * factorOf(this.state.lrLambda[index], epoch);
  }
}
