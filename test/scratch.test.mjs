/** What scripts leave behind: nothing. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";

test("a temporary folder is gone when a signal has ended the process", () => {
  const [main, scratch] = ["main", "scratch"].map((name) => `../scripts/lib/${name}.mjs`);
  const program = `import { main } from "${main}"; import { scratch } from "${scratch}"; await main(async () => {
    console.log(scratch("test"));
    process.kill(process.pid, "SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });`;
  const options = { cwd: import.meta.dirname, encoding: /** @type {const} */ ("utf8") };
  const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], options);
  expect(status).toBe(128 + 15);
  expect(stdout).toContain("adam-wasm-test-");
  expect(existsSync(stdout.trim())).toBe(false);
});
