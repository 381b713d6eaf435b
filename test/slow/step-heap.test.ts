/** A step leaves nothing on the JavaScript heap and takes nothing from linear memory, however gradients come. */

import { expect, test } from "vitest";
import { report } from "../support/child.js";

interface Result {
  readonly bytesPerStep: number;
  readonly grownBytes: number;
  readonly collections: number;
  readonly counted: boolean;
}

/** So much room for the young that none of them is collected between the readings. */
const FLAGS = ["--expose-gc", "--max-semi-space-size=512", "--min-semi-space-size=512"];

test.each(["none", "the same tensor", "another tensor", "array", "array after zeroGrad"])(
  "100,000 steps of 200 parameters, assigned to each before each step: %s",
  (way) => {
    const result = report<Result>("step-heap.mjs", FLAGS, [way]);
    console.log(`${way}: ${result.bytesPerStep.toFixed(2)} B on the heap per step`);
    expect(result).toMatchObject({ grownBytes: 0, collections: 0, counted: true });
    expect(result.bytesPerStep).toBeLessThanOrEqual(16);
  },
);
