/** A program that is killed while it saves, again and again: what is on disk is always a whole checkpoint. */

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Parameter } from "adam-wasm";
import { Autosave, type StoredTensor } from "adam-wasm/checkpoint";
import { folder, loadFile } from "adam-wasm/checkpoint/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../support/child.js";
import { uniform } from "../support/noise.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "adam-wasm-killed-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SAVES = 200;
const KILLS = 10;

/** Runs the program until it has saved once, and some time on; resolves to the number of the last save it told of. */
function runAndKill(args: readonly string[], milliseconds: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "test/programs/save-forever.mjs"), ...args], { cwd: ROOT });
    let [output, errors] = ["", ""];
    child.stderr.on("data", (data) => {
      errors += data;
    });
    child.stdout.on("data", (data) => {
      if (output === "") setTimeout(() => child.kill("SIGKILL"), milliseconds);
      output += data;
    });
    child.on("error", reject);
    child.on("close", (_, signal) => {
      if (signal === "SIGKILL") resolve(Number(output.trim().split("\n").at(-1)));
      else reject(new Error(`the program ended by itself: ${errors}`));
    });
  });
}

test(`a checkpoint is whole, and none that was reported is lost, over at least ${SAVES} saves and ${KILLS} kills`, async () => {
  const [file, run] = [join(root, "one.safetensors"), join(root, "run")];
  let saves = 0;
  let kills = 0;
  let unfinished = 0;
  while (saves < SAVES || kills < KILLS || (unfinished === 0 && kills < 10 * KILLS)) {
    const last = await runAndKill([file, run], 250 * uniform(1, 0, kills++));
    unfinished += readdirSync(run).filter((name) => name.endsWith(".tmp")).length;
    const { weight, number } = await loadFile<{ weight: StoredTensor; number: number }>(file);
    expect(number).toBeGreaterThanOrEqual(last);
    expect(new Set(weight.data as Float32Array)).toEqual(new Set([number]));

    const parameter = Parameter.zeros([100_000]);
    const resumed = await new Autosave(folder(run), { weight: parameter }, { steps: 1 }).resume();
    expect(resumed?.number).toBeGreaterThanOrEqual(last);
    expect(new Set(parameter.data)).toEqual(new Set([resumed?.number]));
    parameter.dispose();
    expect(readdirSync(run).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    saves = last;
  }
  // One at least came in the middle of a save, or this has tested nothing.
  expect(unfinished).toBeGreaterThan(0);
});
