/** The optimizers as tests that hold for all of them meet them: one row each. Another optimizer is another row. */

import type { Optimizer, Params } from "adam-wasm";
import * as wasm from "adam-wasm";
import { dtypeOf, type Floats } from "./bits.js";
import { type AdamOptions, adam, adamax, nadam, radam, sgd, sparseAdam, TORCH_DEFAULTS } from "./oracle.js";
import { javascriptCopy, type Package } from "./second-copy.js";

/** An optimizer whose options are not known. */
export type AnyOptimizer = Optimizer<{ lr: number }>;

type Numbers = Readonly<Record<string, number>>;

export interface Member {
  readonly create: (from: Package, params: Params<object>, options?: object) => AnyOptimizer;
  /** The options with which bits are torch's, wherever they can be. */
  readonly exactly: object;
  /** Torch's defaults. */
  readonly defaults: { readonly lr: number };
  /** State of an element before its first update. */
  readonly fresh: Numbers;
  /** One element's update in float64; elements are `{ param, ...state }`. */
  readonly update: (element: Numbers, grad: number, step: number, options: object) => Numbers;
  /** The options torch tests the optimizer with on a CPU (OptimizerInfo of release 2.14.1), by our names. */
  readonly configs: readonly object[];
  /** Whether gradients must be sparse, may be, or must not. */
  readonly sparse: "always" | "sometimes" | "never";
}

const ADAM = {
  exactly: { exact: true },
  fresh: { expAvg: 0, expAvgSq: 0, maxExpAvgSq: 0 },
  update: adam as Member["update"],
  configs: [
    {},
    { lr: 0.01 },
    { weightDecay: 0.1 },
    { weightDecay: 0.1, maximize: true },
    { weightDecay: 0.1, amsgrad: true },
  ],
  sparse: "never",
} as const;

const ADAM_DEFAULTS: AdamOptions = TORCH_DEFAULTS;

export const FAMILY: Readonly<Record<string, Member>> = {
  Adam: { ...ADAM, create: ({ Adam }, params, options) => new Adam(params, options), defaults: ADAM_DEFAULTS },
  AdamW: {
    ...ADAM,
    create: ({ AdamW }, params, options) => new AdamW(params, options),
    defaults: { ...ADAM_DEFAULTS, weightDecay: 0.01, decoupledWeightDecay: true } as AdamOptions,
  },
  SGD: {
    create: ({ SGD }, params, options) => new SGD(params, options),
    exactly: {},
    defaults: { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false } as {
      lr: number;
    },
    fresh: { momentumBuffer: 0 },
    update: sgd as Member["update"],
    configs: [
      {},
      { lr: 0.01 },
      { weightDecay: 0.5 },
      { momentum: 0.9 },
      { weightDecay: 0.1, maximize: true },
      { momentum: 0.9, dampening: 0.5 },
      { momentum: 0.9, weightDecay: 0.1 },
      { momentum: 0.9, nesterov: true, weightDecay: 0.1 },
    ],
    sparse: "sometimes",
  },
  SparseAdam: {
    create: ({ SparseAdam }, params, options) => new SparseAdam(params, options),
    exactly: {},
    defaults: ADAM_DEFAULTS,
    fresh: { expAvg: 0, expAvgSq: 0 },
    update: sparseAdam as Member["update"],
    configs: [{}, { lr: 0.01 }, { maximize: true }],
    sparse: "always",
  },
  Adamax: {
    create: ({ Adamax }, params, options) => new Adamax(params, options),
    exactly: {},
    defaults: { ...ADAM_DEFAULTS, lr: 2e-3 },
    fresh: { expAvg: 0, expInf: 0 },
    update: adamax as Member["update"],
    configs: [{}, { lr: 0.1 }, { weightDecay: 0.1 }, { maximize: true }, { weightDecay: 0.1, maximize: true }],
    sparse: "never",
  },
  NAdam: {
    create: ({ NAdam }, params, options) => new NAdam(params, options),
    exactly: {},
    defaults: { ...ADAM_DEFAULTS, lr: 2e-3, momentumDecay: 4e-3 } as AdamOptions,
    fresh: { expAvg: 0, expAvgSq: 0, muProduct: 1 },
    update: nadam as Member["update"],
    configs: [
      {},
      { lr: 1e-3 },
      { momentumDecay: 6e-3 },
      { weightDecay: 0.1 },
      { weightDecay: 0.1, momentumDecay: 6e-3 },
      { weightDecay: 0.1, momentumDecay: 6e-3, decoupledWeightDecay: true },
      { weightDecay: 0.1, maximize: true },
    ],
    sparse: "never",
  },
  RAdam: {
    create: ({ RAdam }, params, options) => new RAdam(params, options),
    exactly: {},
    defaults: ADAM_DEFAULTS,
    fresh: { expAvg: 0, expAvgSq: 0 },
    update: radam as Member["update"],
    configs: [
      {},
      { lr: 2e-3 },
      { eps: 1e-6 },
      { weightDecay: 0.1 },
      { weightDecay: 0.1, decoupledWeightDecay: true },
      { weightDecay: 0.1, maximize: true },
    ],
    sparse: "never",
  },
};

/** The package on each of its kernels. */
export const PACKAGES: readonly (readonly [name: string, Package])[] = [
  ["wasm", wasm],
  ["javascript", await javascriptCopy()],
];

if (PACKAGES.map(([, { backend }]) => backend().kind).join() !== "wasm,js") {
  throw new Error("these tests compare two kernels, and there is only one");
}

/** Every optimizer with each of its configurations. */
export const CONFIGS: readonly (readonly [name: string, options: object, Member])[] = Object.entries(FAMILY).flatMap(
  ([name, member]) => member.configs.map((options) => [name, options, member] as const),
);

/** A gradient of `values` as the optimizer takes it: sparse with every row in it, where it must be sparse. */
export function gradientFor({ sparse }: Member, { SparseTensor }: Package, values: Floats) {
  if (sparse !== "always") return values;
  const indices = [Array.from(values.keys())];
  return SparseTensor.coo(indices, values, { shape: [values.length], dtype: dtypeOf(values) });
}

/** What the optimizer keeps of a parameter: numbers and arrays by name, `step` left out. */
export function stateOf(optimizer: AnyOptimizer, parameter: wasm.Parameter): Record<string, number | Floats> {
  const state = Object.entries(optimizer.state.get(parameter) ?? {}) as [string, number | wasm.Tensor | undefined][];
  return Object.fromEntries(
    state.flatMap(([name, value]) =>
      value === undefined || name === "step"
        ? []
        : [[name, typeof value === "number" ? value : (value.data as Floats)]],
    ),
  );
}
