/** Parameters of this package with gradients that stand, and their end. */

import * as adamWasm from "adam-wasm";

/** The parameters of a workload, and the tensors that are assigned to them as gradients, to be written in place. */
export function tensorsOf(data, { Parameter, Tensor } = adamWasm) {
  const parameters = data.params().map((values) => Parameter.from(values));
  const gradients = data.grads().map((values) => Tensor.from(values));
  for (const [i, parameter] of parameters.entries()) parameter.grad = gradients[i];
  return { parameters, gradients };
}

/** @param {{ dispose(): void }[]} disposables */
export function disposeAll(...disposables) {
  for (const disposable of disposables) disposable.dispose();
}
