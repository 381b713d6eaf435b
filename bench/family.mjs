/** What each rule costs beside its memory traffic. */

import { Adam, Adamax, AdamW, NAdam, Parameter, RAdam, SGD, SparseAdam, SparseTensor, Tensor } from "adam-wasm";
import { data } from "./workload.mjs";

const dense = (create) => (length) => {
  const { params, grads } = data({ count: 1, length });
  const parameter = Parameter.from(params[0]);
  const gradient = Tensor.from(grads[0]);
  parameter.grad = gradient;
  const optimizer = create([parameter]);
  return {
    step: () => optimizer.step(),
    dispose: () => {
      for (const disposable of [optimizer, parameter, gradient]) disposable.dispose();
    },
  };
};

/** Every row of 64 elements has a gradient: the traffic of a dense step, and the indices. */
function sparse(length) {
  const rows = Math.ceil(length / 64);
  const { params, grads } = data({ count: 1, length: rows * 64 });
  const parameter = Parameter.from(params[0], { shape: [rows, 64] });
  parameter.grad = SparseTensor.coo(
    Array.from({ length: rows }, (_, i) => i),
    grads[0],
    { shape: [rows, 64] },
  );
  const optimizer = new SparseAdam([parameter]);
  return {
    step: () => optimizer.step(),
    dispose: () => {
      for (const disposable of [optimizer, parameter]) disposable.dispose();
    },
  };
}

/** `written`: arrays that a step reads and writes, the parameter among them. */
export const FAMILY = [
  { name: "SGD", written: 1, make: dense((params) => new SGD(params)) },
  { name: "SGD momentum", written: 2, make: dense((params) => new SGD(params, { momentum: 0.9 })) },
  { name: "Adam", written: 3, make: dense((params) => new Adam(params)) },
  { name: "Adam exact", written: 3, make: dense((params) => new Adam(params, { exact: true })) },
  { name: "Adam L2", written: 3, make: dense((params) => new Adam(params, { weightDecay: 0.1 })) },
  { name: "AdamW", written: 3, make: dense((params) => new AdamW(params)) },
  { name: "AMSGrad", written: 4, make: dense((params) => new Adam(params, { amsgrad: true })) },
  { name: "Adamax", written: 3, make: dense((params) => new Adamax(params)) },
  { name: "NAdam", written: 3, make: dense((params) => new NAdam(params)) },
  { name: "RAdam", written: 3, make: dense((params) => new RAdam(params)) },
  { name: "SparseAdam", written: 3, make: sparse },
];
