/** `npm run bench` in its smallest form: what is recorded, not how fast anything is. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { node, ROOT } from "../support/child.js";

const MAIN = join(ROOT, "bench/main.mjs");
const SUITES = ["limits", "sizes", "tensors", "family", "clipping", "scaling", "startup", "subnormals", "checkpoint"];
const folder = mkdtempSync(join(tmpdir(), "adam-wasm-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Result {
  readonly contestant: string;
  readonly difference: number | null;
  readonly best: number;
  readonly median: number;
  readonly spread: number;
}

const run = (name: string, ...flags: string[]) => {
  const out = join(folder, name);
  const { stdout } = node([MAIN, "--quick", "--out", out, ...flags]);
  return { stdout, record: JSON.parse(readFileSync(`${out}.json`, "utf8")), html: readFileSync(`${out}.html`, "utf8") };
};

describe("the quick form", () => {
  const { stdout, record, html } = run("quick");

  test("records machine, versions, date and every suite", () => {
    expect(record).toMatchObject({ format: 1, package: { kernel: "wasm" }, versions: { node: process.versions.node } });
    expect(new Date(record.date).toISOString()).toBe(record.date);
    expect(record.machine.cores).toBeGreaterThan(0);
    expect(Object.keys(record.suites)).toEqual(SUITES);
  });

  test("times every contestant that agrees with torch's rule", () => {
    const { contestants, missing, rows } = record.suites.sizes;
    expect(missing).toEqual([]);
    expect(rows.map(({ elements }: { elements: number }) => elements)).toEqual([64, 1000, 10_000]);
    for (const row of [...rows, ...record.suites.tensors.rows]) {
      expect(row.results.map(({ contestant }: Result) => contestant).sort()).toEqual(
        contestants.map(({ name }: { name: string }) => name).sort(),
      );
      for (const { difference, best, median, spread } of row.results as Result[]) {
        expect(difference ?? 0).toBeLessThan(2e-6);
        expect(best).toBeGreaterThan(0);
        expect(median).toBeGreaterThanOrEqual(best);
        expect(spread).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test("prints tables and writes them into a page that needs nothing else", () => {
    for (const title of ["Limits", "Adam over one tensor", "Adam over many tensors", "Tiny gradients", "Checkpoints"]) {
      expect(stdout).toContain(title);
      expect(html).toContain(title);
    }
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    const charts = JSON.parse(/id="charts">(.*?)<\/script>/s.exec(html)?.[1] ?? "");
    expect(charts.map(({ id }: { id: string }) => id)).toEqual(["size", "limit", "tensors", "growth"]);
  });

  test("counts the bytes of state, and where they are", () => {
    const bytes = new Map(
      record.suites.family[0].results.map((each: { rule: string; stateBytes: number }) => [each.rule, each.stateBytes]),
    );
    expect(bytes.get("SGD")).toBe(0);
    expect(bytes.get("Adam")).toBe(8);
    expect(bytes.get("AMSGrad")).toBe(12);
    expect(bytes.get("Adam, float64")).toBe(16);
    expect(record.suites.startup.bytesPerElement.median).toBeCloseTo(16, 0);
    expect(record.suites.startup.stateBytesPerElement.median).toBeCloseTo(8, 0);
  });

  test("says which generation the processor is of, where all have one name", () => {
    const info = process.platform === "linux" ? readFileSync("/proc/cpuinfo", "utf8") : "";
    const family = /^cpu family\s*: (\d+)/m.exec(info)?.[1];
    const { processor } = record.machine;
    expect(processor).toMatch(family === undefined ? /^[^,]+$/ : new RegExp(`^[^,]+, family ${family}, model \\d+$`));
  });
});

test("checkpoints are timed with all of Adam's state", () => {
  const { record } = run("checkpoint", "--suite", "checkpoint");
  const [{ bytes, results }] = record.suites.checkpoint;
  expect(bytes).toBeGreaterThan(12 * 10_000);
  expect(results.map(({ contestant }: Result) => contestant)).toEqual(["save", "load", "copy of the bytes"]);
  for (const { best } of results) expect(best).toBeGreaterThan(0);
});

describe("a comparison", () => {
  const flags = ["--suite", "sizes", "--contestant", "plain JS loop", "--only", "64"];
  const path = join(folder, "then.json");

  test("has the ratio of what both records have, and says what else differs", () => {
    const then = structuredClone(run("then", ...flags).record);
    then.suites.sizes.rows[0].results[0].best = 1e-3;
    then.machine.processor = "abacus";
    writeFileSync(path, JSON.stringify(then));
    const { stdout, html } = run("now", ...flags, "--compare", path);
    const table = stdout.slice(stdout.indexOf("below 1 is faster now"));
    expect(Number(/plain JS loop +│ +(\d+)×/.exec(table)?.[1])).toBeGreaterThan(1000);
    expect(table).toContain("then abacus");
    expect(html).toContain("then abacus");
  });

  test("of another form, or of nothing in common, is refused", () => {
    const compare = (record: object) => {
      writeFileSync(path, JSON.stringify(record));
      return () => run("now", ...flags, "--compare", path);
    };
    expect(compare({ format: 0 })).toThrow("no record of format 1, its format is 0");
    const then = run("then", ...flags).record;
    rmSync(join(folder, "now.html"), { force: true });
    expect(compare({ ...then, suites: {} })).toThrow("this run measured nothing that the record");
    expect(existsSync(join(folder, "now.html")), "what was measured is kept").toBe(true);
  });
});

test("a suite without the workload that is asked for is left out, and a run of nothing else fails", () => {
  expect(Object.keys(run("some", "--suite", "family,startup", "--only", "64").record.suites)).toEqual(["startup"]);
  expect(() => run("none", "--suite", "family", "--only", "64")).toThrow("Nothing was measured");
});

test("filters choose suites, contestants and workloads", () => {
  const flags = ["--suite", "sizes", "--contestant", "plain JS loop; wasm exact", "--only", "1,000", "--rounds", "2"];
  const { suites } = run("filtered", ...flags).record;
  expect(Object.keys(suites)).toEqual(["sizes"]);
  const [row, ...others] = suites.sizes.rows;
  expect(others).toEqual([]);
  expect(row.name).toBe("1,000");
  expect(row.results.map(({ contestant }: Result) => contestant)).toEqual(["plain JS loop", "adam-wasm exact"]);
});

test("the loop in Rust, in a program of its own, agrees as well", () => {
  const flags = ["--suite", "sizes,tensors", "--contestant", "plain JS loop;Rust;catniff", "--only", "64;200 × 10"];
  const { sizes, tensors } = run("native", ...flags).record.suites;
  const absent = sizes.missing.map(({ name }: { name: string }) => name);
  expect(absent).toContain("catniff");
  for (const { results } of [...sizes.rows, ...tensors.rows]) {
    const timed = new Map((results as Result[]).map((result) => [result.contestant, result]));
    for (const name of ["Rust 128", "Rust exact 128"]) {
      expect(timed.get(name)?.difference).toBeLessThan(2e-6);
      expect(timed.get(name)?.best).toBeGreaterThan(0);
    }
    for (const name of ["Rust 256", "Rust 512"]) expect(timed.has(name) || absent.includes(name)).toBe(true);
    expect(timed.get("triad, Rust 128")).toMatchObject({ difference: null });
  }
});

test.each([
  [["--suite", "nothing"], "Invalid --suite: nothing"],
  [["--contestant", "nobody"], "Invalid --contestant: nobody"],
  [["--only", "3"], "Invalid --only: 3"],
  [["--rounds", "0"], "Invalid --rounds: 0"],
  [["--fast"], "Unknown flag: --fast"],
  [["--compare", "nothing"], "Invalid --compare: nothing"],
])("%j is refused with a sentence", (flags, message) => {
  expect(() => node([MAIN, ...flags])).toThrow(message);
});
