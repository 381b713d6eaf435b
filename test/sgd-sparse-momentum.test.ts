/** SGD with momentum takes a sparse gradient as the dense one that it stands for: the same bits, from the first step on. */

import type { Tensor } from "adam-wasm";
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

  test("moves by each gradient, also if nothing else is assigned between two steps", () => {
    const embedding = from.Parameter.zeros([4]);
    const optimizer = new from.SGD([embedding], { lr: 1, momentum: 0.5 });
    for (const index of [0, 2]) {
      embedding.grad = from.SparseTensor.coo([index], [1], { shape: [4] });
      optimizer.step();
    }
    expect([...embedding.data]).toEqual([-1.5, 0, -1, 0]);
  });

  test("moves in the step in which memory grows for the dense gradient", () => {
    const size = 3_000_000;
    const embedding = from.Parameter.zeros([size]);
    embedding.grad = from.SparseTensor.coo([3], [1], { shape: [size] });
    new from.SGD([embedding], { lr: 1, momentum: 0.9 }).step();
    expect(embedding.data[3]).toBe(-1);
    embedding.dispose();
  });

  test("moves after the dense gradient of an earlier step was disposed", () => {
    const embedding = from.Parameter.zeros([4]);
    const optimizer = new from.SGD([embedding], { lr: 1, momentum: 0.5 });
    embedding.grad = [1, 0, 0, 0];
    optimizer.step();
    (embedding.grad as Tensor).dispose();
    embedding.grad = from.SparseTensor.coo([1], [1], { shape: [4] });
    optimizer.step();
    expect([...embedding.data]).toEqual([-1.5, -1, 0, 0]);
  });

  test("weight decay is refused as before once momentum has made a gradient dense", () => {
    const embedding = from.Parameter.zeros([4]);
    const optimizer = new from.SGD([embedding], { lr: 1, momentum: 0.5 });
    embedding.grad = from.SparseTensor.coo([1], [1], { shape: [4] });
    optimizer.step();
    optimizer.paramGroups[0].weightDecay = 0.1;
    expect(() => optimizer.step()).toThrow(expect.objectContaining({ code: "ERR_OPTION" }));
    expect([...embedding.data]).toEqual([0, -1, 0, 0]);
  });
});
