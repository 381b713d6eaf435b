/** The page: what is set goes to the worker, what the worker says is shown. */

import { say, showAnswer } from "./answer.js";
import { addEpoch, startCurves } from "./curves.js";
import { Drawing } from "./drawing.js";
import { Keeper } from "./keeper.js";
import type { FromWorker, Result, ToWorker } from "./messages.js";
import { element } from "./page.js";
import { showSeen, showWeights } from "./pictures.js";
import { onSettings, readSettings, writeSettings } from "./settings.js";
import { pixelsOf } from "./strokes.js";

/** How far one press of the button goes. */
const EPOCHS = 60;
const FIRST_SEED = 3;

const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const send = (message: ToWorker) => worker.postMessage(message);
const trainButton = element<HTMLButtonElement>("train");
const resetButton = element<HTMLButtonElement>("reset");
const sampleButton = element<HTMLButtonElement>("sample");

/** There once there is a training. */
let keeper: Keeper | null = null;
let isTraining = false;
let seed = FIRST_SEED;
let best = 0;
/** What is to be read, and its class if that is known. */
let pixels: Float64Array | null = null;
let truth: number | null = null;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const show = (id: string, text: string) => {
  element(id).textContent = text;
};

const drawing = new Drawing(() => look(pixelsOf(drawing.strokes), null), say);

/** Has something read. */
function look(at: Float64Array | null, label: number | null) {
  [pixels, truth] = [at, label];
  showSeen(at);
  if (at === null) showAnswer(null);
  else send({ type: "read", pixels: at });
}

function setTraining(value: boolean) {
  isTraining = value;
  trainButton.textContent = value ? "Pause" : "Train";
}

function showEpoch(epoch: number, result: Result) {
  best = Math.max(best, result.accuracy);
  show("epoch", String(epoch));
  show("loss", Number.isFinite(result.loss) ? result.loss.toFixed(4) : "diverged");
  show("accuracy", percent(result.accuracy));
  show("best", percent(best));
  addEpoch(result);
}

function showReady({ kernel, settings, history }: FromWorker & { type: "ready" }) {
  best = 0;
  show("epoch", "0");
  for (const id of ["loss", "accuracy", "best"]) show(id, "–");
  show("kernel", kernel === "wasm" ? "WebAssembly SIMD" : "plain JavaScript");
  show("refusal", "");
  startCurves();
  for (const [i, result] of history.entries()) showEpoch(i + 1, result);
  keeper ??= new Keeper({
    save: () => send({ type: "save" }),
    resume: (checkpoint) => send({ type: "resume", checkpoint }),
  });
  if (history.length > 0) {
    writeSettings(settings);
    keeper.say(`Resumed after epoch ${history.length}.`);
  }
  for (const button of [trainButton, resetButton, sampleButton]) button.disabled = false;
}

function hear(message: FromWorker) {
  if (message.type === "ready" || message.type === "epoch") {
    if (message.type === "ready") showReady(message);
    else showEpoch(message.epoch, message);
    showWeights(message.weights);
    if (pixels !== null) send({ type: "read", pixels });
  } else if (message.type === "stopped") {
    setTraining(false);
    show("news", `Training has stopped: ${element("accuracy").textContent} of the test digits are read.`);
  } else if (message.type === "answer") {
    if (pixels !== null) showAnswer(message.probabilities, truth);
  } else if (message.type === "sample") {
    drawing.show(message.pixels);
    look(message.pixels, message.label);
  } else if (message.type === "saved") {
    keeper?.take(message.epoch, message.checkpoint);
  } else if (message.type === "unsaved") {
    keeper?.drop(message.message);
  } else if (message.type === "unreadable") {
    keeper?.say(message.message);
  } else {
    show("refusal", message.message);
  }
}

worker.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(data);
worker.onerror = ({ message }) => show("refusal", message || "The worker cannot start.");

onSettings((settings) => {
  show("refusal", "");
  send({ type: "settings", settings });
});
trainButton.addEventListener("click", () => {
  setTraining(!isTraining);
  show("news", isTraining ? "Training." : "");
  send({ type: "train", epochs: isTraining ? EPOCHS : 0 });
});
resetButton.addEventListener("click", () => send({ type: "reset", seed: ++seed, settings: readSettings() }));
sampleButton.addEventListener("click", () => send({ type: "sample" }));
element("clear").addEventListener("click", () => drawing.clear());

send({ type: "reset", seed, settings: readSettings() });
