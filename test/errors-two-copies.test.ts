/** Two copies of the package in one program: each works, and neither takes the other's tensors for its own. */

import { Adam, type Parameter, type SparseTensor, StepLR, SWATS, Tensor } from "adam-wasm";
import { expect, test } from "vitest";
import { expectRejection } from "./support/rejects.js";
import { secondCopy } from "./support/second-copy.js";
import type { Training } from "./support/training.js";

const belongs =
  "belongs to another copy of adam-wasm; load the package once, in one version, and leave it external in libraries";

test("what another copy made is rejected with a sentence that says so, wherever it goes in", async () => {
  const other = await secondCopy();
  expect(other.Tensor).not.toBe(Tensor);
  const parameter = other.Parameter.from([1, 2, 3]) as unknown as Parameter;
  const gradient = other.Tensor.from([1, 2, 3]) as unknown as Tensor;
  const sparse = other.SparseTensor.coo([0], [1]) as unknown as SparseTensor;
  const adam = new other.Adam([parameter]) as unknown as Adam;
  const acts: readonly (readonly [kind: string, act: (training: Training) => unknown])[] = [
    ["Parameter", () => new Adam([parameter])],
    ["Parameter", () => new Adam([["weight", parameter]])],
    ["Parameter", () => new Adam([{ params: parameter }])],
    ["Parameter", ({ optimizer, late }) => optimizer.addParamGroup({ params: [parameter, late] })],
    ["Tensor", ({ bias }) => Object.assign(bias, { grad: gradient })],
    ["Parameter", ({ bias }) => Object.assign(bias, { grad: parameter })],
    ["SparseTensor", ({ bias }) => Object.assign(bias, { grad: sparse })],
    ["SparseTensor", ({ bias }) => bias.accumulateGrad(sparse)],
    ["Tensor", () => Tensor.from(gradient as never)],
    ["Adam", () => new StepLR(adam, { stepSize: 1 })],
    ["Adam", () => new SWATS(adam)],
  ];
  for (const [kind, act] of acts) {
    expectRejection({ name: "", act, type: Error, code: "ERR_ENV", message: `this ${kind} ${belongs}` });
  }
  expect([...other.Tensor.from([1, 2, 3]).data]).toEqual([1, 2, 3]);
});

test("each copy trains in a memory of its own", async () => {
  const other = await secondCopy();
  const parameter = other.Parameter.from([1, 2]);
  const optimizer = new other.Adam([parameter], { lr: 0.5, eps: 0 });
  parameter.grad = [3, -4];
  optimizer.step();
  expect(parameter.data[0]).toBeCloseTo(0.5);
  expect(parameter.data[1]).toBeCloseTo(2.5);
  expect(parameter.data.buffer).not.toBe(Tensor.zeros([1]).data.buffer);
});
