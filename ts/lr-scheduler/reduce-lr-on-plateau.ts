/** Decay when a metric has stopped getting better. */

import { rangeError, shown, stateError, typeError } from "../check.js";
import type { Optimizer } from "../optim/optimizer.js";
import {
  countFromZero,
  type Fields,
  list,
  nonNegativeNumber,
  number,
  type OptionTable,
  oneOf,
  orNull,
  readOptions,
} from "./fields.js";
import {
  LAST_LR,
  LRScheduler,
  type SchedulerRule,
  type SchedulerState,
  type SchedulerStateDict,
} from "./lr-scheduler.js";

/** Options of {@link ReduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions {
  /** Whether the metric gets better by falling (`"min"`, the default) or by rising. */
  mode?: "min" | "max" | undefined;
  /** Factor of the learning rate, 0.1 by default. */
  factor?: number | undefined;
  /** Epochs without improvement that are let pass, 10 by default. */
  patience?: number | undefined;
  /** By how much the metric must be better than the best one, 1e-4 by default. */
  threshold?: number | undefined;
  /** Whether the threshold is a fraction of the best metric (`"rel"`, the default) or an amount. */
  thresholdMode?: "rel" | "abs" | undefined;
  /** Epochs after a decay in which nothing is counted, 0 by default. */
  cooldown?: number | undefined;
  /** Lowest learning rate, 0 by default; one for all groups, or a list with one for each. */
  minLr?: number | readonly number[] | undefined;
  /** Decays by less than this are left out, 1e-8 by default. */
  eps?: number | undefined;
}

interface Settings {
  readonly mode: "min" | "max";
  readonly factor: number;
  readonly patience: number;
  readonly threshold: number;
  readonly thresholdMode: "rel" | "abs";
  readonly cooldown: number;
  readonly eps: number;
}

interface Floor {
  /** The lowest rate of all groups, if one was given: it holds for groups that are added later, too. */
  readonly defaultMinLr: number | null;
  readonly minLrs: readonly number[];
}

interface State extends SchedulerState, Settings, Floor {
  /** The best metric so far, null before the first. */
  readonly best: number | null;
  readonly numBadEpochs: number;
  readonly cooldownCounter: number;
  readonly lastEpoch: number;
}

const SETTINGS: Fields<Settings> = {
  mode: { key: "mode", check: oneOf(["min", "max"], (value) => `mode ${value} is unknown!`), default: "min" },
  factor: {
    key: "factor",
    check: number("Factor should be < 1.0 and at least 0", (x) => x >= 0 && x < 1),
    default: 0.1,
  },
  patience: { key: "patience", check: countFromZero("patience"), default: 10 },
  threshold: { key: "threshold", check: nonNegativeNumber("threshold"), default: 1e-4 },
  thresholdMode: {
    key: "threshold_mode",
    check: oneOf(["rel", "abs"], (value) => `threshold mode ${value} is unknown!`),
    default: "rel",
  },
  cooldown: { key: "cooldown", check: countFromZero("cooldown"), default: 0 },
  eps: { key: "eps", check: nonNegativeNumber("eps"), default: 1e-8 },
};

const minLrs = list("minLrs", nonNegativeNumber("minLrs"));

const FIELDS: Fields<State> = {
  ...SETTINGS,
  defaultMinLr: { key: "default_min_lr", isOptional: true, check: orNull(nonNegativeNumber("default_min_lr")) },
  minLrs: { key: "min_lrs", check: minLrs },
  best: { key: "best", check: orNull(checkMetric) },
  numBadEpochs: { key: "num_bad_epochs", check: countFromZero("num_bad_epochs") },
  cooldownCounter: { key: "cooldown_counter", check: countFromZero("cooldown_counter") },
  lastEpoch: { key: "last_epoch", check: countFromZero("last_epoch") },
  lastLr: LAST_LR,
};

const RULE: SchedulerRule<State> & OptionTable<Settings & { readonly minLr: Floor }> = {
  name: "ReduceLROnPlateau",
  fields: FIELDS,
  options: { ...SETTINGS, minLr: { check: checkMinLr, default: 0 } },
};

