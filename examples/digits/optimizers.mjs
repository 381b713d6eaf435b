// Who competes. One more contestant is one more line; the key is what `--optimizer` takes. Where only lr is given, the
// rest are torch's defaults.

import { Adam, AdamW, SGD } from "adam-wasm";

/**
 * @typedef {[string, import("adam-wasm").Parameter][]} NamedParameters
 * @typedef {Pick<Adam, "zeroGrad" | "dispose"> & import("adam-wasm/checkpoint").Stateful & { step(): unknown }} Trainer
 * @typedef {object} Contestant
 * @property {string} label
 * @property {(parameters: NamedParameters, lr: number, steps: number) => Trainer} create for a training of so many steps
 */

// Adam's step is about lr for each weight, SGD's is lr times a gradient that is far below 1: it needs more.
/** @param {NamedParameters} parameters @param {number} lr */
const withMomentum = (parameters, lr) => new SGD(parameters, { lr: 10 * lr, momentum: 0.9 });

/** @type {Map<string, Contestant>} */
export const optimizers = new Map([
  ["adam", { label: "Adam", create: (parameters, lr) => new Adam(parameters, { lr }) }],
  ["amsgrad", { label: "AMSGrad", create: (parameters, lr) => new Adam(parameters, { lr, amsgrad: true }) }],
  ["adamw", { label: "AdamW", create: (parameters, lr) => new AdamW(parameters, { lr }) }],
  ["sgd", { label: "SGD + momentum", create: withMomentum }],
  ["adam-sgd", { label: "Adam → SGD", create: (parameters, lr, steps) => new AdamThenSGD(parameters, lr, steps) }],
]);

/** Adam for the first tenth of the steps, then SGD with momentum from where it came to. */
class AdamThenSGD {
  /** @param {NamedParameters} parameters @param {number} lr @param {number} steps */
  constructor(parameters, lr, steps) {
    /** @type {Trainer} */
    this.trainer = new Adam(parameters, { lr });
    this.untilHandOver = Math.ceil(steps / 10);
    this.handOver = () => {
      this.trainer.dispose();
      this.trainer = withMomentum(parameters, lr);
    };
  }

  step() {
    if (this.untilHandOver-- === 0) this.handOver();
    this.trainer.step();
  }

  /** @param {{ setToNone?: boolean }} options */
  zeroGrad(options) {
    this.trainer.zeroGrad(options);
  }

  stateDict() {
    return { untilHandOver: this.untilHandOver, trainer: this.trainer.stateDict() };
  }

  /** @param {{ untilHandOver: number, trainer: never }} dict */
  loadStateDict({ untilHandOver, trainer }) {
    if (untilHandOver < 0) this.handOver();
    this.untilHandOver = untilHandOver;
    this.trainer.loadStateDict(trainer);
  }

  dispose() {
    this.trainer.dispose();
  }
}
