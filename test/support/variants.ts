/** Every optimizer in each of the ways that keep another state, and a model for them to train. */

import * as wasm from "adam-wasm";
import { type Optimizer, Parameter, SparseTensor } from "adam-wasm";
import { floats } from "./bits.js";
import { FAMILY, WAYS } from "./family.js";
import { normals } from "./noise.js";

/** Two groups of parameters, in both dtypes; one is frozen. */
export interface Model {
  readonly groups: readonly { readonly params: readonly Parameter[]; readonly lr?: number }[];
  readonly parameters: readonly Parameter[];
}

/** An optimizer in one of its ways. */
export interface Variant {
  readonly make: (model: Model) => Optimizer;
  readonly isSparse?: boolean;
}

/** All of them. */
export const VARIANTS: Readonly<Record<string, Variant>> = Object.fromEntries(
  Object.entries(WAYS).map(([name, { optimizer, options }]) => {
    const { create, sparse } = FAMILY[optimizer];
    return [name, { make: ({ groups }) => create(wasm, groups, options), isSparse: sparse === "always" }];
  }),
);

/** A model at its start: two of them have the same bits. */
export function model(): Model {
  const weight = Parameter.from(normals(1, 0, 12), { shape: [4, 3], name: "weight" });
  const bias = Parameter.from(floats("float64", normals(2, 0, 5)), { name: "bias" });
  const late = Parameter.from(normals(3, 0, 3), { name: "late" });
  const frozen = Parameter.from([7, 8], { requiresGrad: false, name: "frozen" });
  return {
    groups: [{ params: [weight, bias] }, { params: [late, frozen], lr: 0.05 }],
    parameters: [weight, bias, late, frozen],
  };
}

/** Gives every parameter the gradient of a step; `bias` has none in every third, `late` none before the eighth. */
export function setGradients({ parameters }: Model, step: number, isSparse = false): void {
  const absent = [false, step % 3 === 0, step < 8, false];
  for (const [index, parameter] of parameters.entries()) {
    const values = normals(10 + index, step, parameter.length);
    if (absent[index]) parameter.grad = null;
    else if (isSparse) parameter.grad = rowsOf(parameter, values, step);
    else parameter.grad = floats(parameter.dtype, values);
  }
}

/** A sparse gradient with two rows, which are one row twice now and then. */
function rowsOf({ shape, dtype }: Parameter, values: readonly number[], step: number): SparseTensor {
  const rows = [step % shape[0], (2 * step) % shape[0]];
  const width = values.length / shape[0];
  const slices = rows.map((row) => values.slice(row * width, (row + 1) * width));
  return SparseTensor.coo([rows], shape.length === 1 ? slices.flat() : slices, { shape: [...shape], dtype });
}

/** Steps `first` to `last`. */
export function train(optimizer: Optimizer, model: Model, first: number, last: number, isSparse?: boolean): void {
  for (let step = first; step <= last; step++) {
    setGradients(model, step, isSparse);
    optimizer.step();
  }
}
