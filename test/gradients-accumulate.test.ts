/** `accumulateGrad`: the gradient of a batch as the sum of those of its parts. */

import { Adam, Parameter, SGD, SparseTensor, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { floats } from "./support/bits.js";
import { normals } from "./support/noise.js";
import { expectError, expectRejection, type Rejection, thrownBy } from "./support/rejects.js";
import { bytesOf } from "./support/snapshot.js";
import type { Training } from "./support/training.js";

const gradOf = ({ grad }: Parameter) => [...((grad as Tensor | null)?.data ?? [])];

test("sums of nested arrays, typed arrays and tensors", () => {
  const parameter = Parameter.zeros([2, 2]);
  parameter.accumulateGrad([
    [1, 2],
    [3, 4],
  ]);
  parameter.accumulateGrad(Float32Array.of(10, 20, 30, 40));
  parameter.accumulateGrad([100, 200, 300, 400]);
  parameter.accumulateGrad(Tensor.from([1000, 2000, 3000, 4000], { shape: [2, 2] }));
  expect(gradOf(parameter)).toEqual([1111, 2222, 3333, 4444]);
});

test.each([0, 1, 2])("sums of a view that lies over the gradient, from element %s on", (start) => {
  const flat = Tensor.from([1, 2, 3, 4, 5, 6]);
  const parameter = Parameter.zeros([4]);
  parameter.grad = flat.view(1, [4]);
  const [before, added] = [[2, 3, 4, 5], [...flat.data].slice(start, start + 4)];
  parameter.accumulateGrad(flat.view(start, [4]));
  expect(gradOf(parameter)).toEqual(before.map((value, i) => value + (added[i] as number)));
});

test("each sum is rounded to the dtype", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const parameter = Parameter.zeros([1], { dtype });
    for (const value of [1, 1e-8, 0.1]) parameter.accumulateGrad([value]);
    const round = dtype === "float32" ? Math.fround : Number;
    expect(gradOf(parameter)).toEqual([round(round(1 + 1e-8) + 0.1)]);
  }
});

test("the first one is copied, also from a tensor; the caller's stays as it is", () => {
  const parameter = Parameter.zeros([2]);
  const first = Tensor.from([1, 2]);
  parameter.accumulateGrad(first);
  parameter.accumulateGrad(first);
  expect(gradOf(parameter)).toEqual([2, 4]);
  expect([...first.data]).toEqual([1, 2]);
});

test("a tensor that was assigned is added to in place", () => {
  const parameter = Parameter.zeros([2]);
  const assigned = Tensor.from([1, 2]);
  parameter.grad = assigned;
  parameter.accumulateGrad([10, 20]);
  expect(parameter.grad).toBe(assigned);
  expect([...assigned.data]).toEqual([11, 22]);
});

test("the gradient itself may be added", () => {
  const parameter = Parameter.zeros([2]);
  parameter.grad = [1, 2];
  parameter.accumulateGrad(parameter.grad as unknown as Tensor);
  expect(gradOf(parameter)).toEqual([2, 4]);
});

test("after zeroGrad the sum begins anew", () => {
  const parameter = Parameter.zeros([2]);
  const optimizer = new Adam([parameter]);
  for (const setToNone of [true, false]) {
    parameter.accumulateGrad([5, 5]);
    optimizer.zeroGrad({ setToNone });
    parameter.accumulateGrad([1, 2]);
    expect(gradOf(parameter)).toEqual([1, 2]);
  }
});

test("a first gradient out of wasm memory is right though memory grows for the copy", () => {
  const parameter = Parameter.zeros([200_000]);
  const { data } = Tensor.from(new Float32Array(200_000).fill(3));
  parameter.accumulateGrad(data);
  expect(gradOf(parameter).every((value) => value === 3)).toBe(true);
});

