/**
 * Runs recorded from torch 2.13.0, repeated through the public API: groups, missing gradients and edits of lr included.
 *
 * No run is 32 steps long, so nothing is flushed: the default of `setFlushDenormal` is what torch's bits are held to.
 */

import { describe, expect, test } from "vitest";
import { expectSameBits, type Floats, fromHex } from "./support/bits.js";
import { PACKAGES } from "./support/packages.js";
import type { Package } from "./support/second-copy.js";
import {
  camelCase,
  exactly,
  optionsOf,
  repeat,
  type Snapshot,
  TORCH_RUNS,
  type TorchRun,
} from "./support/torch-vectors.js";

const EXACT = TORCH_RUNS.filter(({ exact }) => exact);
const DOUBLES = TORCH_RUNS.filter(({ dtype }) => dtype === "float64");

/** Not fused in torch, and yet the same operations in the same order. */
const PLAIN = TORCH_RUNS.filter(({ optimizer }) => ["SGD", "Adamax"].includes(optimizer));

/** Here torch's loop divides once more, or by another scalar. */
const CLOSE = TORCH_RUNS.filter(({ optimizer }) => ["NAdam", "RAdam"].includes(optimizer));

/** torch's own closeness of doubles is 1e-7; only the powers in our scalars may differ, by their last bits. */
const RELATIVE = 1e-14;

/** A twentieth of torch's own closeness of floats, 1e-5 + 1.3e-6 of the value. */
const APART = 5e-7;

test("each run of each optimizer is repeated, in one way or the other", () => {
  const names = [EXACT, DOUBLES, PLAIN, CLOSE].map((runs) => runs.map(({ name }) => name));
  expect(names.map(({ length }) => length)).toEqual([14, 2, 5, 2]);
  expect(new Set(names.flat())).toEqual(new Set(TORCH_RUNS.map(({ name }) => name)));
  expect(Math.max(...TORCH_RUNS.map(({ grads }) => grads.length))).toBeLessThan(32);
});

describe.each(PACKAGES)("on %s, with exact, parameters and state have torch's bits", (_, from) => {
  test.each([...EXACT, ...PLAIN])("$name", (run) => {
    expect(compare(run, exactly(run), expectSameBits, from)).toBe(recordedArrays(run));
  });
});

describe.each(PACKAGES)("on %s, within float32's last digits of torch", (kernel, from) => {
  test.each(CLOSE)("$name", (run) => {
    let largest = 0;
    const compared = compare(
      run,
      {},
      (actual, expected, what) => {
        const differences = [...expected].map((x, i) => Math.abs(actual[i] - x) / Math.max(Math.abs(x), 1));
        largest = Math.max(largest, ...differences);
        expect(Math.max(...differences), `${what}: largest difference`).toBeLessThanOrEqual(APART);
      },
      from,
    );
    expect(compared).toBe(recordedArrays(run));
    console.log(`${run.name} on ${kernel}: largest difference ${largest.toExponential(1)}`);
  });
});

describe("by default, moments have torch's bits wherever no L2 decay feeds parameters back", () => {
  const feedsBack = (run: TorchRun, param: number) => {
    const { weightDecay = 0, decoupledWeightDecay = run.optimizer === "AdamW" } = optionsOf(run, param);
    return weightDecay !== 0 && !decoupledWeightDecay;
  };
  const runs = EXACT.filter((run) => run.init.some((_, param) => !feedsBack(run, param)));

  test("which are eleven runs", () => expect(runs).toHaveLength(11));

  test.each(runs)("$name", (run) => {
    compare(run, {}, (actual, expected, what, param) => {
      if (what.includes("params") || feedsBack(run, param)) return;
      expectSameBits(actual, expected, what);
    });
  });
});

describe("float64 runs are torch's to the last digits", () => {
  test.each(DOUBLES)("$name", (run) => {
    for (const options of [{}, exactly(run)]) {
      let largest = 0;
      compare(run, options, (actual, expected, what) => {
        expect(actual.length, what).toBe(expected.length);
        const differences = [...expected].map((x, i) => Math.abs(actual[i] - x) / Math.max(Math.abs(x), 1e-300));
        largest = Math.max(largest, ...differences);
        expect(Math.max(...differences), `${what}: largest relative difference`).toBeLessThan(RELATIVE);
      });
      console.log(`${run.name} ${JSON.stringify(options)}: largest relative difference ${largest.toExponential(1)}`);
    }
  });
});

type Compare = (actual: Floats, expected: Floats, what: string, param: number) => void;

/** Compares every recorded array of a run, and counts and absences besides; returns how many arrays there were. */
function compare(run: TorchRun, options: object, arrays: Compare, from?: Package): number {
  let compared = 0;
  for (const moment of repeat(run, options, from)) {
    moment.expected?.params.forEach((hex, i) => {
      arrays(moment.params[i].data, fromHex(hex, run.dtype), `params[${i}] after step ${moment.step}`, i);
      compared += 1 + compareState(run, moment, i, arrays);
    });
  }
  return compared;
}

function compareState(run: TorchRun, { step, states, expected }: Snapshot, param: number, arrays: Compare): number {
  const theirs = expected?.state[param] ?? {};
  const ours = states[param];
  if (Object.keys(theirs).length === 0) {
    expect(ours, `state[${param}] after step ${step}`).toBeUndefined();
    return 0;
  }
  let compared = 0;
  for (const [key, value] of Object.entries(theirs)) {
    const what = `state[${param}].${key} after step ${step}`;
    const own = ours?.[camelCase(key)];
    if (typeof value !== "object" || value === null) {
      expect(own, what).toBe(value ?? undefined);
      continue;
    }
    if (typeof own !== "object") throw new Error(`${what} is missing`);
    arrays(own.data, fromHex(value, run.dtype), what, param);
    compared++;
  }
  return compared;
}

function recordedArrays(run: TorchRun): number {
  const arrays = (entry: object) => Object.values(entry).filter(Array.isArray).length;
  return Object.values(run.expect).reduce(
    (sum, { params, state }) => sum + params.length + state.map(arrays).reduce((a, b) => a + b),
    0,
  );
}
