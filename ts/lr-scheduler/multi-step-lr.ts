/** Decay at given epochs. */

import { ownOptions } from "../check.js";
import type { Optimizer } from "../optim/optimizer.js";
import { integerPower } from "../power.js";
import { ChainableScheduler } from "./chainable.js";
import { epochRule, type LastEpochOption, type Moment } from "./epoch-scheduler.js";
import { type Check, countFromZero, list, nonNegativeNumber, positiveInteger, readOptions } from "./fields.js";

/** Options of {@link MultiStepLR}. */
export interface MultiStepLROptions extends LastEpochOption {
  /** Epochs of the decays. One that is given twice decays twice. */
  milestones: readonly number[];
  /** Factor of the learning rate, 0.1 by default. */
  gamma?: number | undefined;
}

/** How often each epoch was given: torch's Counter, which is a dict in its state dicts. */
type Counter = Readonly<Record<number, number>>;

interface Values {
  readonly milestones: Counter;
  readonly gamma: number;
}

const epochs = list("milestones", countFromZero("milestones"));

const checkCounter: Check<Counter> = (value, optimizer) => {
  const counter: Record<number, number> = Object.create(null);
  for (const [epoch, times] of Object.entries(ownOptions(value, "milestones"))) {
    counter[countFromZero("milestones")(Number(epoch), optimizer)] = positiveInteger("milestones")(times, optimizer);
  }
  return counter;
};

const counted: Check<Counter> = (value, optimizer) => {
  const counter: Record<number, number> = Object.create(null);
  for (const epoch of epochs(value, optimizer)) counter[epoch] = (counter[epoch] ?? 0) + 1;
  return counter;
};

const RULE = epochRule<Values>("MultiStepLR", {
  milestones: {
    key: "milestones",
    check: counted,
    load: (saved, _, optimizer) => (Array.isArray(saved) ? counted : checkCounter)(saved, optimizer),
    save: (milestones) => ({ ...milestones }),
  },
  gamma: { key: "gamma", check: nonNegativeNumber("gamma"), default: 0.1 },
});

/**
 * Multiplies the learning rate by `gamma` at each of the `milestones`.
 *
 * ```text
 * lr = baseLr · gamma^(number of milestones ≤ epoch)
 * ```
 *
 * @example
 * const scheduler = new MultiStepLR(optimizer, { milestones: [30, 80] });
 */
export class MultiStepLR extends ChainableScheduler<Values> {
  constructor(optimizer: Optimizer, options: MultiStepLROptions) {
    super(RULE, optimizer, readOptions(optimizer, options, RULE));
  }

  /** @internal */
  protected override first(moment: Moment): number {
    return this.next(moment);
  }

  /** @internal */
  protected override next({ epoch, lr }: Moment): number {
    const { milestones, gamma } = this.state;
    return lr * integerPower(gamma, milestones[epoch] ?? 0);
  }

  /** @internal */
  protected override closedForm({ epoch, baseLr }: Moment): number {
    const { milestones, gamma } = this.state;
    const passed = Object.entries(milestones).filter(([milestone]) => Number(milestone) <= epoch);
    const decays = passed.reduce((sum, [, times]) => sum + times, 0);
    return baseLr * integerPower(gamma, decays);
  }
}
