// The table of docs/adam-then-sgd.md: where the four runs end in torch 2.13, float64.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runs } from "./adam-then-sgd.mjs";

// Adam never comes to rest: when gradients are down to rounding errors, bursts of about 1e-4 come and go.
const BURST = 2e-4;

test.each([
  ["SGD", [0.966131, 0.0128554, 0.0128554], 1e-6, true],
  ["Adam", [0.25, 0.25, 0.25], BURST, false],
  ["Adam 200, then SGD", [0.5036002, 0.1660211, 0.1660211], 1e-6, true],
  ["Adam 2,000, then SGD", [0.2500002, 0.25, 0.25], 1e-6, false],
])("%s", (name, expected, tolerance, negativesRight) => {
  const run = runs[name]();
  for (const [i, weight] of expected.entries()) expect(Math.abs(run.weights[i] - weight)).toBeLessThan(tolerance);
  expect(run.loss).toBeLessThan(1e-6);
  expect(run.positivesRight).toBe(true);
  expect(run.negativesRight).toBe(negativesRight);

  const page = readFileSync(new URL("../docs/adam-then-sgd.md", import.meta.url), "utf8");
  const row = page.split("\n").find((line) => line.startsWith(`| ${name} |`));
  expect(row).toContain(run.weights.map((w) => w.toFixed(3)).join(", "));
  expect(row?.endsWith(`| right | ${negativesRight ? "right" : "**wrong**"} |`)).toBe(true);
});
