/** Subnormal moments, as `crate/kernel/src/flush.rs`. Squares that vanish need nothing here: they have the same bits. */

import { has } from "./decay.js";
import type { Elements } from "./slots.js";

/** A stored moment is flushed when its parameter's step count is a multiple of this. */
const FLUSH_INTERVAL = 32;

/** Whether a parameter's moments are flushed behind its `step`th update. */
export const isFlushed = (flags: number, step: number) => has(flags, "flushDenormal") && step % FLUSH_INTERVAL === 0;

/** Stores 0 in place of every subnormal number. */
export function flush(values: Elements, smallestNormal: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value > -smallestNormal && value < smallestNormal) values[i] = 0;
  }
}

/** Flushes `exp_avg`, and `exp_avg_sq` if roots of subnormal numbers are nothing beside `eps`. */
export function flushMoments([expAvg, expAvgSq]: readonly Elements[], eps: number, smallestNormal: number): void {
  flush(expAvg as Elements, smallestNormal);
  if (eps > 4096 * Math.sqrt(smallestNormal)) flush(expAvgSq as Elements, smallestNormal);
}
