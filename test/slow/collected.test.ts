/** The net under those who forget to dispose, and what it must not catch. */

import { beforeAll, describe, expect, test } from "vitest";
import { report } from "../support/child.js";

interface Result {
  readonly leftTensors: number;
  readonly leftParameters: number;
  readonly leftOptimizers: number;
  readonly leftTogether: number;
  readonly leftSome: number;
  readonly viewOfTensor: boolean;
  readonly partOfView: readonly number[];
  readonly momentsOfLostOptimizers: readonly boolean[];
  readonly viewOfMoment: boolean;
  readonly parameterOfOptimizer: boolean;
}

let result: Result;
beforeAll(() => {
  result = report<Result>("collected.mjs", ["--expose-gc"]);
});

test("memory does not grow by what is left behind", () => {
  const { leftTensors, leftParameters, leftOptimizers, leftTogether, leftSome } = result;
  expect([leftTensors, leftParameters, leftOptimizers, leftTogether, leftSome]).toEqual([0, 0, 0, 0, 0]);
});

describe("stays alive:", () => {
  test("a tensor of which somebody has a view", () => expect(result.viewOfTensor).toBe(true));

  test("but not one of which somebody has a part of a view, as the docs say", () => {
    expect(result.partOfView).toEqual([5, 5]);
  });

  test("the state of an optimizer of which somebody has a tensor", () => {
    expect(result.momentsOfLostOptimizers).toEqual([true, true]);
  });

  test("the state of an optimizer of which somebody has a view", () => expect(result.viewOfMoment).toBe(true));

  test("a parameter and its gradient that only the optimizer has", () =>
    expect(result.parameterOfOptimizer).toBe(true));
});
