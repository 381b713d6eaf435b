/** Schedulers that step others. */

import { kindOf, mismatch, rangeError, typeError } from "../check.js";
import type { Optimizer } from "../optim/optimizer.js";
import { EpochScheduler } from "./epoch-scheduler.js";
import type { Field } from "./fields.js";
import { LRScheduler, type SchedulerState, type SchedulerStateDict } from "./lr-scheduler.js";
import { ReduceLROnPlateau } from "./reduce-lr-on-plateau.js";

/** A scheduler that another one can step. */
export type Part = EpochScheduler | CompositeScheduler;

/** What schedulers of schedulers keep. */
export interface CompositeState extends SchedulerState {
  readonly schedulers: readonly Part[];
}

/** The field of {@link CompositeState}. */
export const SCHEDULERS: Field<readonly Part[]> = {
  key: "_schedulers",
  check: (value) => value as readonly Part[],
  save: (schedulers) => schedulers.map((each) => each.stateDict()),
  load: (saved, current) => {
    if (!Array.isArray(saved)) throw typeError("ERR_OPTION", "_schedulers must be an array of state dicts");
    if (saved.length !== current.length) {
      throw mismatch(`the state dict is of ${saved.length} schedulers, but there are ${current.length}`);
    }
    for (const [index, each] of current.entries()) each.loadStateDict(saved[index] as SchedulerStateDict);
    return current;
  },
};

export abstract class CompositeScheduler<S extends CompositeState = CompositeState> extends LRScheduler<S> {
  /** @internal */
  protected override get children(): readonly Part[] {
    return this.state.schedulers;
  }

  abstract override step(): void;

  /** Is as it was before its construction; the groups stay as they are. @internal */
  rewind(): void {
    for (const child of this.children) child.rewind();
  }

  /** Sets the first learning rates, on those that the groups have. @internal */
  abstract begin(): void;

  /** Sets the first learning rates, on the groups' initial ones. @internal */
  restart(): void {
    for (const group of this.groups) group.lr = group.initialLr ?? group.lr;
    this.rewind();
    this.begin();
  }
}

/** Refuses what cannot be stepped together. */
export function checkParts(schedulers: unknown, optimizer: Optimizer | undefined, name: string): readonly Part[] {
  if (!Array.isArray(schedulers)) {
    throw typeError("ERR_OPTION", `${name} expects an array of schedulers, got ${kindOf(schedulers)}`);
  }
  if (schedulers.length === 0)
    throw rangeError("ERR_OPTION", `${name} expects at least one scheduler, but got no scheduler`);
  schedulers.forEach((scheduler: unknown, index) => {
    if (scheduler instanceof ReduceLROnPlateau) {
      throw rangeError(
        "ERR_OPTION",
        `${name} does not support \`ReduceLROnPlateau\` scheduler as it requires a metric when calling \`step\`, but got ` +
          `one at index ${index} in the given schedulers sequence`,
      );
    }
    if (!(scheduler instanceof EpochScheduler || scheduler instanceof CompositeScheduler)) {
      throw typeError("ERR_OPTION", `${name} at index ${index} should have a scheduler, got ${kindOf(scheduler)}`);
    }
    if (scheduler.optimizer !== (optimizer ?? schedulers[0].optimizer)) {
      throw rangeError(
        "ERR_OPTION",
        `${name} expects all schedulers to belong to the same optimizer, but the one at index ${index} has another`,
      );
    }
    if (schedulers.indexOf(scheduler) !== index) {
      throw rangeError(
        "ERR_OPTION",
        `${name} got the same scheduler at index ${schedulers.indexOf(scheduler)} and ${index}`,
      );
    }
  });
  return Object.freeze([...schedulers]);
}
