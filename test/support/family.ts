/** The optimizers as tests that hold for all of them meet them: one row each. Another optimizer is another row. */

import type { Optimizer, Params } from "adam-wasm";
import { type AdamOptions, adam, adamax, nadam, radam, sgd, sparseAdam, TORCH_DEFAULTS } from "./oracle.js";
import type { Package } from "./second-copy.js";

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
  /** Ways that keep another state, or take another branch, by names that begin with the optimizer's. */
  readonly ways: Readonly<Record<string, object>>;
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
  Adam: {
    ...ADAM,
    create: ({ Adam }, params, options) => new Adam(params, options),
    defaults: ADAM_DEFAULTS,
    ways: {
      Adam: { lr: 0.01 },
      "Adam with exact": { lr: 0.01, exact: true, betas: [0.7, 0.95] },
      "Adam with L2": { lr: 0.01, weightDecay: 0.1, maximize: true },
      "Adam with amsgrad": { lr: 0.01, amsgrad: true, exact: true },
      "Adam with amsgrad and decay": {
        betas: [0.3, 0.9],
        eps: 1e-4,
        amsgrad: true,
        decoupledWeightDecay: true,
        weightDecay: 0.3,
      },
      "Adam of 2017": { lr: 0.01, epsilonHat: true, betas: [0.4, 0.9], eps: 1e-3 },
    },
  },
  AdamW: {
    ...ADAM,
    create: ({ AdamW }, params, options) => new AdamW(params, options),
    defaults: { ...ADAM_DEFAULTS, weightDecay: 0.01, decoupledWeightDecay: true } as AdamOptions,
    ways: {
      AdamW: { lr: 0.01 },
      "AdamW with amsgrad": { lr: 0.01, amsgrad: true, maximize: true, exact: true },
      "AdamW of 2017": { epsilonHat: true, betas: [0, 0.99], eps: 1e-3 },
    },
  },
  SGD: {
    create: ({ SGD }, params, options) => new SGD(params, options),
    exactly: {},
    defaults: { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false } as {
      lr: number;
    },
    fresh: { momentumBuffer: 0 },
    update: sgd as Member["update"],
    ways: {
      SGD: { lr: 0.1, weightDecay: 0.01, maximize: true },
      "SGD with momentum": { lr: 0.1, momentum: 0.9, dampening: 0.3, weightDecay: 0.1 },
      "SGD with nesterov": { lr: 0.1, momentum: 0.9, nesterov: true },
    },
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
    ways: { SparseAdam: { lr: 0.01 }, "SparseAdam with betas": { betas: [0.3, 0.9], eps: 1e-3 } },
    configs: [{}, { lr: 0.01 }, { maximize: true }],
    sparse: "always",
  },
  Adamax: {
    create: ({ Adamax }, params, options) => new Adamax(params, options),
    exactly: {},
    defaults: { ...ADAM_DEFAULTS, lr: 2e-3 },
    fresh: { expAvg: 0, expInf: 0 },
    update: adamax as Member["update"],
    ways: { Adamax: { weightDecay: 0.01 }, "Adamax with betas": { betas: [0.3, 0.5], eps: 1e-3, lr: 0.1 } },
    configs: [{}, { lr: 0.1 }, { weightDecay: 0.1 }, { maximize: true }, { weightDecay: 0.1, maximize: true }],
    sparse: "never",
  },
  NAdam: {
    create: ({ NAdam }, params, options) => new NAdam(params, options),
    exactly: {},
    defaults: { ...ADAM_DEFAULTS, lr: 2e-3, momentumDecay: 4e-3 } as AdamOptions,
    fresh: { expAvg: 0, expAvgSq: 0, muProduct: 1 },
    update: nadam as Member["update"],
    ways: {
      NAdam: { decoupledWeightDecay: true, weightDecay: 0.01, maximize: true },
      "NAdam with betas": { betas: [0.3, 0.9], momentumDecay: 0, lr: 0.1 },
    },
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
    ways: {
      RAdam: { lr: 0.01, weightDecay: 0.1 },
      "RAdam that is never rectified": { betas: [0.9, 0.6] },
      "RAdam with betas": { betas: [0.3, 0.9], lr: 0.1, decoupledWeightDecay: true, weightDecay: 0.2 },
    },
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

/** Every optimizer with each of its configurations. */
export const CONFIGS: readonly (readonly [name: string, options: object, Member])[] = Object.entries(FAMILY).flatMap(
  ([name, member]) => member.configs.map((options) => [name, options, member] as const),
);

/** Every way of every optimizer, by its name. */
export const WAYS: Readonly<Record<string, { readonly optimizer: string; readonly options: object }>> =
  Object.fromEntries(
    Object.entries(FAMILY).flatMap(([optimizer, { ways }]) =>
      Object.entries(ways).map(([name, options]) => [name, { optimizer, options }]),
    ),
  );
