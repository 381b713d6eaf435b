/** The parts of the benchmark that decide: who agrees, who is timed how often, which limit binds. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as adamWasm from "adam-wasm";
import { describe, expect, onTestFinished, test } from "vitest";
import { standing } from "../bench/contestants/adam-wasm.mjs";
import { adamLoop, makeLoop } from "../bench/contestants/plain-loop.mjs";
import { distance, HYPERPARAMETERS, largestDifference, reference, TOLERANCE } from "../bench/lib/agreement.mjs";
import { comparison } from "../bench/lib/compare.mjs";
import { limitOf } from "../bench/lib/limits.mjs";
import { race } from "../bench/lib/measure.mjs";
import { dataOf, many, SIZES, TENSORS } from "../bench/lib/workload.mjs";
import { parseOptions } from "../bench/options.mjs";
import { figures } from "../bench/report/contest.mjs";
import { removeScratch, scratch } from "../scripts/lib/scratch.mjs";

const data = dataOf(many(3, 501));

const off = (contestant) => distance(contestant, data, reference(data));

const correctedBy =
  (factor) =>
  (p, g, m, v, c1, b2, c2, scale, ...rest) =>
    adamLoop(p, g, m, v, c1, b2, c2, scale * factor, ...rest);

test("a record's name may have its ending", () => {
  expect(parseOptions(["--out", "kept/mine.json"]).out).toBe("kept/mine");
  expect(parseOptions(["--out", "mine.json"]).out).toBe(parseOptions(["--out", "mine"]).out);
});

test("a place for the record is looked at before anything is measured", () => {
  const refused = (out) => expect(() => parseOptions(["--out", out]), out).toThrow(RangeError);
  for (const out of ["", "kept/", ".json", import.meta.dirname, `${import.meta.filename}/record`]) refused(out);
  const folder = scratch("test");
  onTestFinished(() => removeScratch(folder));
  for (const taken of ["a.json", "b.html"]) mkdirSync(join(folder, taken));
  for (const name of ["a", "a.json", "b"]) refused(join(folder, name));
});

test("a contest has no ratio where the first was not timed, and tells why it was not", () => {
  const contestants = ["a", "b"].map((name) => ({ name, version: null, differs: null, isLimit: false }));
  const timing = { best: 2000, median: 3000, spread: 0.1 };
  const results = [
    { contestant: "a", skipped: "it fails: out of memory" },
    { contestant: "b", ...timing },
  ];
  const rows = [{ name: "64", elements: 64, results }];
  const table = figures("Adam", { contestants, missing: [], rows }, undefined, (time) => `${time}`);
  expect(table.rows).toEqual([
    ["a", "–"],
    ["b", "2000 (3000 ±10 %)"],
  ]);
  expect(table.notes).toContain("– a over 64: it fails: out of memory.");
});

test("a comparison has the suites with a workload in common, and without any it fails", () => {
  const rows = (name, best) => [{ name, results: [{ contestant: "adam-wasm", rule: "Adam", best }] }];
  const record = (suites) => ({
    date: new Date(0).toISOString(),
    machine: {},
    versions: {},
    effort: {},
    package: { version: "0" },
    suites,
  });
  const then = record({ sizes: { rows: rows("64", 1) }, family: rows("1,000", 1) });
  const tables = comparison(record({ sizes: { rows: rows("64", 2) }, family: rows("10,000", 2) }), then);
  expect(tables).toMatchObject([{ head: ["", "64"], rows: [["adam-wasm", "2.00×"]] }]);
  expect(() => comparison(record({ sizes: { rows: rows("1,000", 1) } }), then)).toThrow("Nothing to compare");
});

test("a filter names something", () => {
  for (const flag of ["--suite", "--only", "--contestant"]) {
    for (const value of ["", " ", flag === "--suite" ? "," : "; ;", "nothing of the kind"]) {
      expect(() => parseOptions([flag, value]), `${flag} ${value}`).toThrow(RangeError);
    }
  }
});

describe("agreement", () => {
  test("finds that ours follows torch's rule, exactly and by default", async () => {
    expect(await off(standing(adamWasm, data))).toBeLessThan(TOLERANCE / 10);
    expect(await off(standing(adamWasm, data, { exact: true }))).toBeLessThan(TOLERANCE / 10);
  });

  test.each([
    ["the rule of 2017", () => standing(adamWasm, data, { epsilonHat: true })],
    ["another beta", () => makeLoop(data, adamLoop, { ...HYPERPARAMETERS, beta2: 0.99 })],
    ["a correction that is 1 % off", () => makeLoop(data, correctedBy(1.01))],
    ["no step at all", () => ({ step: () => {}, params: data.params, setGrads: () => {} })],
    ["gradients that stay", () => ({ ...makeLoop(data, adamLoop), setGrads: () => {} })],
  ])("notices %s", async (_, make) => {
    expect(await off(make())).toBeGreaterThan(TOLERANCE);
  });

  test("takes NaN and missing elements for infinitely far", () => {
    const expected = [Float64Array.of(1, 2)];
    expect(largestDifference([[1, 2.5]], expected)).toBe(0.5);
    for (const found of [[[1, Number.NaN]], [[1]], []]) expect(largestDifference(found, expected)).toBe(Infinity);
  });
});

test("everybody gets copies of values of which no square is subnormal in float32", () => {
  const [mine, yours] = [data.params(), data.params()];
  mine[0].fill(0);
  expect(yours[0]).toEqual(dataOf(many(3, 501)).params()[0]);
  const smallest = Math.min(...data.grads().flatMap((grad) => Array.from(grad, Math.abs)));
  expect(smallest ** 2 * (1 - HYPERPARAMETERS.beta2)).toBeGreaterThan(2 ** -126);
});

test("workloads have names of their own, as the flag needs them", () => {
  const names = [...SIZES, ...TENSORS].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe("a race", () => {
  const effort = { rounds: 4, roundMs: 1, warmMs: 1 };

  test("runs contestants in turns, another one first in each round, and sums their rounds up", async () => {
    const turns = [];
    const slow = (name) => ({
      time: (repeats) => {
        turns.push(name);
        return repeats * 1e6;
      },
    });
    const timings = await race([slow("a"), slow("b"), slow("c")], effort);
    expect(turns.slice(-12).join("")).toBe("abcbcacababc");
    expect(timings[0]).toEqual({ best: 1e6, median: 1e6, spread: 0, rounds: 4, repeats: 1 });
  });

  test("gives short steps many repeats, and steps of seconds few rounds", async () => {
    const taking = (nanoseconds) => ({ time: (repeats) => repeats * nanoseconds });
    const [short, long] = await race([taking(1000), taking(2e9)], { ...effort, rounds: 20 });
    expect(short).toMatchObject({ repeats: 1000, rounds: 20 });
    expect(long).toMatchObject({ repeats: 1, rounds: 3 });
  });

  test("goes on without one that may fail and does, at once or later; any other failure ends it", async () => {
    const failing = (calls, mayFail) => ({
      mayFail,
      time: (repeats) => {
        if (calls-- === 0) throw new Error("out of memory");
        return repeats * 1e6;
      },
    });
    const whole = failing(Number.POSITIVE_INFINITY, true);
    const timings = await race([failing(0, true), whole, failing(3, true)], effort);
    const failed = { failure: new Error("out of memory") };
    expect(timings).toEqual([failed, expect.objectContaining({ best: 1e6, rounds: 4 }), failed]);
    await expect(race([whole, failing(3, false)], effort)).rejects.toThrow("out of memory");
  });
});

test.each([
  ["divider", 900, 100],
  ["memory", 1500, 100],
  ["fixed cost", 900, 5000],
])("the highest limit binds: %s", (name, memory, fixed) => {
  const contestants = [
    { name: "step", isLimit: false },
    { name: "slow triad", isLimit: true },
    { name: "triad", isLimit: true },
  ];
  const results = [
    { contestant: "step", best: 50 },
    { contestant: "slow triad", best: 9e9 },
    { contestant: "triad", best: memory },
  ];
  const limit = limitOf({ elements: 1000, results }, contestants, { divider: 1, fixed });
  expect(limit).toMatchObject({ nanoseconds: Math.max(1000, memory), binds: name });
});
