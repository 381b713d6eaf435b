/** What README.md tells people to run runs, as it stands there. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as api from "adam-wasm";
import { expect, test } from "vitest";
import { node, ROOT } from "./support/child.js";

const README = readFileSync(join(ROOT, "README.md"), "utf8");

/** The js blocks that are programs of their own. */
const PROGRAMS = [...README.matchAll(/^```js\n([\s\S]*?)^```$/gm)]
  .map(([, code]) => code)
  .filter((code) => /from "adam-wasm"/.test(code));

test("README has programs, and says what they print", () => {
  expect(PROGRAMS.length).toBeGreaterThan(0);
  expect(PROGRAMS.flatMap(promises).length).toBeGreaterThan(0);
});

test.each(PROGRAMS)("program %# of README runs, and prints what its comments say", (code) => {
  const { stdout, stderr } = node(["--input-type=module", "--eval", code]);
  expect(stderr).toBe("");
  for (const text of promises(code)) expect(stdout).toContain(text);
});

/** What stands in comments behind a console.log. */
function promises(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\);? *\/\/ *(.+)$/gm)].map(([, text]) => text.trim());
}

test("what README puts beside torch's names exists", () => {
  const p = api.Parameter.from([1]);
  const opt = new api.Adam([p]);
  const things = { p, opt, flat: p, scheduler: new api.StepLR(opt, { stepSize: 1 }), ...api };
  const table = README.slice(README.indexOf("| torch | here |"), README.indexOf("Not in torch:"));
  const cells = table.split("\n").map((row) => row.split(" | ")[1] ?? "");
  const members = cells.flatMap((cell) =>
    [...cell.matchAll(/\b(p|opt|flat|scheduler|[A-Z]\w+)\.(\w+)/g)].map(([, of, name]) => [of, name]),
  );
  const classes = cells.flatMap((cell) => [...cell.matchAll(/\bnew (\w+)/g)].map(([, name]) => name));
  expect(members.length).toBeGreaterThan(15);
  for (const [of, name] of members) expect(name in things[of as "p"], `${of}.${name}`).toBe(true);
  expect(classes.length).toBeGreaterThan(5);
  for (const name of classes) expect(api, name).toHaveProperty(name);
});

test("the type of error codes explains each, and no other", () => {
  const text = readFileSync(join(ROOT, "ts/check.ts"), "utf8");
  const [page = "", list = ""] = text.split("export type ErrorCode =");
  const explained = [...page.matchAll(/^ \* (ERR_\w+) {2,}\w/gm)].map(([, code]) => code);
  const codes = [...list.slice(0, list.indexOf(";")).matchAll(/"(\w+)"/g)].map(([, code]) => code);
  expect(codes.length).toBeGreaterThan(10);
  expect(explained).toEqual(codes);
});

test("the map of tests names every file there is, and no other", () => {
  const page = readFileSync(join(ROOT, "test/README.md"), "utf8");
  const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  // Those of several words: single ones may be options as well.
  const names = [...page.matchAll(/`((?:slow\/)?[a-z]+-[a-z-]*\*?|slow\/[a-z]+)`/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(60);
  const patterns = names.map((name) => new RegExp(`^${name.replace("*", ".*")}\\.test\\.(ts|mjs)$`));
  for (const pattern of patterns)
    expect(
      files.some((file) => pattern.test(file)),
      `${pattern}`,
    ).toBe(true);
  const tests = files.filter((file) => /^(slow\/)?[^/]+\.test\.(ts|mjs)$/.test(file));
  const unnamed = tests.filter(
    (file) => !patterns.some((pattern) => pattern.test(file)) && !page.includes(`\`${file.split(".")[0]}\``),
  );
  expect(unnamed, "files of tests that the page does not name").toEqual([]);
});

test("README's speeds are those of the record", () => {
  const record = /\[the record\]\((\S+)\)/.exec(README)?.[1] as string;
  const { suites } = JSON.parse(readFileSync(join(ROOT, record), "utf8")) as {
    suites: Record<"sizes" | "tensors", { rows: { name: string; results: { contestant: string; best: number }[] }[] }>;
  };
  const rows = [...suites.sizes.rows, ...suites.tensors.rows];
  const best = (workload: string, contestant: string) =>
    rows.find(({ name }) => name === workload)?.results.find((result) => result.contestant === contestant)?.best ??
    Number.NaN;
  const shown = (x: number) => (x >= 100 ? Math.round(x).toLocaleString("en") : x.toFixed(x >= 10 ? 1 : 2));
  const table = README.slice(README.indexOf("| | 1,000 |"), README.indexOf("`200 × 64` is")).trim().split("\n");
  const [head, , ...lines] = table.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(lines.length).toBeGreaterThan(5);
  for (const [contestant, ...cells] of lines) {
    const expected = head
      .slice(1)
      .map((workload) => `${shown(best(workload, contestant) / best(workload, "adam-wasm"))}×`);
    expect(cells, contestant).toEqual(expected);
  }
});
