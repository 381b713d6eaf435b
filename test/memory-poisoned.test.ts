/** A trap leaves the kernel in an unknown state: it is never called again, and everything says why. */

import { beforeAll, describe, expect, test } from "vitest";
import { report } from "./support/child.js";

interface Result {
  readonly isTrap: boolean;
  readonly refused: Readonly<Record<string, object>>;
  readonly allowed: Readonly<Record<string, string>>;
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly moment: readonly number[];
  readonly text: readonly string[];
  readonly areCollected: boolean;
  readonly calledAfterwards: readonly string[];
}

let result: Result;
beforeAll(() => {
  result = report<Result>("poisoned.mjs", ["--expose-gc"]);
});

describe("after a trap", () => {
  test("whatever needs the kernel is refused with the first error as its cause", () => {
    expect(result.isTrap).toBe(true);
    const refusal = {
      name: "Error",
      code: "ERR_POISONED",
      message: "the kernel has failed and cannot be used again; reload the program",
      cause: "RuntimeError: memory access out of bounds",
      sameCause: true,
    };
    expect(Object.keys(result.refused)).toHaveLength(9);
    for (const [call, outcome] of Object.entries(result.refused)) expect(outcome, call).toEqual(refusal);
  });

  test("what was trained can be saved", () => {
    expect(result.after).toEqual(result.before);
    expect(result.moment[0]).toBeCloseTo(0.4);
    expect(result.text).toEqual([expect.stringMatching(/^Parameter containing:\ntensor\(\[0\.999,/), "Adam ("]);
  });

  test("what does not need the kernel goes on, and disposing throws nothing", () => {
    expect(Object.keys(result.allowed)).toHaveLength(5);
    for (const [call, outcome] of Object.entries(result.allowed)) expect(outcome, call).toBe("went well");
  });

  test("nothing calls the kernel: neither what is refused, nor what is disposed, nor what is collected", () => {
    expect(result.areCollected).toBe(true);
    expect(result.calledAfterwards).toEqual([]);
  });
});
