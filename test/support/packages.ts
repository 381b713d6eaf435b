/** The package on each of its kernels, and what tests of all optimizers do with either. */

import * as wasm from "adam-wasm";
import { dtypeOf, type Floats } from "./bits.js";
import type { AnyOptimizer, Member } from "./family.js";
import { javascriptCopy, type Package } from "./second-copy.js";

/** The package on each of its kernels. */
export const PACKAGES: readonly (readonly [name: string, Package])[] = [
  ["wasm", wasm],
  ["javascript", await javascriptCopy()],
];

if (PACKAGES.map(([, { backend }]) => backend().kind).join() !== "wasm,js") {
  throw new Error("these tests compare two kernels, and there is only one");
}

/** A gradient of `values` as the optimizer takes it: sparse with every row in it, where it must be sparse. */
export function gradientFor({ sparse }: Member, { SparseTensor }: Package, values: Floats) {
  if (sparse !== "always") return values;
  const indices = [Array.from(values.keys())];
  return SparseTensor.coo(indices, values, { shape: [values.length], dtype: dtypeOf(values) });
}

/** What the optimizer keeps of a parameter: numbers and arrays by name, `step` left out. */
export function stateOf(optimizer: AnyOptimizer, parameter: wasm.Parameter): Record<string, number | Floats> {
  const state = Object.entries(optimizer.state.get(parameter) ?? {}) as [string, number | wasm.Tensor | undefined][];
  return Object.fromEntries(
    state.flatMap(([name, value]) =>
      value === undefined || name === "step"
        ? []
        : [[name, typeof value === "number" ? value : (value.data as Floats)]],
    ),
  );
}
