/** Triangular cycles. */

import { mismatch, shown, typeError } from "../check.js";
import type { Optimizer } from "../optim/optimizer.js";
import {
  type EpochRule,
  EpochScheduler,
  type EpochState,
  epochFields,
  type LastEpochOption,
  type Moment,
} from "./epoch-scheduler.js";
import {
  boolean,
  type Fields,
  LAST_EPOCH,
  list,
  nonNegativeNumber,
  oneOf,
  orNothing,
  perGroup,
  positiveNumber,
  readOptions,
} from "./fields.js";
import { momentum, setMomentum, USE_BETA1, usesBeta1 } from "./momentum.js";
import { type CycleMode, scaled, type Triangles } from "./triangle.js";

/** Options of {@link CyclicLR}. Rates and momenta are one for all groups, or a list with one for each. */
export interface CyclicLROptions extends LastEpochOption {
  /** Lowest learning rate, where a cycle begins. */
  baseLr: number | readonly number[];
  /** Highest learning rate. */
  maxLr: number | readonly number[];
  /** Steps from the lowest to the highest, 2000 by default. */
  stepSizeUp?: number | undefined;
  /** Steps back, `stepSizeUp` by default. */
  stepSizeDown?: number | null | undefined;
  /** `"triangular"` by default. */
  mode?: CycleMode | undefined;
  /** Base of `"exp_range"`, 1 by default. */
  gamma?: number | undefined;
  /** Height of a peak, from 0 to 1, instead of `mode`. Like all functions, it is not in a state dict. */
  scaleFn?: ((x: number) => number) | null | undefined;
  /** What `scaleFn` is called with: the number of the cycle, from 1 (the default), or of the step. */
  scaleMode?: "cycle" | "iterations" | undefined;
  /** Whether momentum (beta1 of Adam) falls while the learning rate rises; true by default. */
  cycleMomentum?: boolean | undefined;
  /** Lowest momentum, 0.8 by default. */
  baseMomentum?: number | readonly number[] | undefined;
  /** Highest momentum, 0.9 by default. */
  maxMomentum?: number | readonly number[] | undefined;
}

/** Options that are kept as they are given. */
interface Kept extends Omit<Triangles, "totalSize" | "stepRatio"> {
  readonly cycleMomentum: boolean;
}

interface Values extends Kept, Triangles {
  readonly maxLrs: readonly number[];
  /** Of a momentum that is left alone there are no bounds: torch's dicts have none, and ask for none. */
  readonly baseMomentums?: readonly number[];
  readonly maxMomentums?: readonly number[];
  readonly useBeta1?: boolean;
}

interface Given extends Kept {
  readonly baseLr: readonly number[];
  readonly maxLr: readonly number[];
  readonly stepSizeUp: number;
  readonly stepSizeDown: number | undefined;
  readonly baseMomentum: readonly number[];
  readonly maxMomentum: readonly number[];
  readonly lastEpoch: number;
}

const KEPT: Fields<Kept> = {
  mode: {
    key: "mode",
    check: oneOf(["triangular", "triangular2", "exp_range"], (value) => `mode is invalid: ${value}`),
    default: "triangular",
  },
  gamma: { key: "gamma", check: nonNegativeNumber("gamma"), default: 1 },
  scaleMode: {
    key: "scale_mode",
    check: oneOf(["cycle", "iterations"], (value) => `scaleMode must be "cycle" or "iterations", got ${value}`),
    default: "cycle",
  },
  cycleMomentum: { key: "cycle_momentum", check: boolean("cycleMomentum"), default: true },
  scaleFn: {
    key: "_scale_fn_custom",
    isOptional: true,
    check: checkScaleFn,
    default: null,
    save: () => null,
    load: (_, current) => current,
  },
};

