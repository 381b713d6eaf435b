/** Out of memory is an answer: an error that says how much was asked for, nothing changed, and smaller requests work. */

import { beforeAll, describe, expect, test } from "vitest";
import { report } from "../support/child.js";

interface Outcome {
  readonly error: { readonly name: string; readonly code: string; readonly message: string } | null;
  /** Bytes of memory afterwards. */
  readonly held: number;
  readonly isUnchanged: boolean;
  /** KiB, less by the moments of the parameter that a step found room for before it failed: they wait for the next. */
  readonly keptRoom: number;
}

interface Result {
  readonly results: Readonly<Record<string, Outcome>>;
  readonly onFullMemory: Readonly<Record<string, string>>;
  readonly steps: readonly number[];
  readonly digest: string;
}

const KIB = 1024;

/** As few as make every call fail, and as many as a smaller request needs afterwards. */
const PAGES = 64;

describe("with a memory of 4 MiB", () => {
  let result: Result;
  beforeAll(() => {
    result = report<Result>("out-of-memory.mjs", [`--wasm-max-mem-pages=${PAGES}`]);
  });

  test.each([
    ["Tensor", 4096 * KIB],
    ["Parameter", 4096 * KIB],
    ["gradient", 600 * KIB],
    ["sparse gradient", 40_000 + 4 * (2 + 10_000)],
    ["constructor", 3 * 500 * KIB],
    ["addParamGroup", 3 * 500 * KIB],
    ["step", 3 * 600 * KIB],
  ])("%s says that %i bytes were asked for, and changes nothing", (call, bytes) => {
    const { error, held, isUnchanged, keptRoom } = result.results[call];
    expect(error).toEqual({
      name: "RangeError",
      code: "ERR_OOM",
      message: `out of memory: ${bytes} bytes asked for, ${held} bytes held that cannot grow enough`,
    });
    expect(held).toBeGreaterThan((PAGES - 8) * 64 * KIB);
    expect(isUnchanged).toBe(true);
    expect(keptRoom).toBeGreaterThanOrEqual(call === "step" ? -8 : 0);
  });

  test("where not a byte is left, whatever needs one says so, and all else goes on", () => {
    expect(result.onFullMemory).toEqual({
      Tensor: "ERR_OOM",
      Parameter: "ERR_OOM",
      constructor: "ERR_OOM",
      addParamGroup: "ERR_OOM",
      "zeroGrad and a gradient that has a buffer": "went well",
      state: "went well",
    });
  });

  test("training goes on as if nothing had been tried", () => {
    const undisturbed = report<Result>("out-of-memory.mjs", [], ["undisturbed"]);
    expect(result.steps).toEqual([2, 2, 1, 1]);
    expect(result.digest).toBe(undisturbed.digest);
  });
});

test("where all that 32 bits can address is taken, more is refused as well, and what is given back can be used", () => {
  const result = report<object>("address-space.mjs");
  expect(result).toEqual({
    codes: ["ERR_OOM"],
    // One page less than 4 GiB.
    full: {
      bytes: 2 ** 32 - 64 * KIB,
      Tensor: "ERR_OOM",
      optimizer: "ERR_OOM",
      gradient: "ERR_OOM",
      "sparse gradient": "ERR_OOM",
    },
    steps: [1, 1],
    largest: 2 ** 28,
  });
});
