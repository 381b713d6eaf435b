/** One schedule after another. */

import { mismatch, rangeError } from "../check.js";
import type { Optimizer } from "../optim/optimizer.js";
import { CompositeScheduler, type CompositeState, checkParts, type Part, SCHEDULERS } from "./composite.js";
import { countFromZero, type Fields, list, type OptionTable, positiveInteger, readOptions } from "./fields.js";
import { LAST_LR, type LRScheduler, type SchedulerRule } from "./lr-scheduler.js";

/** Options of {@link SequentialLR}. */
export interface SequentialLROptions {
  /** Schedulers of the optimizer, made for this one alone: they start afresh. */
  schedulers: readonly LRScheduler[];
  /** The epochs at which the second, the third… take over. */
  milestones: readonly number[];
}

interface State extends CompositeState {
  readonly milestones: readonly number[];
  readonly lastEpoch: number;
}

const milestones = list("milestones", positiveInteger("milestones"));

const FIELDS: Fields<State> = {
  milestones: {
    key: "_milestones",
    check: (value, optimizer) => {
      const epochs = milestones(value, optimizer);
      if (epochs.some((epoch, i) => epoch <= (epochs[i - 1] ?? 0))) {
        throw rangeError("ERR_OPTION", `milestones must be increasing, got [${epochs.join(", ")}]`);
      }
      return epochs;
    },
  },
  lastEpoch: { key: "last_epoch", check: countFromZero("last_epoch") },
  schedulers: SCHEDULERS,
  lastLr: LAST_LR,
};

const RULE: SchedulerRule<State> & OptionTable<Pick<State, "schedulers" | "milestones">> = {
  name: "SequentialLR",
  fields: FIELDS,
  options: {
    schedulers: { check: (value, optimizer) => checkParts(value, optimizer, RULE.name) },
    milestones: FIELDS.milestones,
  },
};

/**
 * Steps one scheduler until the first milestone, then the next, which begins at its epoch 0: with the base rates, and not
 * with those that the one before has reached. A ChainedScheduler or SequentialLR as the first starts at its first rates: torch
 * steps such a chain once too often when it is made, and runs the clock of such a sequence one ahead.
 *
 * @example
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const decay = new CosineAnnealingLR(optimizer, { tMax: 95 });
 * const scheduler = new SequentialLR(optimizer, { schedulers: [warmUp, decay], milestones: [5] });
 */
export class SequentialLR extends CompositeScheduler<State> {
  constructor(optimizer: Optimizer, options: SequentialLROptions) {
    const { schedulers, milestones } = readOptions(optimizer, options, RULE);
    checkCounts(schedulers.length, milestones.length);
    super(RULE, optimizer, { schedulers, milestones, lastEpoch: 0, lastLr: [] });
    this.atomically(() => this.restart());
  }

  /** The last epoch whose learning rates were set: 0 after construction. */
  get lastEpoch(): number {
    return this.state.lastEpoch;
  }

  /** Sets the learning rates of the next epoch: to be called after `optimizer.step()`. */
  override step(): void {
    this.atomically(() => {
      const { lastEpoch, milestones, schedulers } = this.state;
      const epoch = lastEpoch + 1;
      const index = milestones.filter((milestone) => milestone <= epoch).length;
      const scheduler = schedulers[index] as Part;
      if (milestones[index - 1] === epoch) scheduler.restart();
      else scheduler.step();
      this.put({ lastEpoch: epoch, lastLr: scheduler.getLastLR() });
    });
  }

  /** @internal */
  protected override checkState({ schedulers, milestones }: State): void {
    checkCounts(schedulers.length, milestones.length, mismatch);
  }

  /** @internal */
  override begin(): void {
    const first = this.state.schedulers[0] as Part;
    first.begin();
    this.put({ lastEpoch: 0, lastLr: first.getLastLR() });
  }
}

function checkCounts(schedulers: number, milestones: number, errorOf = wrongOption): void {
  if (milestones === schedulers - 1) return;
  throw errorOf(
    "Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, " +
      `but got number of schedulers ${schedulers} and the number of milestones to be equal to ${milestones}`,
  );
}

const wrongOption = (message: string): RangeError => rangeError("ERR_OPTION", message);
