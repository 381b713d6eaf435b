/** The public list. */

export { AveragedModel, type AveragedModelOptions, type AveragedModelStateDict } from "./averaged-model.js";
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
export type { DType, DTypeOf, FloatArray } from "./dtype.js";
export type { Grad } from "./gradient.js";
export type { AnnealStrategy } from "./lr-scheduler/anneal.js";
export { ChainedScheduler, type ChainedSchedulerOptions } from "./lr-scheduler/chained-scheduler.js";
export { ConstantLR, type ConstantLROptions } from "./lr-scheduler/constant-lr.js";
export { CosineAnnealingLR, type CosineAnnealingLROptions } from "./lr-scheduler/cosine-annealing-lr.js";
export {
  CosineAnnealingWarmRestarts,
  type CosineAnnealingWarmRestartsOptions,
} from "./lr-scheduler/cosine-annealing-warm-restarts.js";
export { CyclicLR, type CyclicLROptions } from "./lr-scheduler/cyclic-lr.js";
export type { LastEpochOption } from "./lr-scheduler/epoch-scheduler.js";
export { ExponentialLR, type ExponentialLROptions } from "./lr-scheduler/exponential-lr.js";
export type { LRLambda } from "./lr-scheduler/lambda.js";
export { LambdaLR, type LambdaLROptions } from "./lr-scheduler/lambda-lr.js";
export { LinearLR, type LinearLROptions } from "./lr-scheduler/linear-lr.js";
export { LRScheduler, type SchedulerStateDict } from "./lr-scheduler/lr-scheduler.js";
export { MultiStepLR, type MultiStepLROptions } from "./lr-scheduler/multi-step-lr.js";
export { MultiplicativeLR, type MultiplicativeLROptions } from "./lr-scheduler/multiplicative-lr.js";
export { OneCycleLR, type OneCycleLROptions } from "./lr-scheduler/one-cycle-lr.js";
export { PolynomialLR, type PolynomialLROptions } from "./lr-scheduler/polynomial-lr.js";
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "./lr-scheduler/reduce-lr-on-plateau.js";
export { SequentialLR, type SequentialLROptions } from "./lr-scheduler/sequential-lr.js";
export { StepLR, type StepLROptions } from "./lr-scheduler/step-lr.js";
export { SWALR, type SWALROptions } from "./lr-scheduler/swa-lr.js";
export type { CycleMode } from "./lr-scheduler/triangle.js";
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
export type { Betas, CommonOptions } from "./optim/options.js";
export type { Given, ParamGroup, ParamGroupInit, Params } from "./optim/param-group.js";
export type { ParamItem } from "./optim/param-items.js";
export { RAdam, type RAdamOptions, type RAdamParameterState } from "./optim/radam.js";
export { SGD, type SGDOptions, type SGDParameterState } from "./optim/sgd.js";
export { SparseAdam, type SparseAdamOptions, type SparseAdamParameterState } from "./optim/sparse-adam.js";
export type { GroupStateDict, ParameterStateDict, StateDict } from "./optim/state-dict.js";
export type { ParameterState } from "./optim/state-map.js";
export type { StepOptions, ZeroGradOptions } from "./optim/step-options.js";
export { SWATS, type SWATSOptions, type SWATSStateDict } from "./optim/swats.js";
export { Parameter, type ParameterOptions } from "./parameter.js";
export type { SparseIndices } from "./sparse-indices.js";
export { SparseTensor, type SparseTensorOptions } from "./sparse-tensor.js";
export { Tensor } from "./tensor.js";
export type { TensorOptions } from "./tensor-options.js";
export type { TensorState } from "./tensor-state.js";
export type { NestedNumbers, TensorValues } from "./values.js";
export { type Backend, backend } from "./wasm/instance.js";