test("sparse gradients are put together, and count as their sum", () => {
  const [parts, whole] = [Parameter.zeros([4, 2]), Parameter.zeros([4, 2])];
  const shape = [4, 2];
  parts.accumulateGrad(SparseTensor.coo([[1, 3]], [1, 2, 3, 4], { shape }));
  parts.accumulateGrad(SparseTensor.coo([[3, 0]], [10, 20, 30, 40], { shape }));
  whole.grad = SparseTensor.coo([[0, 1, 3]], [30, 40, 1, 2, 13, 24], { shape });
  const [sum, expected] = [parts, whole].map(({ grad }) => (grad as SparseTensor).coalesce());
  expect(bytesOf(sum.toDense())).toBe(bytesOf(expected.toDense()));
});

test("a sparse gradient is copied: what its values become later is nothing to the sum, or to a rule", () => {
  for (const momentum of [0, 0.9]) {
    const parameter = Parameter.zeros([3]);
    const slices = SparseTensor.coo([1], [1], { shape: [3] });
    parameter.accumulateGrad(slices);
    slices.values[0] = 10;
    parameter.accumulateGrad(slices);
    slices.values[0] = 100;
    new SGD([parameter], { lr: 1, momentum }).step();
    expect([...parameter.data]).toEqual([0, -11, 0]);
  }
});

test("a sparse gradient that was emptied takes one that indexes other dimensions", () => {
  const parameter = Parameter.zeros([2, 2]);
  const optimizer = new SGD([parameter], { lr: 1 });
  parameter.grad = SparseTensor.coo([1], [[1, 2]], { shape: [2, 2] });
  optimizer.zeroGrad({ setToNone: false });
  parameter.accumulateGrad(SparseTensor.coo([[1], [1]], [5], { shape: [2, 2] }));
  parameter.accumulateGrad(SparseTensor.coo([], [], { shape: [2, 2] }).coalesce());
  optimizer.step();
  expect([...parameter.data]).toEqual([0, 0, 0, -5]);
});

test("indices that were changed since are checked again, and those of other dimensions refused", () => {
  const parameter = Parameter.zeros([2, 2]);
  const rows = SparseTensor.coo([0], [[1, 2]], { shape: [2, 2] });
  const elements = SparseTensor.coo([[1], [1]], [5], { shape: [2, 2] });
  for (const [first, then] of [
    [rows, elements],
    [elements, rows],
  ] as const) {
    parameter.grad = first;
    const kept = parameter.grad;
    const message = `expected a sparse tensor of sparse_dim ${first.sparseDim}, got ${then.sparseDim}`;
    expectError(
      thrownBy(() => parameter.accumulateGrad(then)),
      { type: RangeError, code: "ERR_SHAPE", message },
    );
    expect(parameter.grad).toBe(kept);
  }
  for (const index of [-1, 2, 1000]) {
    (rows.indices[0] as Int32Array)[0] = index;
    for (const act of [() => parameter.accumulateGrad(rows), () => Object.assign(parameter, { grad: rows })]) {
      parameter.grad = null;
      expectError(thrownBy(act), { type: RangeError, code: "ERR_SHAPE", message: /^ind(ex|ices) .*(-1|2|1000)/ });
      expect(parameter.grad).toBeNull();
    }
  }
});

describe("a sparse gradient and a dense one make a dense one, value after value as in torch", () => {
  const dense = new Float32Array(4).fill(0.3);
  const sparse = SparseTensor.coo([1, 1, 3], [1e8, -1e8, 2], { shape: [4] });
  const sum = Float32Array.of(0.3, 0, 0.3, 2.3);

  test.each([
    ["sparse onto dense", [dense, sparse]],
    ["dense onto sparse", [sparse, dense]],
    ["a tensor onto sparse", [sparse, Tensor.from(dense)]],
  ])("%s", (_, [first, second]) => {
    const parameter = Parameter.zeros([4]);
    parameter.accumulateGrad(first);
    parameter.accumulateGrad(second);
    expect(gradOf(parameter)).toEqual([...sum]);
    new Adam([parameter]).step();
    expect([...parameter.data].map(Math.sign)).toEqual([-1, 0, -1, -1]);
  });

  test("in place, where a tensor was assigned", () => {
    const parameter = Parameter.zeros([4]);
    const assigned = Tensor.from(dense);
    parameter.grad = assigned;
    parameter.accumulateGrad(sparse);
    expect(parameter.grad).toBe(assigned);
    expect(gradOf(parameter)).toEqual([...sum]);
    expect(sparse.nnz).toBe(3);
  });
});

