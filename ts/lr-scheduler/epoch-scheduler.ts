/** Schedulers that count epochs, and have a formula for the learning rate of a group at an epoch. */

import { checkNumber, mismatch } from "../check.js";
import type { Optimizer } from "../optim/optimizer.js";
import { countFromZero, type Fields, LAST_EPOCH, list, nonNegativeNumber, type OptionTable } from "./fields.js";
import { checkGroupFields, type ScheduledGroup } from "./groups.js";
import { LAST_LR, LRScheduler, type SchedulerRule, type SchedulerState } from "./lr-scheduler.js";
import { warnOfEpoch, warnOfOrder } from "./warnings.js";

/** An option of all schedulers that count epochs. */
export interface LastEpochOption {
  /**
   * To resume without a state dict: the epoch before the one that the optimizer's groups are at, with their `initialLr`, of
   * a loaded state or given with the group. −1, the default, starts afresh.
   */
  lastEpoch?: number | undefined;
}

/** What they keep. */
export interface EpochState extends SchedulerState {
  readonly lastEpoch: number;
  readonly stepCount: number;
  readonly baseLrs: readonly number[];
}

/** What is a kind of such a scheduler's own: fields beside those of all, and its options. */
export interface EpochRule<V extends object, O = Resumable<V>> extends OptionTable<O> {
  readonly fields: Fields<V & EpochState>;
}

/** Values, and the epoch to go on after. */
export type Resumable<V> = V & { readonly lastEpoch: number };

/** The rule of a scheduler that keeps its options as they are given. */
export const epochRule = <V extends object>(name: string, own: Fields<V>): EpochRule<V> => ({
  name,
  fields: epochFields(own),
  options: { ...own, lastEpoch: LAST_EPOCH } as EpochRule<V>["options"],
});

/** Fields together with those of all. */
export const epochFields = <V extends object>(own: Fields<V>): Fields<V & EpochState> =>
  ({
    ...own,
    baseLrs: { key: "base_lrs", check: list("base_lrs", nonNegativeNumber("base_lrs")) },
    lastEpoch: {
      ...LAST_EPOCH,
      key: "last_epoch",
      // torch takes one back for each sequence around a part that has not started.
      load: (saved, _, optimizer) =>
        LAST_EPOCH.check(Number.isSafeInteger(saved) ? Math.max(-1, saved as number) : saved, optimizer),
    },
    stepCount: { key: "_step_count", isOptional: true, check: countFromZero("_step_count") },
    lastLr: LAST_LR,
  }) as Fields<V & EpochState>;

/** A group at the moment its learning rate is computed. */
export interface Moment {
  readonly group: ScheduledGroup;
  readonly index: number;
  readonly epoch: number;
  /** The learning rate now. */
  readonly lr: number;
  /** The learning rate that the schedule started from. */
  readonly baseLr: number;
  /** How the epoch was reached: by construction, as the next one, or by a jump. */
  readonly by: "start" | "step" | "jump";
}

/** Its constructor sets the first learning rates, before a subclass could have fields of its own. */
export abstract class EpochScheduler<V extends object = object> extends LRScheduler<V & EpochState> {
  /**
   * @param own what the kind of scheduler keeps; `baseLrs` among it replace the groups' initial rates.
   * @param prepare is called for each group before its rates are read, and may set some fields.
   * @internal
   */
  protected constructor(
    rule: SchedulerRule<V & EpochState>,
    optimizer: Optimizer,
    own: Resumable<V> & { readonly baseLrs?: readonly number[] },
    prepare: (group: ScheduledGroup, index: number) => void = () => {},
  ) {
    super(rule, optimizer, { baseLrs: [], lastLr: [], stepCount: 1, ...own } as V & EpochState);
    this.atomically(() => {
      this.groups.forEach((group, index) => {
        prepare(group, index);
        if (own.lastEpoch === -1) group.initialLr ??= group.lr;
      });
      const initial = this.groups.map((group, index) => {
        checkGroupFields(group, index, ["initialLr"]);
        return group.initialLr as number;
      });
      this.put({ baseLrs: own.baseLrs ?? Object.freeze(initial) } as Partial<V & EpochState>);
      this.begin();
    });
  }

  /** The last epoch whose learning rates were set: 0 after construction. */
  get lastEpoch(): number {
    return this.state.lastEpoch;
  }

  /** The learning rate of each group that the schedule starts from. */
  get baseLrs(): readonly number[] {
    return this.state.baseLrs;
  }

  /** Calls of `step`, with the one of construction. */
  get stepCount(): number {
    return this.state.stepCount;
  }

  /**
   * Sets the learning rates of the next epoch: to be called after `optimizer.step()`.
   *
   * @param epoch deprecated, as in torch: the epoch to go to, whatever the learning rates were.
   */
  override step(epoch?: number): void {
    if (epoch !== undefined) {
      checkEpoch(epoch, Number.isSafeInteger);
      warnOfEpoch(this.optimizer);
    }
    if (this.stepCount === 1) warnOfOrder(this.optimizer);
    this.atomically(() => {
      this.count();
      this.move(epoch === undefined ? "step" : "jump", epoch ?? this.lastEpoch + 1);
    });
  }

  /** Is as it was before its construction; the groups stay as they are. @internal */
  rewind(): void {
    // torch takes back the epoch alone, and its SWALR goes by the count.
    this.put({ lastEpoch: -1, stepCount: 1 } as Partial<V & EpochState>);
  }

  /** Sets the first learning rates, on those that the groups have. @internal */
  begin(): void {
    this.move("start", this.lastEpoch + 1);
  }

  /** Sets the learning rates of epoch 0, from the base rates if there is a form for that. @internal */
  restart(): void {
    this.put({ stepCount: 1 } as Partial<V & EpochState>);
    this.move("jump", 0);
  }

  /** Sets the learning rates of an epoch. @internal */
  protected move(by: Moment["by"], epoch: number): void {
    this.put({ lastEpoch: epoch } as Partial<V & EpochState>);
    this.groups.forEach((group, index) => {
      const { lr, initialLr } = group;
      const baseLr = this.baseLrs[index] ?? initialLr ?? lr;
      if (this.takesPart(group, index)) this.write({ group, index, epoch, lr, baseLr, by });
    });
    this.noteRates();
  }

  /** @internal */
  protected count(): void {
    this.put({ stepCount: this.stepCount + 1 } as Partial<V & EpochState>);
  }

  /** Sets the learning rate of one group. @internal */
  protected write(moment: Moment): void {
    moment.group.lr = this.rate(moment);
  }

  /** Whether a group is scheduled: one that is added later has no base rate, and may lack what a rate follows from. @internal */
  protected takesPart(_group: ScheduledGroup, index: number): boolean {
    return index < this.baseLrs.length;
  }

  /** The learning rate of one group. @internal */
  protected abstract rate(moment: Moment): number;

  /** @internal */
  protected override checkState({ baseLrs }: V & EpochState): void {
    const groups = this.groups.length;
    if (baseLrs.length > groups) {
      throw mismatch(`the state dict is of ${baseLrs.length} param groups, but the optimizer has ${groups}`);
    }
  }
}

/** Refuses an epoch that is negative, or that `accepts` does not. */
export function checkEpoch(epoch: unknown, accepts: (epoch: number) => boolean): void {
  checkNumber(epoch, "Expected non-negative epoch, but got ", (each) => accepts(each) && each >= 0);
}
