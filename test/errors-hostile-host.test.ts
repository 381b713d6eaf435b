/** Hosts in which somebody has changed what objects inherit, or forbidden it: nothing may change. */

import { beforeAll, describe, expect, test } from "vitest";
import { report } from "./support/child.js";

interface Result {
  readonly digest: string;
  readonly backend: { readonly kind: string };
}

let clean: Result;
beforeAll(() => {
  clean = report<Result>("scenario.mjs");
});

describe("options on Object.prototype are nobody's options", () => {
  test.each(["before", "after"])("%s the package is loaded", (when) => {
    const { group, ...result } = report<Result & { group: object }>("polluted-scenario.mjs", [], [when]);
    expect(result).toEqual(clean);
    expect(group).toEqual({ name: null, paramNames: ["weight", "bias"], params: 2, initialLr: null });
  });
});

test.each([
  "--frozen-intrinsics",
  "--disable-proto=delete",
  "--disable-proto=throw",
  "--disallow-code-generation-from-strings",
])("under %s training has the same bits", (flag) => {
  expect(report<Result>("scenario.mjs", [flag])).toEqual(clean);
});

test("the bits are those of the kernel, not of its stand-in", () => {
  expect(clean.backend.kind).toBe("wasm");
  expect(clean.digest).toMatch(/^[0-9a-f]{64}$/);
});