test("micro-batches train as one batch of exact sums does", () => {
  const [parts, whole] = [0, 1].map(() => Parameter.from(normals(1, 0, 7)));
  const optimizers = [parts, whole].map((parameter) => new Adam([parameter]));
  for (let step = 1; step <= 10; step++) {
    const batches = [1, 2, 3].map((part) => floats("float32", normals(part, step, 7)));
    optimizers[0].zeroGrad();
    for (const batch of batches) parts.accumulateGrad(batch);
    whole.grad = batches.reduce((sum, batch) => sum.map((value, i) => value + batch[i]));
    for (const optimizer of optimizers) optimizer.step();
    expect(bytesOf(parts)).toBe(bytesOf(whole));
  }
});

type Row = readonly [
  name: string,
  act: (training: Training) => void,
  type: ErrorConstructor,
  code: string,
  message: Rejection["message"],
];

const BIAS = 'the gradient of Parameter "bias"';

describe("is refused, and the gradient stays", () => {
  test.each<Row>([
    [
      "null",
      ({ bias }) => bias.accumulateGrad(null as never),
      TypeError,
      "ERR_DTYPE",
      `${BIAS} must be numbers in an array or typed array, got null`,
    ],
    [
      "null, and there is none yet",
      ({ late }) => late.accumulateGrad(null as never),
      TypeError,
      "ERR_DTYPE",
      /^the gradient of Parameter of shape \[1\] must be numbers .* got null$/,
    ],
    [
      "another shape",
      ({ bias }) => bias.accumulateGrad([1, 2]),
      RangeError,
      "ERR_SHAPE",
      `${BIAS} has shape [2], expected [3]`,
    ],
    [
      "a tensor of another shape",
      ({ weight }) => weight.accumulateGrad(Tensor.zeros([6])),
      RangeError,
      "ERR_SHAPE",
      'the gradient of Parameter "weight" has shape [6], expected [2,3]',
    ],
    [
      "another dtype",
      ({ bias }) => bias.accumulateGrad(new Float64Array(3)),
      TypeError,
      "ERR_DTYPE",
      `${BIAS} must be a float32 array, got Float64Array`,
    ],
    [
      "a tensor of another dtype",
      ({ bias }) => bias.accumulateGrad(Tensor.zeros([3], { dtype: "float64" })),
      TypeError,
      "ERR_DTYPE",
      `${BIAS} must be float32, got float64`,
    ],
    [
      "what is no number",
      ({ bias }) => bias.accumulateGrad([1, "2", 3] as never),
      TypeError,
      "ERR_DTYPE",
      `${BIAS} must hold numbers only, got "2"`,
    ],
    [
      "the parameter itself",
      ({ bias }) => bias.accumulateGrad(bias),
      RangeError,
      "ERR_ALIAS",
      `${BIAS} overlaps the parameter itself`,
    ],
    [
      "a sparse one of another shape onto a dense one",
      ({ bias }) => bias.accumulateGrad(SparseTensor.coo([[0]], [1], { shape: [2] })),
      RangeError,
      "ERR_SHAPE",
      `${BIAS} has shape [2], expected [3]`,
    ],
    [
      "a sparse one of another shape",
      ({ late }) => late.accumulateGrad(SparseTensor.coo([[0]], [1], { shape: [2] })),
      RangeError,
      "ERR_SHAPE",
      "the gradient of Parameter of shape [1] has shape [2], expected [1]",
    ],
  ])("%s", (name, act, type, code, message) => {
    expectRejection({ name, act, type, code, message });
  });

  test("on a parameter that was disposed", () => {
    const parameter = Parameter.zeros([3]);
    parameter.dispose();
    expect(() => parameter.accumulateGrad([1, 2, 3])).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  });
});
