// What is seen while a contestant trains: one moving bar in a terminal, a few plain lines in a log.

import { SingleBar } from "cli-progress";
import { decimals, percent } from "./table.mjs";

const LINES = 10;

/**
 * @param {string} label as long as the longest
 * @param {number} epochs
 * @returns {{ update(run: import("./train.mjs").Run): void, stop(): void }} a bar that is not stopped leaves the terminal without line breaks
 */
export function showProgress(label, epochs) {
  return process.stdout.isTTY ? bar(label, epochs) : lines(label, epochs);
}

/**
 * @param {string} label
 * @param {number} epochs
 */
function bar(label, epochs) {
  const view = new SingleBar({
    stream: process.stdout,
    format: `${label} [{bar}] epoch {value}/{total}  {status}`,
    barsize: 12,
    barCompleteChar: "=",
    barIncompleteChar: " ",
    stopOnComplete: false,
  });
  view.start(epochs, 0, { status: "" });
  return {
    /** @param {import("./train.mjs").Run} run */
    update: (run) => view.update(run.epochs.length, { status: status(run) }),
    stop: () => view.stop(),
  };
}

/**
 * @param {string} label
 * @param {number} epochs
 */
function lines(label, epochs) {
  const every = Math.ceil(epochs / LINES);
  return {
    /** @param {import("./train.mjs").Run} run */
    update(run) {
      const epoch = run.epochs.length;
      if (epoch % every !== 0 && epoch !== epochs) return;
      const count = String(epoch).padStart(String(epochs).length);
      console.log(`${label} epoch ${count}/${epochs}  ${status(run)}`);
    },
    stop() {},
  };
}

/** @param {import("./train.mjs").Run} run */
function status(run) {
  const { loss, accuracy } = run.epochs[run.epochs.length - 1];
  return `loss ${decimals(loss)}  test ${percent(accuracy)}  optimizer ${percent(run.optimizerTime / run.totalTime)}`;
}
