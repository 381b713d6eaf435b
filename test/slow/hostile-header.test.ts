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

/**
 * What is guarded against is time that grows with the square of the length, and takes minutes. One pass takes up to 1.5 s,
 * and more where others use the processor as well: there is room for that.
 */
const MOST_SECONDS = 10;

test.each([
  ["tensors", "count"],
  ["texts", "count"],
  ["long names", "json"],
  ["escapes", "json"],
  ["digits", "integer"],
  ["spaces", "json"],
])("100 MB of %s are refused in less than 10 s and 3 times the memory", (what, rule) => {
  const { code, message, seconds, memory } = report<Result>("hostile-header.mjs", [], [what]);
  console.log(`${what}: ${seconds.toFixed(1)} s, ${memory.toFixed(1)} × the memory: ${message.slice(0, 100)}`);
  expect(code).toBe("ERR_CHECKPOINT");
  expect(message).toMatch(new RegExp(`\\(${rule}\\)$`));
  expect(seconds).toBeLessThan(MOST_SECONDS);
  expect(1 + memory).toBeLessThan(3);
});
