/** The public list. */

export type { CodedError, ErrorCode } from "./check.js";
export {
  type ClipParams,
  clipCoefficient,
  clipGradNorm,
  clipGradsWithNorm,
  clipGradValue,
  getTotalNorm,
  type NormOptions,
  type NormTensors,
} from "./clip-grad.js";
export type { DType, FloatArray } from "./dtype.js";
export { Adam, type AdamOptions, type AdamParameterState } from "./optim/adam.js";
export { Adamax, type AdamaxOptions, type AdamaxParameterState } from "./optim/adamax.js";
export { AdamW } from "./optim/adamw.js";
export { setFlushDenormal } from "./optim/flush-denormal.js";
export {
  type HookHandle,
  type HookOptions,
  type OptimizerHook,
  registerOptimizerStepPostHook,
  registerOptimizerStepPreHook,
  type StateDictHook,
  type StepPreHook,
} from "./optim/hooks.js";
export { NAdam, type NAdamOptions, type NAdamParameterState } from "./optim/nadam.js";
export { Optimizer } from "./optim/optimizer.js";
export type { Betas } from "./optim/options.js";
export type { ParamGroup, ParamGroupInit, ParamItem, Params } from "./optim/param-group.js";
export { RAdam, type RAdamOptions, type RAdamParameterState } from "./optim/radam.js";
export { SGD, type SGDOptions, type SGDParameterState } from "./optim/sgd.js";
export { SparseAdam, type SparseAdamOptions, type SparseAdamParameterState } from "./optim/sparse-adam.js";
export type { GroupStateDict, ParameterStateDict, StateDict, TensorState } from "./optim/state-dict.js";
export type { ParameterState } from "./optim/state-map.js";
export type { StepOptions } from "./optim/step-options.js";
export { Parameter, type ParameterOptions } from "./parameter.js";
export { type SparseIndices, SparseTensor, type SparseTensorOptions } from "./sparse-tensor.js";
export { Tensor, type TensorOptions } from "./tensor.js";
export type { NestedNumbers, TensorValues } from "./values.js";
export { type Backend, backend } from "./wasm/instance.js";
