/**
 * Checkpoints in memory: Adam with its state, saved and loaded, beside a copy of the same bytes into memory that nobody has
 * touched yet, which is what a file cannot do without.
 */

import { Adam, Parameter } from "adam-wasm";
import { load, save } from "adam-wasm/checkpoint";
import { step } from "../../scripts/lib/step.mjs";
import { race } from "../lib/measure.mjs";
import { count } from "../lib/tables.mjs";
import { disposeAll } from "../lib/tensors.mjs";

const SIZES = [10_000, 1_000_000, 10_000_000];
const CONTESTANTS = ["save", "load", "copy of the bytes"];

/** @type {import("./index.mjs").Suite} */
export const CHECKPOINT = {
  name: "checkpoint",
  run: async ({ effort, quick }) => {
    const rows = [];
    for (const elements of quick ? SIZES.slice(0, 1) : SIZES) {
      rows.push(await step(`checkpoint: ${count(elements)}`, () => runSize(elements, effort)));
    }
    return rows;
  },
  tables: (rows) => [
    {
      title: "Checkpoints of Adam with its state, in memory: GB/s of the file",
      head: ["elements", ...CONTESTANTS],
      rows: rows.map(({ name, bytes, results }) => [name, ...results.map(({ best }) => (bytes / best).toFixed(2))]),
    },
  ],
};

async function runSize(elements, effort) {
  const weight = Parameter.from(new Float32Array(elements).fill(1));
  const optimizer = new Adam([weight]);
  weight.grad = new Float32Array(elements).fill(1);
  optimizer.step();
  const parts = { model: { weight }, optimizer };
  const file = save(parts);
  const acts = [() => save(parts), () => load(file, parts), () => file.slice()];
  const timings = await race(
    acts.map((act) => ({ step: act })),
    effort,
  );
  disposeAll(optimizer, weight);
  const results = CONTESTANTS.map((contestant, i) => ({ contestant, ...timings[i] }));
  return { name: count(elements), elements, bytes: file.length, results };
}
