/** Checkpoints beyond the 2 GiB at which Node's own reading of files ends. */

import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredTensor } from "adam-wasm/checkpoint";
import { loadFile } from "adam-wasm/checkpoint/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileOf } from "../support/safetensors.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "adam-wasm-large-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a file of more than 2 GiB is read", async () => {
  const length = 2 ** 29 + 3;
  const header = `{"data":{"dtype":"F32","shape":[${length}],"data_offsets":[0,${4 * length}]}}`;
  const start = fileOf(header.padEnd(8 * Math.ceil(header.length / 8)));
  const path = join(root, "large.safetensors");
  // Zeros but for these, which take no place on the disk.
  const marks = [0, 2 ** 28 - 1, 2 ** 28, 2 ** 29 - 1, 2 ** 29, length - 1];
  const file = openSync(path, "w");
  writeSync(file, start);
  ftruncateSync(file, start.length + 4 * length);
  for (const at of marks) writeSync(file, Float32Array.of(at + 0.5), 0, 4, start.length + 4 * at);
  closeSync(file);

  const { data } = await loadFile<{ data: StoredTensor }>(path);
  expect(data.data).toHaveLength(length);
  expect(marks.map((at) => data.data[at])).toEqual([...Float32Array.from(marks, (at) => at + 0.5)]);
});