const RULE: EpochRule<Values, Given> = {
  name: "CyclicLR",
  fields: epochFields<Values>({
    ...KEPT,
    maxLrs: { key: "max_lrs", check: list("max_lrs", nonNegativeNumber("max_lrs")) },
    totalSize: { key: "total_size", check: positiveNumber("total_size") },
    stepRatio: { key: "step_ratio", check: positiveNumber("step_ratio") },
    baseMomentums: {
      key: "base_momentums",
      isOptional: true,
      check: list("base_momentums", momentum("base_momentums")),
    },
    maxMomentums: { key: "max_momentums", isOptional: true, check: list("max_momentums", momentum("max_momentums")) },
    useBeta1: USE_BETA1,
  }),
  options: {
    ...KEPT,
    baseLr: { check: perGroup("baseLr", nonNegativeNumber("baseLr")) },
    maxLr: { check: perGroup("maxLr", nonNegativeNumber("maxLr")) },
    stepSizeUp: { check: positiveNumber("stepSizeUp"), default: 2000 },
    stepSizeDown: { check: orNothing(nonNegativeNumber("stepSizeDown")) },
    baseMomentum: { check: perGroup("baseMomentum", momentum("baseMomentum")), default: 0.8 },
    maxMomentum: { check: perGroup("maxMomentum", momentum("maxMomentum")), default: 0.9 },
    lastEpoch: LAST_EPOCH,
  },
};

/**
 * Moves the learning rate between two bounds and back, and momentum the other way (Smith, arXiv 1506.01186). To be
 * stepped after every batch.
 *
 * ```text
 * lr = baseLr + (maxLr − baseLr) · height · peak         height: from 0 to 1 in stepSizeUp steps, and back
 * peak = 1, 1 / 2^(cycle − 1) or gamma^epoch             "triangular", "triangular2" or "exp_range"
 * ```
 *
 * @example
 * const scheduler = new CyclicLR(optimizer, { baseLr: 1e-4, maxLr: 1e-2, stepSizeUp: 500 });
 */
export class CyclicLR extends EpochScheduler<Values> {
  constructor(optimizer: Optimizer, options: CyclicLROptions) {
    const given = readOptions(optimizer, options, RULE);
    const {
      baseLr,
      maxLr,
      stepSizeUp,
      stepSizeDown = stepSizeUp,
      baseMomentum,
      maxMomentum,
      lastEpoch,
      ...kept
    } = given;
    const totalSize = stepSizeUp + stepSizeDown;
    const values: Values = {
      ...kept,
      ...(kept.scaleFn === null && { scaleMode: kept.mode === "exp_range" ? "iterations" : "cycle" }),
      maxLrs: maxLr,
      totalSize,
      stepRatio: stepSizeUp / totalSize,
      ...(kept.cycleMomentum && {
        baseMomentums: baseMomentum,
        maxMomentums: maxMomentum,
        useBeta1: usesBeta1(optimizer),
      }),
    };
    super(RULE, optimizer, { ...values, baseLrs: baseLr, lastEpoch }, (group, index) => {
      if (lastEpoch !== -1) return;
      group.lr = baseLr[index] as number;
      if (kept.cycleMomentum) {
        group.maxMomentum = maxMomentum[index];
        group.baseMomentum = baseMomentum[index];
      }
    });
  }

  /** @internal */
  protected override write(moment: Moment): void {
    super.write(moment);
    const { cycleMomentum, baseMomentums = [], maxMomentums = [] } = this.state;
    if (!cycleMomentum) return;
    const { group, index, epoch } = moment;
    const [low, high] = [baseMomentums[index] as number, maxMomentums[index] as number];
    setMomentum(group, usesBeta1(this.optimizer), high - scaled(high - low, epoch, this.state));
  }

  /** @internal */
  protected override rate({ epoch, baseLr, index }: Moment): number {
    const maxLr = this.state.maxLrs[index] as number;
    return baseLr + scaled(maxLr - baseLr, epoch, this.state);
  }

  /** @internal */
  protected override checkState(state: Values & EpochState): void {
    super.checkState(state);
    const { baseLrs, maxLrs, cycleMomentum, baseMomentums, maxMomentums } = state;
    const lists = cycleMomentum ? [maxLrs, baseMomentums, maxMomentums] : [maxLrs];
    if (lists.some((list) => list?.length !== baseLrs.length)) {
      throw mismatch(`the state dict of ${RULE.name} has lists of different lengths`);
    }
  }
}

function checkScaleFn(value: unknown): ((x: number) => number) | null {
  if (value === null || typeof value === "function") return value as ((x: number) => number) | null;
  throw typeError("ERR_OPTION", `scaleFn should be a function, but got ${shown(value)}`);
}
