/** Momentum as cyclic schedules move it: `momentum` of SGD, or the first of the `betas` of Adam. */

import { mismatch, rangeError } from "../check.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Betas } from "../optim/options.js";
import { boolean, type Check, type Field, nonNegativeNumber, number } from "./fields.js";
import type { ScheduledGroup } from "./groups.js";

/** A momentum: less than 1 where it is a beta, and any from 0 up in SGD. */
export const momentum = (name: string): Check<number> => {
  const beta = number(`Expected ${name} of at least 0 and less than 1`, (x) => x >= 0 && x < 1);
  const any = nonNegativeNumber(name);
  return (value, optimizer) => (Object.hasOwn(optimizer.defaults, "betas") ? beta : any)(value, optimizer);
};

/** True if momentum is the first beta; throws if there is none. */
export function usesBeta1(optimizer: Optimizer): boolean {
  const { defaults } = optimizer;
  if (Object.hasOwn(defaults, "betas")) return true;
  if (Object.hasOwn(defaults, "momentum")) return false;
  throw rangeError("ERR_OPTION", "optimizer must support momentum or beta1 with `cycleMomentum` option enabled");
}

/** Sets the momentum of a group, which is the first beta or not. */
export function setMomentum(group: ScheduledGroup, isBeta1: boolean, momentum: number): void {
  if (isBeta1) group.betas = [momentum, (group.betas as Betas)[1]];
  else group.momentum = momentum;
}

/** The answer of {@link usesBeta1}, asked if momentum is cycled. */
export const USE_BETA1: Field<boolean | undefined> = {
  key: "use_beta1",
  isOptional: true,
  check: boolean("use_beta1"),
  load: (saved, _, optimizer) => {
    if (saved === usesBeta1(optimizer)) return saved;
    throw mismatch("the state dict is of a schedule that cycles another kind of momentum");
  },
};
