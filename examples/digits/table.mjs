// The comparison: the same columns for the terminal and for the report.

import Table from "cli-table3";

/** @typedef {import("./train.mjs").Run} Run */

/** @param {number} share */
export const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** @param {number} loss */
export const decimals = (loss) => (loss < 1000 ? loss.toFixed(4) : loss.toPrecision(3));

/** @param {number} milliseconds */
const time = (milliseconds) =>
  milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;

/** @param {Run} run */
const last = (run) => run.epochs[run.epochs.length - 1];

/** @param {Run} run */
function best(run) {
  const accuracies = run.epochs.map((epoch) => epoch.accuracy);
  const highest = Math.max(...accuracies);
  return `${accuracies.indexOf(highest) + 1} (${percent(highest)})`;
}

/** @type {Array<{ title: string, value: (run: Run) => string }>} */
export const columns = [
  { title: "Optimizer", value: (run) => run.label },
  { title: "Final loss", value: (run) => decimals(last(run).loss) },
  { title: "Test accuracy", value: (run) => percent(last(run).accuracy) },
  { title: "Best epoch", value: best },
  { title: "Optimizer time", value: (run) => time(run.optimizerTime) },
  { title: "Its share", value: (run) => percent(run.optimizerTime / run.totalTime) },
  { title: "Total time", value: (run) => time(run.totalTime) },
];

/**
 * @param {Run[]} runs
 * @returns {string} plain ASCII without colours: it is read in logs too
 */
export function textTable(runs) {
  const table = new Table({
    // In two lines each: the table fits 80 characters.
    head: columns.map((column) => column.title.replace(" ", "\n")),
    colAligns: columns.map((_, i) => (i === 0 ? "left" : "right")),
    chars: {
      top: "-",
      "top-mid": "+",
      "top-left": "+",
      "top-right": "+",
      bottom: "-",
      "bottom-mid": "+",
      "bottom-left": "+",
      "bottom-right": "+",
      mid: "",
      "mid-mid": "",
      "left-mid": "",
      "right-mid": "",
      left: "|",
      right: "|",
      middle: "|",
    },
    style: { head: [], border: [] },
  });
  for (const run of runs) table.push(columns.map((column) => column.value(run)));
  return table.toString();
}
