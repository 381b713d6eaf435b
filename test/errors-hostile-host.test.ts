/** Hosts in which somebody has changed what objects inherit, or forbidden it: nothing may change. */

import { describe, expect, test } from "vitest";
import { report } from "./support/child.js";
import { EXPECTED } from "./support/expected.js";

describe("options on Object.prototype are nobody's options", () => {
  test.each(["before", "after"])("%s the package is loaded", (when) => {
    const group = { name: null, paramNames: ["weight", "bias"], params: 2, initialLr: null };
    expect(report("polluted-scenario.mjs", [], [when])).toEqual({ ...EXPECTED, group });
  });
});

test.each([
  "--frozen-intrinsics",
  "--disable-proto=delete",
  "--disable-proto=throw",
  "--disallow-code-generation-from-strings",
])("under %s training has the same bits", (flag) => {
  expect(report("scenario.mjs", [flag])).toEqual(EXPECTED);
});
