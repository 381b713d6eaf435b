/** Half cosines, each of which starts at the base rate. */

import type { Optimizer } from "../optim/optimizer.js";
import { cosPi } from "./cosine.js";
import {
  checkEpoch,
  type EpochRule,
  EpochScheduler,
  epochFields,
  type LastEpochOption,
  type Moment,
  type Resumable,
} from "./epoch-scheduler.js";
import { type Fields, LAST_EPOCH, nonNegativeNumber, positiveInteger, positiveNumber, readOptions } from "./fields.js";

/** Options of {@link CosineAnnealingWarmRestarts}. */
export interface CosineAnnealingWarmRestartsOptions extends LastEpochOption {
  /** Epochs until the first restart. */
  t0: number;
  /** Factor of the epochs from one restart to the next, a whole number; 1 by default. */
  tMult?: number | undefined;
  /** Lowest learning rate, 0 by default. */
  etaMin?: number | undefined;
}

interface Settings {
  readonly t0: number;
  readonly tMult: number;
  readonly etaMin: number;
}

interface Values extends Settings {
  /** Epochs since the last restart. */
  readonly tCur: number;
  /** Epochs from the last restart to the next. */
  readonly tI: number;
}

const SETTINGS: Fields<Settings> = {
  t0: { key: "T_0", check: positiveInteger("t0") },
  tMult: { key: "T_mult", check: positiveInteger("tMult"), default: 1 },
  etaMin: { key: "eta_min", check: nonNegativeNumber("etaMin"), default: 0 },
};

const RULE: EpochRule<Values, Resumable<Settings>> = {
  name: "CosineAnnealingWarmRestarts",
  fields: epochFields<Values>({
    ...SETTINGS,
    tCur: { key: "T_cur", check: nonNegativeNumber("T_cur") },
    tI: { key: "T_i", check: positiveNumber("T_i") },
  }),
  options: { ...SETTINGS, lastEpoch: LAST_EPOCH },
};

/**
 * Cosine annealing with warm restarts (Loshchilov & Hutter, arXiv 1608.03983): the learning rate goes from the base rate
 * to `etaMin` in `t0` epochs, again in `t0 · tMult`, and so on.
 *
 * ```text
 * lr = etaMin + (baseLr − etaMin) · (1 + cos(π · tCur / tI)) / 2
 * ```
 *
 * @example
 * const scheduler = new CosineAnnealingWarmRestarts(optimizer, { t0: 10, tMult: 2 });
 * batches.forEach((batch, i) => {
 *   train(batch); // with optimizer.step() in it
 *   scheduler.step(epoch + i / batches.length);
 * });
 */
export class CosineAnnealingWarmRestarts extends EpochScheduler<Values> {
  constructor(optimizer: Optimizer, options: CosineAnnealingWarmRestartsOptions) {
    const settings = readOptions(optimizer, options, RULE);
    super(RULE, optimizer, { ...settings, tCur: 0, tI: settings.t0 });
  }

  /** Goes to the next epoch, or to the one that is given, which may be a fraction. */
  override step(epoch?: number): void {
    if (epoch !== undefined) checkEpoch(epoch, Number.isFinite);
    this.atomically(() => {
      this.count();
      if (epoch === undefined) this.move("step", this.lastEpoch + 1);
      else this.move("jump", epoch);
    });
  }

  /** @internal */
  protected override move(by: Moment["by"], epoch: number): void {
    this.put(by === "step" && this.lastEpoch >= 0 ? onwards(this.state) : placeOf(epoch, this.state));
    super.move(by, Math.floor(epoch));
  }

  /** @internal */
  protected override rate({ baseLr }: Moment): number {
    const { etaMin, tCur, tI } = this.state;
    return etaMin + ((baseLr - etaMin) * (1 + cosPi(tCur / tI))) / 2;
  }
}

/** One epoch further, whatever fraction of one has gone by. */
function onwards({ tCur, tI, tMult }: Values): Pick<Values, "tCur" | "tI"> {
  return tCur + 1 < tI ? { tCur: tCur + 1, tI } : { tCur: (tCur + 1) % tI, tI: tI * tMult };
}

function placeOf(epoch: number, { t0, tMult }: Settings): Pick<Values, "tCur" | "tI"> {
  if (tMult === 1) return { tCur: epoch % t0, tI: t0 };
  let [restart, tI] = [0, t0];
  while (epoch >= restart + tI) [restart, tI] = [restart + tI, tI * tMult];
  return { tCur: epoch - restart, tI };
}
