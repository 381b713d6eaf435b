// Who competes. One more contestant is one more line; the key is what `--optimizer` takes. Where only lr is given, the
// rest are torch's defaults.

import { Adam, AdamW } from "adam-wasm";

/**
 * @typedef {Iterable<[string, import("adam-wasm").Parameter]>} NamedParameters
 * @typedef {object} Contestant
 * @property {string} label
 * @property {(parameters: NamedParameters, lr: number) => Pick<Adam, "step" | "zeroGrad" | "dispose">} create
 */

/** @type {Map<string, Contestant>} */
export const optimizers = new Map([
  ["adam", { label: "Adam", create: (parameters, lr) => new Adam(parameters, { lr }) }],
  ["amsgrad", { label: "AMSGrad", create: (parameters, lr) => new Adam(parameters, { lr, amsgrad: true }) }],
  ["adamw", { label: "AdamW", create: (parameters, lr) => new AdamW(parameters, { lr }) }],
]);
