/** Arrays that hold themselves, wherever values, shapes and options go in: an error, and no endless descent. */

import { Adam, OneCycleLR, Parameter, SparseTensor, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectError, expectRejection, thrownBy } from "./support/rejects.js";
import { training } from "./support/training.js";

/** [itself] */
function cycle(): never[] {
  const array: unknown[] = [];
  array.push(array);
  return array as never[];
}

/** [[1, 2], [3, itself]] */
function hidden(): number[][] {
  const array: unknown[] = [[1, 2], [3]];
  (array[1] as unknown[]).push(array);
  return array as number[][];
}

const DEEP = "values nest deeper than 64 arrays, or hold themselves";

describe("values that hold themselves", () => {
  test.each<[string, () => unknown]>([
    ["Tensor.from", () => Tensor.from(cycle())],
    ["Parameter.from", () => Parameter.from(cycle())],
    ["Parameter.from with a shape", () => Parameter.from(cycle(), { shape: [1] })],
    ["set", () => Tensor.zeros([1]).set(cycle())],
    ["SparseTensor.coo", () => SparseTensor.coo([[0]], cycle(), { shape: [3] })],
  ])("%s", (_, act) => {
    expectError(thrownBy(act), { type: RangeError, code: "ERR_SHAPE", message: DEEP });
  });

  test("as a gradient, assigned and added", () => {
    const assign = (grad: never[]) => Object.assign(training().bias, { grad });
    expectError(
      thrownBy(() => assign(cycle())),
      { type: RangeError, code: "ERR_SHAPE", message: DEEP },
    );
    const act = ({ bias }: { bias: Parameter }) => bias.accumulateGrad(cycle());
    expectRejection({ name: "", act, type: RangeError, code: "ERR_SHAPE", message: DEEP });
  });

  test("behind numbers", () => {
    const message = "the argument of Tensor.from must hold numbers only, got [[1, 2], [3, an array of 2]]";
    const error = thrownBy(() => Tensor.from(hidden()));
    expectError(error, { type: TypeError, code: "ERR_DTYPE", message });
  });

  test("64 arrays around a number are a tensor, and 65 are not", () => {
    const nested = (depth: number): unknown => (depth === 0 ? 7 : [nested(depth - 1)]);
    expect(Tensor.from(nested(64) as number[]).shape).toHaveLength(64);
    expectError(
      thrownBy(() => Tensor.from(nested(65) as number[])),
      { type: RangeError, code: "ERR_SHAPE", message: DEEP },
    );
  });
});

describe("elsewhere", () => {
  const SHOWN = "[[an array of 1]]";
  const parameter = () => Parameter.from([1]);

  test.each<[string, () => unknown, ErrorConstructor, string, string]>([
    [
      "a shape",
      () => Tensor.zeros(cycle()),
      RangeError,
      "ERR_SHAPE",
      `shape must hold integers from 0 up, got ${SHOWN}`,
    ],
    [
      "a dtype",
      () => Tensor.zeros([1], { dtype: cycle() as never }),
      TypeError,
      "ERR_DTYPE",
      `dtype must be "float32" or "float64", got ${SHOWN}`,
    ],
    [
      "a learning rate",
      () => new Adam([parameter()], { lr: cycle() as never }),
      TypeError,
      "ERR_OPTION",
      `Invalid learning rate: ${SHOWN}`,
    ],
    [
      "betas",
      () => new Adam([parameter()], { betas: cycle() as never }),
      RangeError,
      "ERR_OPTION",
      `betas must be a pair of numbers, got ${SHOWN}`,
    ],
    [
      "params",
      () => new Adam(cycle()),
      TypeError,
      "ERR_OPTION",
      "optimizer can only optimize Parameters, but one of the params is Array",
    ],
    [
      "a schedule's rates",
      () => new OneCycleLR(new Adam([parameter()]), { maxLr: cycle(), totalSteps: 2 }),
      TypeError,
      "ERR_OPTION",
      `Expected non-negative number maxLr, but got ${SHOWN}`,
    ],
    [
      "a state dict",
      () => new Adam([parameter()]).loadStateDict(cycle() as never),
      TypeError,
      "ERR_OPTION",
      `state dict must be an object, got ${SHOWN}`,
    ],
  ])("%s", (_, act, type, code, message) => {
    expectError(thrownBy(act), { type, code, message });
  });
});
