/** Two copies of the package in one program: each works, and neither takes the other's tensors for its own. */

import { Adam, type Parameter, Tensor } from "adam-wasm";
import { expect, test } from "vitest";
import { expectRejection } from "./support/rejects.js";
import { secondCopy } from "./support/second-copy.js";
import type { Training } from "./support/training.js";

const message = "this tensor belongs to another copy of adam-wasm; load the package once, in one version";

test("a tensor of another copy is rejected with a sentence that says so, wherever it goes in", async () => {
  const other = await secondCopy();
  expect(other.Tensor).not.toBe(Tensor);
  const parameter = other.Parameter.from([1, 2, 3]) as unknown as Parameter;
  const gradient = other.Tensor.from([1, 2, 3]) as unknown as Tensor;
  const acts: readonly ((training: Training) => unknown)[] = [
    () => new Adam([parameter]),
    () => new Adam([["weight", parameter]]),
    () => new Adam([{ params: parameter }]),
    ({ optimizer, late }) => optimizer.addParamGroup({ params: [parameter, late] }),
    ({ bias }) => Object.assign(bias, { grad: gradient }),
    ({ bias }) => Object.assign(bias, { grad: parameter }),
    () => Tensor.from(gradient as never),
  ];
  for (const act of acts) expectRejection({ name: "", act, type: Error, code: "ERR_ENV", message });
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
