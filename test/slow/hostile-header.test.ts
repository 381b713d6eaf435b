/** Files whose header is as long as headers may be, and hostile: refused soon, and with little memory. */

import { expect, test } from "vitest";
import { report } from "../support/child.js";

interface Result {
  readonly code: string;
  readonly message: string;
  readonly seconds: number;
  /** Beside the file, in lengths of it. */
  readonly memory: number;
}

// A processor that others use as well is slower: it has three chances.
test.each([
  ["tensors", "count"],
  ["texts", "count"],
  ["long names", "json"],
  ["escapes", "json"],
  ["digits", "integer"],
  ["spaces", "json"],
])("100 MB of %s are refused in less than 2 s and 3 times the memory", { retry: 2 }, (what, rule) => {
  const { code, message, seconds, memory } = report<Result>("hostile-header.mjs", [], [what]);
  console.log(`${what}: ${seconds.toFixed(1)} s, ${memory.toFixed(1)} × the memory: ${message.slice(0, 100)}`);
  expect(code).toBe("ERR_CHECKPOINT");
  expect(message).toMatch(new RegExp(`\\(${rule}\\)$`));
  expect(seconds).toBeLessThan(2);
  expect(1 + memory).toBeLessThan(3);
});
