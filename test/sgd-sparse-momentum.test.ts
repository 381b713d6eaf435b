/** SGD with momentum takes a sparse gradient as the dense one that it stands for: the same bits, from the first step on. */

import { describe, expect, test } from "vitest";
import { type DType, expectSameBits, floats } from "./support/bits.js";
import { normals } from "./support/noise.js";
import { PACKAGES } from "./support/packages.js";

const SHAPE = [10, 3];
/** One that is named twice among them. */
const ROWS = [4, 1, 4, 9];
const STEPS = 5;

describe.each(PACKAGES)("on %s", (_, from) => {
  test.each([
    ["momentum", { momentum: 0.9 }],
    ["dampening", { momentum: 0.9, dampening: 0.3, maximize: true }],
    ["nesterov", { momentum: 0.7, nesterov: true }],
  ])("%s", (_, options) => {
    for (const dtype of ["float32", "float64"] as const satisfies DType[]) {
      const start = floats(dtype, normals(1, 0, 30));
      const [sparse, dense] = [0, 1].map(() => from.Parameter.from(start, { shape: SHAPE }));
      const optimizers = [sparse, dense].map((parameter) => new from.SGD([parameter], { lr: 0.1, ...options }));
      for (let step = 1; step <= STEPS; step++) {
        // Every second gradient stands for two steps.
        if (step % 2 === 1) {
          sparse.grad = from.SparseTensor.coo(ROWS, floats(dtype, normals(2, step, 12)), { shape: SHAPE });
          dense.grad = sparse.grad.toDense();
        }
        for (const optimizer of optimizers) optimizer.step();
        expectSameBits(sparse.data, dense.data, `${dtype} after step ${step}`);
        expect([...sparse.data]).not.toEqual([...start]);
      }
    }
  });
});
