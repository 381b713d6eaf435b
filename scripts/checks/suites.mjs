/** The test suites of both languages; each resolves to how many tests passed, failed and were skipped. */

import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { run } from "../lib/exec.mjs";
import { inRoot, inTools } from "../lib/paths.mjs";
import { say, step } from "../lib/step.mjs";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** Adds up what suites counted. */
export const total = (/** @type {Counts[]} */ counts) =>
  counts.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );

/** cargo's own last lines: one for each crate and for its examples. */
function cargoCounts(output) {
  const lines = [...output.matchAll(/^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  return total(lines.map(([, passed, failed, skipped]) => ({ passed: +passed, failed: +failed, skipped: +skipped })));
}

/** The Rust crates' tests, on the host. */
export async function cargoTest() {
  try {
    return cargoCounts(
      await step("cargo test", () => run("cargo-test", ["cargo", "test", "--workspace", "--locked", "--no-fail-fast"])),
    );
  } catch (error) {
    say(`\n${error.output}\n\n${error.message}`);
    // A crate that does not compile has no tests to count.
    const counts = cargoCounts(readFileSync(inTools("log", "cargo-test.log"), "utf8"));
    return { ...counts, failed: Math.max(counts.failed, 1) };
  }
}

/** The TypeScript suites; `args` are vitest's. */
export async function vitest(args, env) {
  const report = inTools("vitest.json");
  rmSync(report, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await new Promise((resolve) => {
    const child = spawn(inRoot("node_modules/.bin/vitest"), ["run", ...reporters, ...args], {
      cwd: inRoot(),
      env: { ...process.env, ...env },
      stdio: "inherit",
    });
    child.on("error", () => resolve(1));
    child.on("close", (status) => resolve(status ?? 1));
  });
  return vitestCounts(report, code);
}

/** The package in the runtimes that are quick to try. */
export async function quickRuntimes() {
  // What it imports is there once the set-up has been.
  const { testRuntimes } = await import("../../test/runtimes/index.mjs");
  return testRuntimes({ quick: true });
}

function vitestCounts(report, code) {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, "utf8"));
    counts = { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
  } catch {
    // It ended before it could write one.
  }
  // A file that cannot be loaded, or an error outside of tests, fails no test.
  return code === 0 ? counts : { ...counts, failed: Math.max(counts.failed, 1) };
}
