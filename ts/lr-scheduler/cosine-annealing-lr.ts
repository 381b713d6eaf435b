/** Half a cosine down, and up again. */

import type { Optimizer } from "../optim/optimizer.js";
import { ChainableScheduler } from "./chainable.js";
import { cosPi } from "./cosine.js";
import { epochRule, type LastEpochOption, type Moment } from "./epoch-scheduler.js";
import { nonNegativeNumber, positiveInteger, readOptions } from "./fields.js";

/** Options of {@link CosineAnnealingLR}. */
export interface CosineAnnealingLROptions extends LastEpochOption {
  /** Epochs from the highest to the lowest learning rate. */
  tMax: number;
  /** Lowest learning rate, 0 by default. */
  etaMin?: number | undefined;
}

interface Values {
  readonly tMax: number;
  readonly etaMin: number;
}

const RULE = epochRule<Values>("CosineAnnealingLR", {
  tMax: { key: "T_max", check: positiveInteger("tMax") },
  etaMin: { key: "eta_min", check: nonNegativeNumber("etaMin"), default: 0 },
});

/**
 * Takes the learning rate to `etaMin` along half a cosine (Loshchilov & Hutter, arXiv 1608.03983, without the restarts).
 * After `tMax` epochs it rises again, as in torch.
 *
 * ```text
 * lr = etaMin + (baseLr − etaMin) · (1 + cos(π · epoch / tMax)) / 2
 * ```
 *
 * @example
 * const scheduler = new CosineAnnealingLR(optimizer, { tMax: 50 });
 */
export class CosineAnnealingLR extends ChainableScheduler<Values> {
  constructor(optimizer: Optimizer, options: CosineAnnealingLROptions) {
    super(RULE, optimizer, readOptions(optimizer, options, RULE));
  }

  /** @internal */
  protected override next({ epoch, lr, baseLr }: Moment): number {
    const { tMax, etaMin } = this.state;
    const before = onePlusCosine(epoch - 1, tMax);
    // From the lowest point there is no factor that leads up.
    if (before === 0) return lr + ((baseLr - etaMin) * (1 - cosPi(1 / tMax))) / 2;
    const next = (onePlusCosine(epoch, tMax) / before) * (lr - etaMin) + etaMin;
    // On the way up to a rate of 0, roundings may lead past it.
    return next < 0 && next > -etaMin * 2 ** -30 ? 0 : next;
  }

  /** @internal */
  protected override closedForm({ epoch, baseLr }: Moment): number {
    const { tMax, etaMin } = this.state;
    return etaMin + ((baseLr - etaMin) * onePlusCosine(epoch, tMax)) / 2;
  }
}

function onePlusCosine(epoch: number, tMax: number): number {
  return 1 + cosPi((epoch % (2 * tMax)) / tMax);
}
