// One contestant's training: the loop, what each epoch came to, and what the network misreads at the end.

import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { load } from "adam-wasm/checkpoint";
import { saveFile } from "adam-wasm/checkpoint/node";
import { batches, CLASSES, PIXELS } from "./data.mjs";
import { Network } from "./network.mjs";
import { optimizers } from "./optimizers.mjs";
import { seededRandom } from "./random.mjs";

const HIDDEN = 128;

/**
 * @typedef {object} Epoch
 * @property {number} loss mean over the training part, while it was being learnt
 * @property {number} accuracy share of the test part that is read correctly afterwards
 *
 * @typedef {object} Misread
 * @property {Float64Array} pixels
 * @property {number} label
 * @property {number} predicted
 * @property {number} confidence the probability given to the wrong answer
 *
 * @typedef {object} Run
 * @property {string} label
 * @property {Epoch[]} epochs
 * @property {number} optimizerTime milliseconds so far in `step` and `zeroGrad`
 * @property {number} totalTime milliseconds so far, testing included
 * @property {string} weights sha256 of the final weights
 * @property {Misread[]} misread the most confident mistake first
 *
 * @typedef {object} Kept a training in a file, beside its model and its optimizer
 * @property {{ optimizer: string, epochs: number, batch: number, lr: number, seed: number }} settings
 * @property {Pick<Run, "epochs" | "optimizerTime" | "totalTime">} progress
 * @property {number} randomState
 */

/**
 * Every contestant starts from the same weights and sees the same batches: both follow from the seed.
 * @param {string} name a key of `optimizers`
 * @param {{ train: import("./data.mjs").Digits, test: import("./data.mjs").Digits }} digits
 * @param {Pick<import("./options.mjs").Options, "epochs" | "batch" | "lr" | "seed" | "save" | "resume">} options
 * @param {(run: Run) => void} onEpoch
 * @param {AbortSignal} [signal] ends it before its next epoch
 * @returns {Promise<Run>}
 */
export async function train(name, digits, { epochs, batch, lr, seed, save, resume }, onEpoch = () => {}, signal) {
  const contestant = optimizers.get(name);
  if (!contestant) throw new RangeError(`Unknown optimizer: ${name}`);
  const random = seededRandom(seed);
  const network = new Network([PIXELS, HIDDEN, CLASSES], random);
  const steps = epochs * Math.ceil(digits.train.labels.length / batch);
  const optimizer = contestant.create([...network.namedParameters()], lr, steps);
  /** @type {Run} */
  const run = { label: contestant.label, epochs: [], optimizerTime: 0, totalTime: 0, weights: "", misread: [] };
  const model = Object.fromEntries(network.namedParameters());
  const settings = { optimizer: name, epochs, batch, lr, seed };
  try {
    if (resume) {
      const { randomState, progress } = /** @type {Kept} */ (load(resume, { model, optimizer }));
      random.state = randomState;
      Object.assign(run, progress);
    }
    const start = performance.now() - run.totalTime;
    while (run.epochs.length < epochs) {
      // A turn for signals such as Ctrl-C; none that comes in the last epoch takes away what is finished.
      await setImmediate();
      signal?.throwIfAborted();
      let loss = 0;
      for (const { pixels, labels } of batches(digits.train, batch, random)) {
        loss += network.backward(pixels, labels) * labels.length;
        const before = performance.now();
        optimizer.step();
        optimizer.zeroGrad({ setToNone: false });
        run.optimizerTime += performance.now() - before;
      }
      run.misread = misread(network, digits.test);
      run.totalTime = performance.now() - start;
      run.epochs.push({
        loss: loss / digits.train.labels.length,
        accuracy: 1 - run.misread.length / digits.test.labels.length,
      });
      if (save) {
        const progress = { epochs: run.epochs, optimizerTime: run.optimizerTime, totalTime: run.totalTime };
        await saveFile(save, { model, optimizer, randomState: random.state, progress, settings });
      }
      onEpoch(run);
    }
    run.weights = fingerprint(network);
    return run;
  } finally {
    // wasm memory is not garbage-collected at once: give it back for the next contestant.
    optimizer.dispose();
    network.dispose();
  }
}

/**
 * @param {Network} network
 * @param {import("./data.mjs").Digits} digits
 * @returns {Misread[]}
 */
function misread(network, digits) {
  const probabilities = network.predict(digits.pixels);
  const mistakes = [];
  for (const [i, label] of digits.labels.entries()) {
    const row = probabilities.subarray(i * CLASSES, (i + 1) * CLASSES);
    const confidence = Math.max(...row);
    const predicted = row.indexOf(confidence); // −1 where training has diverged to NaN
    if (predicted === label) continue;
    mistakes.push({ pixels: digits.pixels.subarray(i * PIXELS, (i + 1) * PIXELS), label, predicted, confidence });
  }
  return mistakes.sort((a, b) => b.confidence - a.confidence);
}

/**
 * Equal for two runs exactly if every bit of every weight is.
 * @param {Network} network
 */
function fingerprint(network) {
  const hash = createHash("sha256");
  for (const [, parameter] of network.namedParameters()) hash.update(parameter.data);
  return hash.digest("hex");
}
