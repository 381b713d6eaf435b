/** All that a call which threw must have left alone: bytes of parameters and state, gradients, counts, options, groups. */

import type { Adam, Parameter, SparseTensor, Tensor } from "adam-wasm";

const ids = new WeakMap<object, number>();
let lastId = 0;

/** A value that is equal for the same object only. */
function idOf(object: object): number {
  const id = ids.get(object) ?? ++lastId;
  ids.set(object, id);
  return id;
}

/** The bytes of a tensor. */
export function bytesOf(tensor: Tensor | SparseTensor): string {
  if (tensor.toString().includes("tensor(disposed")) return "disposed";
  const { buffer, byteOffset, byteLength } = tensor.data;
  return `${tensor.dtype}[${tensor.shape}] ${Buffer.from(buffer, byteOffset, byteLength).toString("hex")}`;
}

/** A parameter, to be compared. */
export function parameterSnapshot(parameter: Parameter) {
  const { grad, name, requiresGrad } = parameter;
  return { name, requiresGrad, data: bytesOf(parameter), grad: grad && `${idOf(grad)}: ${bytesOf(grad)}` };
}

/** An optimizer with the given parameters, and those of its groups, to be compared. */
export function snapshot(optimizer: Adam, parameters: readonly Parameter[]) {
  const groups = optimizer.paramGroups.map(({ params, ...options }) => ({ ...options, params: params.map(idOf) }));
  const state = [...optimizer.state].map(([parameter, { step, expAvg, expAvgSq, maxExpAvgSq }]) => ({
    parameter: idOf(parameter),
    step,
    moments: [expAvg, expAvgSq, maxExpAvgSq].map((moment) => moment && bytesOf(moment)),
  }));
  return { parameters: parameters.map(parameterSnapshot), groups, state, defaults: optimizer.defaults };
}
