/**
 * The runs: torch's names and options, how torch makes its steps, and how far from torch alone the end may be.
 *
 * `within` is absolute, for parameters and state of the size of 1; 0 asks for torch's bits. It is 0 where both sides
 * round in the same way: SGD, and Adam and AdamW with `exact` against the fused kernel without FMA. Elsewhere torch's
 * square root may be off in its last bit, it keeps factors in float32 (NAdam), and powers in float64 and cosines differ
 * in last bits.
 */

const SHAPES = { weight: [12, 4], bias: [7], kernel: [2, 3, 5] };
export const [BEGIN, HERE, END] = [10, 30, 40];

const BITS = { torch: { fused: true }, exact: true, within: 0 };
const NEAR = { torch: { foreach: false }, within: 2e-6 };
/** @type {Pick<Run, "groups">} */
const GROUPS = {
  groups: [
    [["weight", "kernel"], { lr: 0.02 }],
    [["bias"], { lr: 0.005, weight_decay: 0 }],
  ],
};

const adam = { optimizer: "Adam", options: { lr: 0.01 }, ...BITS };
const adamW = { optimizer: "AdamW", options: { lr: 0.01, weight_decay: 0.1 }, ...BITS };
const sgd = (options) => ({ optimizer: "SGD", options: { lr: 0.05, ...options }, ...NEAR, within: 0 });

/**
 * @typedef {object} Run
 * @property {string} name
 * @property {string} optimizer
 * @property {object} options by torch's names
 * @property {{ fused?: boolean, foreach?: boolean }} [torch] how torch makes its steps
 * @property {boolean} [exact] how this package does
 * @property {number} within
 * @property {[names: string[], options: object][]} [groups]
 * @property {[name: string, options: object]} [scheduler]
 * @property {string} [dtype]
 * @property {Record<string, number[]>} [shapes]
 * @property {boolean} [backwards] whether torch ends with parameters in the opposite order
 */

/** @type {Run[]} */
const LIST = [
  { name: "Adam", ...adam },
  { name: "Adam, float64", ...adam, dtype: "float64", within: 1e-14 },
  { name: "Adam, amsgrad", ...adam, options: { lr: 0.01, amsgrad: true } },
  { name: "Adam, weight_decay", ...adam, options: { lr: 0.01, weight_decay: 0.1 } },
  { name: "Adam, maximize", ...adam, options: { lr: 0.01, maximize: true } },
  { name: "Adam, betas, eps", ...adam, options: { lr: 0.01, betas: [0.7, 0.95], eps: 1e-4 } },
  { name: "AdamW", ...adamW },
  { name: "AdamW, amsgrad, maximize", ...adamW, options: { lr: 0.01, amsgrad: true, maximize: true } },
  { name: "AdamW, two groups", ...adamW, ...GROUPS },
  { name: "AdamW, two groups, other order", ...adamW, ...GROUPS, backwards: true },
  { name: "AdamW, StepLR", ...adamW, scheduler: ["StepLR", { step_size: 7, gamma: 0.5 }] },
  {
    name: "AdamW, two groups, MultiStepLR",
    ...adamW,
    ...GROUPS,
    scheduler: ["MultiStepLR", { milestones: [5, 15, 35] }],
  },
  { name: "AdamW, CosineAnnealingLR", ...adamW, scheduler: ["CosineAnnealingLR", { T_max: 50 }], within: 2e-6 },
  { name: "AdamW, OneCycleLR", ...adamW, scheduler: ["OneCycleLR", { max_lr: 0.05, total_steps: 50 }], within: 2e-6 },
  { name: "Adam, not exact", ...adam, exact: false, within: 2e-6 },
  { name: "Adam, for-loop", ...adam, ...NEAR },
  { name: "Adam, foreach", ...adam, torch: { foreach: true }, within: 2e-6 },
  { name: "SGD", ...sgd({ weight_decay: 0.01 }) },
  { name: "SGD, momentum, dampening", ...sgd({ momentum: 0.9, dampening: 0.3 }) },
  { name: "SGD, nesterov", ...sgd({ momentum: 0.9, nesterov: true }) },
  { name: "SparseAdam", optimizer: "SparseAdam", options: { lr: 0.01 }, within: 2e-6, shapes: { weight: [12, 4] } },
  { name: "Adamax", optimizer: "Adamax", options: { lr: 0.01, weight_decay: 0.01 }, ...NEAR },
  { name: "NAdam", optimizer: "NAdam", options: { lr: 0.01, weight_decay: 0.01 }, ...NEAR },
  { name: "RAdam", optimizer: "RAdam", options: { lr: 0.01, weight_decay: 0.01 }, ...NEAR },
];

export const RUNS = LIST.map((run) => ({ shapes: SHAPES, ...run }));
