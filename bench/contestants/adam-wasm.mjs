/** This package, through its public API. */

import * as adamWasm from "adam-wasm";
import { disposeAll, tensorsOf } from "../lib/tensors.mjs";

/** @type {import("./index.mjs").Source} */
export const ADAM_WASM = {
  names: ["adam-wasm", "adam-wasm exact", "adam-wasm, grads assigned"],
  find: () => [
    { make: (data) => standing(adamWasm, data) },
    { make: (data) => standing(adamWasm, data, { exact: true }) },
    { make: assigning },
  ],
};

/** Gradients stand in tensors that are written in place: `grad` is assigned once. */
export function standing(adamWasm, data, options = {}) {
  const { parameters, gradients } = tensorsOf(data, adamWasm);
  const optimizer = new adamWasm.Adam(parameters, options);
  return running(optimizer, parameters, gradients, () => optimizer.step());
}

/** `zeroGrad()`, and every gradient assigned anew, in each step. */
function assigning(data) {
  const { parameters, gradients } = tensorsOf(data);
  const optimizer = new adamWasm.Adam(parameters);
  return running(optimizer, parameters, gradients, () => {
    optimizer.zeroGrad();
    for (let i = 0; i < parameters.length; i++) parameters[i].grad = gradients[i];
    optimizer.step();
  });
}

function running(optimizer, parameters, gradients, step) {
  return {
    step,
    params: () => parameters.map(({ data }) => data),
    setGrads: (values) => {
      for (const [i, gradient] of gradients.entries()) gradient.set(values[i]);
    },
    dispose: () => disposeAll(optimizer, ...parameters, ...gradients),
  };
}
