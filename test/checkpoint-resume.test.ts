/** A training that is stopped at any step, saved, and resumed by fresh objects ends with the same bits. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { node, ROOT } from "./support/child.js";
import { WAYS } from "./support/family.js";
import { Resumable, STEPS } from "./support/resumable.js";

const NAMES = Object.keys(WAYS);

/** The bytes after each step from 0 on, uninterrupted. */
function checkpointsOf(name: string): Uint8Array[] {
  const whole = Resumable.start(name);
  const checkpoints = Array.from({ length: STEPS + 1 }, (_, step) => whole.to(step).save());
  whole.dispose();
  return checkpoints;
}

/** The place of the first byte that differs, or -1. */
const firstDifference = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length ? a.findIndex((byte, i) => byte !== b[i]) : 0;

test.each(NAMES)("%s goes on from every step as if nothing had been", (name) => {
  const checkpoints = checkpointsOf(name);
  for (const [step, bytes] of checkpoints.entries()) {
    const resumed = Resumable.from(name, bytes);
    expect(firstDifference(resumed.save(), bytes), `saved again at step ${step}`).toBe(-1);
    const end = resumed.to(STEPS).save();
    expect(firstDifference(end, checkpoints[STEPS]), `from step ${step}`).toBe(-1);
    resumed.dispose();
  }
});

describe("another process", () => {
  const FROM = [0, 1, 29, 31, 32, 59];
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "adam-wasm-resume-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(`ends with the same bits, from steps ${FROM}`, () => {
    const ends = new Map<string, Uint8Array>();
    NAMES.forEach((name, i) => {
      const checkpoints = checkpointsOf(name);
      for (const step of FROM) writeFileSync(join(folder, `${i}-${step}`), checkpoints[step]);
      ends.set(name, checkpoints[STEPS]);
    });
    const { outputFiles } = buildSync({
      stdin: { contents: PROGRAM, resolveDir: join(ROOT, "test"), loader: "ts" },
      bundle: true,
      packages: "external",
      format: "esm",
      write: false,
    });
    node(["--input-type=module", "--eval", outputFiles[0].text], { env: { FOLDER: folder, STEPS: `${FROM}` } });
    NAMES.forEach((name, i) => {
      for (const step of FROM) {
        const end = new Uint8Array(readFileSync(join(folder, `${i}-${step}-end`)));
        expect(firstDifference(end, ends.get(name) as Uint8Array), `${name} from step ${step}`).toBe(-1);
      }
    });
  });
});

/** Resumes everything in a folder. */
const PROGRAM = `
import { readFileSync, writeFileSync } from "node:fs";
import { WAYS } from "./support/family.js";
import { Resumable, STEPS } from "./support/resumable.js";
Object.keys(WAYS).forEach((name, i) => {
  for (const step of process.env.STEPS.split(",")) {
    const file = process.env.FOLDER + "/" + i + "-" + step;
    writeFileSync(file + "-end", Resumable.from(name, readFileSync(file)).to(STEPS).save());
  }
});
`;
