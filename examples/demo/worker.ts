/** Trains beside the page, so that the page stays smooth; takes orders between two epochs. */

import { backend } from "adam-wasm";
import { PIXELS, parseDigits } from "../digits/data.mjs";
import type { FromWorker, ToWorker } from "./messages.js";
import { type Parts, Trainer } from "./trainer.js";

/** At most twenty epochs a second: faster than that there is nothing to see. */
const EPOCH_MS = 50;

const post = (message: FromWorker) => self.postMessage(message);

const loaded = load();

async function load() {
  const response = await fetch(new URL("digits.csv", import.meta.url));
  if (!response.ok) throw new Error(`digits.csv: ${response.status} ${response.statusText}`);
  return parseDigits(await response.text());
}

let trainer: Trainer | null = null;
let epochsLeft = 0;
let timer = 0;
let samples = 0;

function begin(next: Trainer) {
  trainer?.dispose();
  trainer = next;
  const { weights, settings, history } = next;
  post({ type: "ready", kernel: backend().kind, weights, settings, history });
}

function resume(digits: Parts, checkpoint: Uint8Array) {
  try {
    begin(Trainer.from(digits, checkpoint));
  } catch (error) {
    post({ type: "unreadable", message: (error as Error).message });
  }
}

function save(trained: Trainer) {
  try {
    post({ type: "saved", epoch: trained.history.length, checkpoint: trained.save() });
  } catch (error) {
    post({ type: "unsaved", message: (error as Error).message });
  }
}

function train(epochs: number) {
  clearTimeout(timer);
  epochsLeft = epochs;
  nextEpoch();
}

function nextEpoch() {
  if (trainer === null || epochsLeft === 0) return post({ type: "stopped" });
  const start = performance.now();
  post({ type: "epoch", ...trainer.epoch() });
  epochsLeft--;
  timer = self.setTimeout(nextEpoch, Math.max(0, EPOCH_MS - (performance.now() - start)));
}

function sample({ test: { pixels, labels } }: Parts) {
  // A stride that meets every digit before it comes back to one.
  const i = (samples++ * 37) % labels.length;
  post({ type: "sample", pixels: pixels.slice(i * PIXELS, (i + 1) * PIXELS), label: labels[i] });
}

function obey(digits: Parts, message: ToWorker) {
  if (message.type === "reset") begin(new Trainer(digits, message.settings, message.seed));
  else if (message.type === "resume") resume(digits, message.checkpoint);
  else if (message.type === "settings") trainer?.use(message.settings);
  else if (message.type === "train") train(message.epochs);
  else if (message.type === "sample") sample(digits);
  else if (trainer === null) return;
  else if (message.type === "save") save(trainer);
  else post({ type: "answer", probabilities: trainer.read(message.pixels) });
}

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  try {
    obey(await loaded, data);
  } catch (error) {
    post({ type: "refused", message: (error as Error).message });
  }
};
