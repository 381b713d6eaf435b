/** One cycle: up to the highest learning rate, and down to far below the first. */

import { rangeError, shown } from "../check.js";
import type { Optimizer } from "../optim/optimizer.js";
import { type AnnealStrategy, annealed, checkStrategy } from "./anneal.js";
import { type EpochRule, EpochScheduler, epochFields, type LastEpochOption, type Moment } from "./epoch-scheduler.js";
import {
  boolean,
  LAST_EPOCH,
  nonNegativeNumber,
  number,
  orNothing,
  perGroup,
  positiveInteger,
  positiveNumber,
  readOptions,
} from "./fields.js";
import { checkGroupFields, fieldOf, type ScheduledGroup } from "./groups.js";
import { momentum, setMomentum, USE_BETA1, usesBeta1 } from "./momentum.js";
import { checkPhases, GROUP_FIELDS, type Phase, phasesOf, placeIn } from "./one-cycle-phases.js";

/**
 * Options of {@link OneCycleLR}: `totalSteps`, or `epochs` and `stepsPerEpoch`, must be given. Rates and momenta are one
 * for all groups, or a list with one for each.
 */
export interface OneCycleLROptions extends LastEpochOption {
  /** Highest learning rate. */
  maxLr: number | readonly number[];
  /** Steps of the cycle. */
  totalSteps?: number | null | undefined;
  /** With `stepsPerEpoch`, instead of `totalSteps`. */
  epochs?: number | null | undefined;
  stepsPerEpoch?: number | null | undefined;
  /** Fraction of the steps in which the learning rate rises, 0.3 by default. */
  pctStart?: number | undefined;
  /** Along half a cosine (the default), or a line. */
  annealStrategy?: AnnealStrategy | undefined;
  /** Whether momentum (beta1 of Adam) falls while the learning rate rises; true by default. */
  cycleMomentum?: boolean | undefined;
  /** Lowest momentum, 0.85 by default. */
  baseMomentum?: number | readonly number[] | undefined;
  /** Highest momentum, 0.95 by default. */
  maxMomentum?: number | readonly number[] | undefined;
  /** The first learning rate is `maxLr / divFactor`; 25 by default. */
  divFactor?: number | undefined;
  /** The last learning rate is the first divided by this; 1e4 by default. */
  finalDivFactor?: number | undefined;
  /** Go down to the first learning rate as fast as up, and from there to the last; false by default. */
  threePhase?: boolean | undefined;
}

interface Values {
  readonly totalSteps: number;
  readonly phases: readonly Phase[];
  readonly strategy: AnnealStrategy;
  readonly cycleMomentum: boolean;
  readonly useBeta1: boolean | undefined;
}

interface Given {
  readonly maxLr: readonly number[];
  readonly totalSteps: number | undefined;
  readonly epochs: number | undefined;
  readonly stepsPerEpoch: number | undefined;
  readonly pctStart: number;
  readonly annealStrategy: AnnealStrategy;
  readonly cycleMomentum: boolean;
  readonly baseMomentum: readonly number[];
  readonly maxMomentum: readonly number[];
  readonly divFactor: number;
  readonly finalDivFactor: number;
  readonly threePhase: boolean;
  readonly lastEpoch: number;
}

const RULE: EpochRule<Values, Given> = {
  name: "OneCycleLR",
  fields: epochFields<Values>({
    totalSteps: { key: "total_steps", check: positiveInteger("total_steps") },
    phases: { key: "_schedule_phases", check: checkPhases },
    strategy: { key: "_anneal_func_type", isOptional: true, check: checkStrategy },
    cycleMomentum: { key: "cycle_momentum", check: boolean("cycle_momentum") },
    useBeta1: USE_BETA1,
  }),
  options: {
    maxLr: { check: perGroup("maxLr", nonNegativeNumber("maxLr")) },
    totalSteps: { check: orNothing(positiveInteger("totalSteps")) },
    epochs: { check: orNothing(positiveInteger("epochs")) },
    stepsPerEpoch: { check: orNothing(positiveInteger("stepsPerEpoch")) },
    pctStart: { check: number("Expected float between 0 and 1 pctStart", (x) => x >= 0 && x <= 1), default: 0.3 },
    annealStrategy: { check: checkStrategy, default: "cos" },
    cycleMomentum: { check: boolean("cycleMomentum"), default: true },
    baseMomentum: { check: perGroup("baseMomentum", momentum("baseMomentum")), default: 0.85 },
    maxMomentum: { check: perGroup("maxMomentum", momentum("maxMomentum")), default: 0.95 },
    divFactor: { check: positiveNumber("divFactor"), default: 25 },
    finalDivFactor: { check: positiveNumber("finalDivFactor"), default: 1e4 },
    threePhase: { check: boolean("threePhase"), default: false },
    lastEpoch: LAST_EPOCH,
  },
};

