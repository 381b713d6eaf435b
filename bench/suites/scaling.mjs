/** How the cost of our step grows: with tensors of one size, with groups that share them, and beside one flat tensor. */

import { Adam } from "adam-wasm";
import { step } from "../../scripts/lib/step.mjs";
import { race } from "../lib/measure.mjs";
import { count, micros, ratio } from "../lib/tables.mjs";
import { disposeAll, tensorsOf } from "../lib/tensors.mjs";
import { dataOf, flat, many, TENSORS } from "../lib/workload.mjs";

const LENGTH = 16;
const COUNTS = [1, 10, 100, 1000, 10_000];
const GROUPED = many(200, 64);
const GROUPS = [1, 2, 20, 200];
/** Beside one tensor of as many elements. */
const SHAPES = [...TENSORS, many(1000, 10)];

/** @type {import("./index.mjs").Suite} */
export const SCALING = {
  name: "scaling",
  run: async ({ effort, quick }) => {
    const few = (numbers) => (quick ? numbers.slice(0, 3) : numbers);
    return {
      length: LENGTH,
      grouped: GROUPED.name,
      tensors: await step("scaling: tensors", () =>
        timed(
          few(COUNTS).map((tensors) => ({ tensors, running: ours(many(tensors, LENGTH)) })),
          effort,
        ),
      ),
      groups: await step("scaling: groups", () =>
        timed(
          few(GROUPS).map((groups) => ({ groups, running: ours(GROUPED, groups) })),
          effort,
        ),
      ),
      flat: await step("scaling: one flat tensor", () => overFlat(quick ? SHAPES.slice(0, 1) : SHAPES, effort)),
    };
  },
  tables: ({ grouped, tensors, groups, flat }) => [
    {
      title: `Growth with tensors of ${LENGTH} elements: µs per step, ns per tensor`,
      head: ["tensors", "µs", "ns per tensor"],
      rows: tensors.map(({ tensors, best }) => [count(tensors), micros(best), (best / tensors).toFixed(1)]),
    },
    {
      title: `Growth with groups that share the tensors, ${grouped}: µs per step`,
      head: ["groups", "µs", "over one group"],
      rows: groups.map(({ groups: n, best }) => [count(n), micros(best), ratio(best / groups[0].best)]),
    },
    {
      title: "Many tensors over one flat tensor of as many elements: µs per step",
      head: ["tensors", "µs", "flat, µs", "over flat"],
      rows: flat.map(({ name, many, flat }) => [
        name,
        micros(many.best),
        micros(flat.best),
        ratio(many.best / flat.best),
      ]),
    },
  ],
};

/** All of them in one race. */
async function timed(rows, effort) {
  const timings = await race(
    rows.map(({ running }) => running),
    effort,
  );
  for (const { running } of rows) running.dispose();
  return rows.map(({ running, ...row }, i) => ({ ...row, ...timings[i] }));
}

async function overFlat(shapes, effort) {
  const rows = [];
  for (const shape of shapes) {
    const pair = [ours(shape), ours(flat(shape.elements))];
    const [tensors, one] = await timed(
      pair.map((running) => ({ running })),
      effort,
    );
    rows.push({ name: shape.name, elements: shape.elements, many: tensors, flat: one });
  }
  return rows;
}

/** Adam over a workload, its tensors dealt out to so many groups. */
function ours(workload, groups = 1) {
  const { parameters, gradients } = tensorsOf(dataOf(workload));
  const size = Math.ceil(parameters.length / groups);
  const optimizer = new Adam(
    Array.from({ length: groups }, (_, i) => ({ params: parameters.slice(i * size, (i + 1) * size) })),
  );
  return {
    step: () => optimizer.step(),
    dispose: () => disposeAll(optimizer, ...parameters, ...gradients),
  };
}
