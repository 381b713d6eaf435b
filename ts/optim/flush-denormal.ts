/** Whether steps zero subnormal moments: `torch.set_flush_denormal`, but on by default. */

import { shown, typeError } from "../check.js";

let enabled = true;

/**
 * Turns the flushing of subnormal moments on or off, for all optimizers, from their next step on.
 *
 * WebAssembly has no flush-to-zero mode, and moments that have decayed to subnormal numbers make a step slower for ever,
 * on some processors 60 times. So at every 32nd update of a parameter, moments smaller than the smallest normal number
 * are set to 0. Turn it off to compare such moments with torch bit by bit.
 *
 * @returns true: it is supported everywhere.
 */
export function setFlushDenormal(mode: boolean): boolean {
  if (typeof mode !== "boolean") throw typeError("ERR_OPTION", `setFlushDenormal takes a boolean, got ${shown(mode)}`);
  enabled = mode;
  return true;
}

/** @internal */
export function flushesDenormal(): boolean {
  return enabled;
}
