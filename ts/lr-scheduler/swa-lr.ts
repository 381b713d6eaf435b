/** The learning rate while weights are averaged. */

import type { Optimizer } from "../optim/optimizer.js";
import { type AnnealStrategy, checkStrategy } from "./anneal.js";
import { cosPi } from "./cosine.js";
import {
  type EpochRule,
  EpochScheduler,
  epochFields,
  type LastEpochOption,
  type Moment,
  type Resumable,
} from "./epoch-scheduler.js";
import { type Fields, LAST_EPOCH, nonNegativeNumber, number, perGroup, readOptions } from "./fields.js";
import { fieldOf, type ScheduledGroup } from "./groups.js";

/** Options of {@link SWALR}. */
export interface SWALROptions extends LastEpochOption {
  /** The learning rate in the end; one for all groups, or a list with one for each. */
  swaLr: number | readonly number[];
  /** Epochs until then, 10 by default. */
  annealEpochs?: number | undefined;
  /** Along half a cosine (the default), or a line. */
  annealStrategy?: AnnealStrategy | undefined;
}

interface Values {
  readonly annealEpochs: number;
  readonly annealStrategy: AnnealStrategy;
}

const OWN: Fields<Values> = {
  annealEpochs: {
    key: "anneal_epochs",
    check: number("annealEpochs must be an integer equal or greater than 0", (x) => Number.isSafeInteger(x) && x >= 0),
    default: 10,
  },
  annealStrategy: { key: "_anneal_strategy", check: checkStrategy, default: "cos" },
};

const RULE: EpochRule<Values, Resumable<Values> & { readonly swaLr: readonly number[] }> = {
  name: "SWALR",
  fields: epochFields<Values>(OWN),
  options: { ...OWN, swaLr: { check: perGroup("swaLr", nonNegativeNumber("swaLr")) }, lastEpoch: LAST_EPOCH },
};

/**
 * Takes the learning rate from where another scheduler has left it to `swaLr`, and keeps it there, for stochastic weight
 * averaging (Izmailov et al., arXiv 1803.05407).
 *
 * ```text
 * lr = w · swaLr + (1 − w) · (where it was left)         after t of annealEpochs steps
 * w = (1 − cos(π · t / annealEpochs)) / 2                "linear": t / annealEpochs
 * ```
 *
 * @example
 * const swaScheduler = new SWALR(optimizer, { swaLr: 0.05, annealEpochs: 20 });
 */
export class SWALR extends EpochScheduler<Values> {
  constructor(optimizer: Optimizer, options: SWALROptions) {
    const { swaLr, ...own } = readOptions(optimizer, options, RULE);
    super(RULE, optimizer, own, (group, index) => {
      group.swaLr = swaLr[index];
    });
  }

  /** @internal */
  protected override takesPart(group: ScheduledGroup, index: number): boolean {
    return super.takesPart(group, index) || group.swaLr !== undefined;
  }

  /** @internal */
  protected override rate({ group, index, lr }: Moment): number {
    const { annealEpochs } = this.state;
    // Its own calls count, not the epoch: another scheduler has had the first ones.
    const step = annealEpochs === 0 ? Math.max(1, this.stepCount - 1) : this.stepCount - 1;
    const before = weightAfter(step - 1, this.state);
    const now = weightAfter(step, this.state);
    const swaLr = fieldOf(group, index, "swaLr");
    const start = before === 1 ? swaLr : (lr - before * swaLr) / (1 - before);
    return swaLr * now + start * (1 - now);
  }
}

/** The share of `swaLr` after some steps. */
function weightAfter(steps: number, { annealEpochs, annealStrategy }: Values): number {
  const fraction = Math.max(0, Math.min(1, steps / Math.max(1, annealEpochs)));
  return annealStrategy === "cos" ? (1 - cosPi(fraction)) / 2 : fraction;
}
