/**
 * The method of optimizers that `save` of `adam-wasm/checkpoint` prefers to `stateDict()`: the same, without a copy of the
 * moments. A registered symbol, because a bundler may put the two entries into programs of their own. @internal
 */
export const LIVE_STATE_DICT = Symbol.for("adam-wasm.liveStateDict");
