// Trains a network on handwritten digits once per optimizer, compares them in a table and writes a report.

import { writeFileSync } from "node:fs";
import { loadDigits } from "./file.mjs";
import { optimizers } from "./optimizers.mjs";
import { HELP, parseOptions } from "./options.mjs";
import { showProgress } from "./progress.mjs";
import { reportPage } from "./report/report.mjs";
import { textTable } from "./table.mjs";
import { train } from "./train.mjs";

// The first Ctrl-C lets an epoch and its file come to their end, the second does not.
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());

/** @param {import("./options.mjs").Options} options */
async function main(options) {
  const digits = loadDigits();
  const { epochs, batch, lr, seed } = options;
  console.log(
    `${digits.train.labels.length} digits to learn, ${digits.test.labels.length} to test; ` +
      `epochs ${epochs}, batch ${batch}, lr ${lr}, seed ${seed}\n`,
  );

  const labels = options.optimizers.map((name) => optimizers.get(name)?.label ?? name);
  const width = Math.max(...labels.map((label) => label.length));
  const runs = [];
  for (const [i, name] of options.optimizers.entries()) {
    const progress = showProgress(labels[i].padEnd(width), epochs);
    try {
      runs.push(await train(name, digits, options, progress.update, interrupted.signal));
    } finally {
      progress.stop();
    }
  }

  console.log(`\n${textTable(runs)}\n\nsha256 of the final weights`);
  for (const run of runs) console.log(`${run.label.padEnd(width)} ${run.weights}`);
  writeFileSync(options.out, reportPage(runs, options));
  console.log(`\nReport: ${options.out}`);
  if (options.save) console.log(`Training: ${options.save}`);
}

/** @returns {import("./options.mjs").Options | undefined} nothing if the user has to correct the command line */
function readOptions() {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

/**
 * What may end a training is told in a sentence.
 * @param {any} error
 * @param {import("./options.mjs").Options} options
 */
function explain(error, { save }) {
  if (interrupted.signal.aborted) {
    console.error(save ? `Stopped; to go on: npm start -- --resume ${save} --save ${save}` : "Stopped");
    process.exitCode = 130;
  } else if (error.syscall !== undefined) {
    console.error(`A file cannot be written: ${error.message}`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}

const options = readOptions();
if (options?.help) console.log(HELP);
else if (options) await main(options).catch((error) => explain(error, options));
