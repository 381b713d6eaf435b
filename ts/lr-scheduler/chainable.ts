/**
 * Schedulers that change the learning rate which a group has, so that several of them work together, and a rate that was
 * set by hand in between has its effect from there on.
 */

import { EpochScheduler, type Moment } from "./epoch-scheduler.js";

export abstract class ChainableScheduler<V extends object = object> extends EpochScheduler<V> {
  /** Rates follow from the rates before, so that groups which are added later take part as well. @internal */
  protected override takesPart(): boolean {
    return true;
  }

  /** @internal */
  protected override rate(moment: Moment): number {
    if (moment.by === "jump") return this.closedForm(moment);
    if (moment.epoch === 0) return this.first(moment);
    // Resumed: the rate that came with the optimizer is the one of this epoch.
    return moment.by === "start" ? moment.lr : this.next(moment);
  }

  /** The learning rate at epoch 0. @internal */
  protected first({ lr }: Moment): number {
    return lr;
  }

  /** The learning rate from the one of the epoch before. @internal */
  protected abstract next(moment: Moment): number;

  /** The learning rate from the base rate. @internal */
  protected abstract closedForm(moment: Moment): number;
}