/**
 * Takes the learning rate from `maxLr / divFactor` up to `maxLr` and down to a fraction of the first, and momentum the
 * other way (Smith & Topin, arXiv 1708.07120). To be stepped after every batch, `totalSteps` times at most: the usual
 * loop calls `step` once more than there are rates to set, and that call keeps the last one.
 *
 * ```text
 * maxLr / divFactor → maxLr → maxLr / divFactor / finalDivFactor         the top at step pctStart · totalSteps − 1
 * ```
 *
 * @example
 * const scheduler = new OneCycleLR(optimizer, { maxLr: 0.01, epochs: 10, stepsPerEpoch: batches.length });
 */
export class OneCycleLR extends EpochScheduler<Values> {
  constructor(optimizer: Optimizer, options: OneCycleLROptions) {
    const given = readOptions(optimizer, options, RULE);
    const { cycleMomentum, lastEpoch } = given;
    const totalSteps = totalStepsOf(given);
    const values: Values = {
      totalSteps,
      phases: phasesOf(totalSteps, given.pctStart, given.threePhase),
      strategy: given.annealStrategy,
      cycleMomentum,
      useBeta1: cycleMomentum ? usesBeta1(optimizer) : undefined,
    };
    super(RULE, optimizer, { ...values, lastEpoch }, (group, index) => {
      if (lastEpoch === -1) noteBounds(group, index, given);
      else checkGroupFields(group, index, fieldsOf(values));
    });
  }

  /** @internal */
  protected override takesPart(group: ScheduledGroup, index: number): boolean {
    return super.takesPart(group, index) || fieldsOf(this.state).every((field) => group[field] !== undefined);
  }

  /** @internal */
  protected override write(moment: Moment): void {
    super.write(moment);
    if (!this.state.cycleMomentum) return;
    const momentum = valueAt(moment, this.state, "start_momentum", "end_momentum");
    setMomentum(moment.group, usesBeta1(this.optimizer), momentum);
  }

  /** @internal */
  protected override rate(moment: Moment): number {
    const { totalSteps } = this.state;
    if (moment.epoch <= totalSteps) return valueAt(moment, this.state, "start_lr", "end_lr");
    throw rangeError(
      "ERR_OPTION",
      `Tried to step ${moment.epoch} times. The specified number of total steps is ${totalSteps}`,
    );
  }
}

/** What a group must have noted to go through the cycle. */
const fieldsOf = ({ cycleMomentum }: Values) =>
  cycleMomentum ? Object.values(GROUP_FIELDS) : (["initialLr", "maxLr", "minLr"] as const);

function valueAt<K extends "lr" | "momentum">(
  { group, index, epoch }: Moment,
  { phases, strategy, totalSteps }: Values,
  from: `start_${K}`,
  to: `end_${K}`,
): number {
  // torch goes on along the curve in its last step, to rates that rise again, or below zero.
  const { phase, fraction } = placeIn(phases, Math.min(epoch, totalSteps - 1));
  const boundOf = (place: `start_${K}` | `end_${K}`) => fieldOf(group, index, GROUP_FIELDS[phase[place]]);
  return annealed(strategy, boundOf(from), boundOf(to), fraction);
}

function totalStepsOf({ totalSteps, epochs, stepsPerEpoch, pctStart }: Given): number {
  const steps =
    totalSteps ?? (epochs === undefined || stepsPerEpoch === undefined ? undefined : epochs * stepsPerEpoch);
  if (steps === undefined) {
    throw rangeError("ERR_OPTION", "You must define either totalSteps OR (epochs AND stepsPerEpoch)");
  }
  if (pctStart * steps === 1) {
    throw rangeError(
      "ERR_OPTION",
      `pctStart of ${shown(steps)} steps must not be one step, which leaves none to rise in, got ${shown(pctStart)}`,
    );
  }
  return steps;
}

function noteBounds(group: ScheduledGroup, index: number, given: Given): void {
  group.maxLr = given.maxLr[index] as number;
  group.initialLr = group.maxLr / given.divFactor;
  group.minLr = group.initialLr / given.finalDivFactor;
  if (!given.cycleMomentum) return;
  group.maxMomentum = given.maxMomentum[index];
  group.baseMomentum = given.baseMomentum[index];
}
