/** Param groups as schedulers see them: a learning rate, and some momentum. */

import { kindOf, rangeError, typeError } from "../check.js";
import { refuseForeign } from "../foreign.js";
import { Optimizer } from "../optim/optimizer.js";
import { type Betas, type CommonOptions, SCHEDULER_FIELDS, type SchedulerFields } from "../optim/options.js";
import type { ParamGroup } from "../optim/param-group.js";

/** Options that schedulers change. */
interface ScheduledOptions extends CommonOptions {
  betas?: Betas;
  momentum?: number;
}

export type ScheduledGroup = ParamGroup<ScheduledOptions>;

/** Everything in a group that schedulers write. */
const WRITTEN = ["lr", "betas", "momentum", ...SCHEDULER_FIELDS] as const;

/** The groups of an optimizer. */
export function groupsOf(optimizer: Optimizer): readonly ScheduledGroup[] {
  return optimizer.paramGroups;
}

/** A field that a schedule goes by. A state dict of an optimizer without that schedule takes it away. */
export function fieldOf(group: ScheduledGroup, index: number, field: keyof SchedulerFields): number {
  const value = group[field];
  if (value !== undefined) return value;
  throw rangeError("ERR_OPTION", `paramGroups[${index}] has no ${field}: the loaded state is of another schedule`);
}

/** Refuses to resume where a group lacks one of the fields that a schedule goes by. */
export function checkGroupFields(
  group: ScheduledGroup,
  index: number,
  fields: readonly (keyof SchedulerFields)[],
): void {
  const missing = fields.find((field) => group[field] === undefined);
  if (missing === undefined) return;
  throw rangeError(
    "ERR_OPTION",
    `param '${missing}' is not specified in paramGroups[${index}] when resuming scheduler with lastEpoch >= 0; ` +
      "load the optimizer's state first",
  );
}

export function checkOptimizer(value: unknown): asserts value is Optimizer {
  refuseForeign(value);
  if (!(value instanceof Optimizer)) throw typeError("ERR_OPTION", `${kindOf(value)} is not an Optimizer`);
}

/** Notes what the groups hold; the returned function puts it back. */
export function captureGroups(optimizer: Optimizer): () => void {
  const captured = groupsOf(optimizer).map((group) => ({ group, values: WRITTEN.map((name) => group[name]) }));
  return () => {
    for (const { group, values } of captured) {
      WRITTEN.forEach((name, i) => {
        // Only what differs: a disposed optimizer takes no values, and has none to be put back.
        if (group[name] !== values[i]) Object.assign(group, { [name]: values[i] });
      });
    }
  };
}
