/** The optimizers of the form, by the values of its options. */

import { Adam, Adamax, AdamW, NAdam, type Optimizer, type Parameter, RAdam, SGD } from "adam-wasm";
import type { Settings } from "./messages.js";

type Parameters = Iterable<[name: string, parameter: Parameter]>;

/** How to make one, and what it takes from the form; the rest are torch's defaults. */
interface Kind {
  readonly make: (parameters: Parameters, options: object) => Optimizer;
  readonly options: (settings: Settings) => object;
}

const adaptive = ({ lr, beta1, beta2 }: Settings) => ({ lr, betas: [beta1, beta2] });

export const optimizers: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["adam", { make: (...args) => new Adam(...args), options: adaptive }],
  [
    "amsgrad",
    { make: (...args) => new Adam(...args), options: (settings) => ({ ...adaptive(settings), amsgrad: true }) },
  ],
  ["adamw", { make: (...args) => new AdamW(...args), options: adaptive }],
  ["nadam", { make: (...args) => new NAdam(...args), options: adaptive }],
  ["radam", { make: (...args) => new RAdam(...args), options: adaptive }],
  ["adamax", { make: (...args) => new Adamax(...args), options: adaptive }],
  ["sgd", { make: (...args) => new SGD(...args), options: ({ lr, momentum }) => ({ lr, momentum }) }],
]);
