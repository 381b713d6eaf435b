/** The public list. */

export type { CodedError, ErrorCode } from "./check.js";
export type { DType, FloatArray } from "./dtype.js";
export { Adam, type AdamOptions, type AdamParameterState } from "./optim/adam.js";
export { AdamW } from "./optim/adamw.js";
export { setFlushDenormal } from "./optim/flush-denormal.js";
export { Optimizer } from "./optim/optimizer.js";
export type { Betas } from "./optim/options.js";
export type { ParamGroup, ParamGroupInit, ParamItem, Params } from "./optim/param-group.js";
export type { ParameterState } from "./optim/state-map.js";
export { Parameter, type ParameterOptions } from "./parameter.js";
export { Tensor, type TensorOptions } from "./tensor.js";
export type { NestedNumbers, TensorValues } from "./values.js";
export { type Backend, backend } from "./wasm/instance.js";
