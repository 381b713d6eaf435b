/** Several schedules at once. */

import { knownOptions } from "../check.js";
import type { Optimizer } from "../optim/optimizer.js";
import { CompositeScheduler, type CompositeState, checkParts, type Part, SCHEDULERS } from "./composite.js";
import type { Fields } from "./fields.js";
import { checkOptimizer } from "./groups.js";
import { LAST_LR, type LRScheduler } from "./lr-scheduler.js";

/** Options of {@link ChainedScheduler}. */
export interface ChainedSchedulerOptions {
  /** Their optimizer, to be compared; that of the first by default. */
  optimizer?: Optimizer | undefined;
}

const FIELDS: Fields<CompositeState> = { schedulers: SCHEDULERS, lastLr: LAST_LR };

const RULE = { name: "ChainedScheduler", fields: FIELDS };

/**
 * Steps several schedulers, one after the other, each on the learning rates that the one before has set.
 *
 * @example
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const decay = new ExponentialLR(optimizer, { gamma: 0.95 });
 * const scheduler = new ChainedScheduler([warmUp, decay]);
 */
export class ChainedScheduler extends CompositeScheduler {
  constructor(schedulers: readonly LRScheduler[], options: ChainedSchedulerOptions = {}) {
    const { optimizer } = knownOptions(options, ["optimizer"], RULE.name);
    if (optimizer !== undefined) checkOptimizer(optimizer);
    const parts = checkParts(schedulers, optimizer, RULE.name);
    super(RULE, (parts[0] as Part).optimizer, { schedulers: parts, lastLr: [] });
    this.noteRates();
  }

  /** Sets the learning rates of the next epoch: to be called after `optimizer.step()`. */
  override step(): void {
    this.atomically(() => {
      for (const scheduler of this.children) scheduler.step();
      this.noteRates();
    });
  }

  /** @internal */
  override begin(): void {
    for (const scheduler of this.children) scheduler.begin();
    this.noteRates();
  }
}