/**
 * Multiplies the learning rate by `factor` when a metric has not become better for more than `patience` epochs. NaN is
 * never better.
 *
 * @example
 * const scheduler = new ReduceLROnPlateau(optimizer, { patience: 5 });
 * scheduler.step(validationLoss); // after each epoch
 */
export class ReduceLROnPlateau extends LRScheduler<State> {
  constructor(optimizer: Optimizer, options: ReduceLROnPlateauOptions = {}) {
    const { minLr, ...settings } = readOptions(optimizer, options, RULE);
    const counters = { best: null, numBadEpochs: 0, cooldownCounter: 0, lastEpoch: 0 };
    super(RULE, optimizer, { ...settings, ...minLr, ...counters, lastLr: [] });
    this.noteRates();
  }

  /** Calls of `step`. */
  get lastEpoch(): number {
    return this.state.lastEpoch;
  }

  /** The best metric so far; ±Infinity before the first. */
  get best(): number {
    return this.state.best ?? (this.state.mode === "min" ? Infinity : -Infinity);
  }

  /** Epochs since the metric was better. */
  get numBadEpochs(): number {
    return this.state.numBadEpochs;
  }

  /** Lowest learning rate of each group. */
  get minLrs(): readonly number[] {
    return this.state.minLrs;
  }

  set minLrs(rates: readonly number[]) {
    this.put({ minLrs: minLrs(rates, this.optimizer), defaultMinLr: null });
  }

  /** Looks at the metric of an epoch, and decays the learning rates if it is time. */
  override step(metric: number): void {
    checkMetric(metric);
    this.atomically(() => {
      const { patience, cooldown, cooldownCounter, numBadEpochs, lastEpoch, best } = this.state;
      const isBetter = this.#isBetter(metric);
      const isCooling = cooldownCounter > 0;
      const bad = isBetter || isCooling ? 0 : numBadEpochs + 1;
      const isTime = bad > patience;
      if (isTime) this.#reduce();
      this.put({
        lastEpoch: lastEpoch + 1,
        best: isBetter ? metric : best,
        numBadEpochs: isTime ? 0 : bad,
        cooldownCounter: isTime ? cooldown : Math.max(0, cooldownCounter - 1),
      });
      this.noteRates();
    });
  }

  override stateDict(): SchedulerStateDict {
    return { ...super.stateDict(), best: this.best, mode_worse: this.state.mode === "min" ? Infinity : -Infinity };
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.state;
    const margin = mode === "min" ? -threshold : threshold;
    const limit = thresholdMode === "rel" ? this.best * (1 + margin) : this.best + margin;
    return mode === "min" ? metric < limit : metric > limit;
  }

  #reduce(): void {
    const { factor, eps, defaultMinLr } = this.state;
    const { groups } = this;
    if (groups.length !== this.minLrs.length) {
      if (defaultMinLr === null) throw groupsChanged(groups.length, this.minLrs.length);
      this.put({ minLrs: Object.freeze(groups.map(() => defaultMinLr)) });
    }
    groups.forEach((group, index) => {
      const lr = Math.max(group.lr * factor, this.minLrs[index] as number);
      if (group.lr - lr > eps) group.lr = lr;
    });
  }
}

function checkMinLr(value: unknown, optimizer: Optimizer): Floor {
  const { length } = optimizer.paramGroups;
  if (Array.isArray(value)) {
    if (value.length !== length) throw rangeError("ERR_OPTION", `expected ${length} minLrs, got ${value.length}`);
    return { defaultMinLr: null, minLrs: minLrs(value, optimizer) };
  }
  const one = nonNegativeNumber("minLr")(value, optimizer);
  return { defaultMinLr: one, minLrs: Object.freeze(Array.from({ length }, () => one)) };
}

function checkMetric(value: unknown): number {
  if (typeof value === "number") return value;
  throw typeError("ERR_OPTION", `the metric must be a number, got ${shown(value)}`);
}

const groupsChanged = (now: number, then: number) =>
  stateError(
    "ERR_OPTION",
    `The number of param groups in the \`optimizer\` (${now}) differs from when \`ReduceLROnPlateau\` was initialized ` +
      `(${then}), usually due to a new param group being added to the optimizer. Please modify the \`minLrs\` field to ` +
      "match the length of the `optimizer` param groups.",
  );
