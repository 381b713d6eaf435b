/** What the network makes of the drawing: at once as a digit and bars, and soon as a sentence. */

import { CLASSES } from "../digits/data.mjs";
import { element } from "./page.js";

/** A screen reader is not interrupted by every stroke and every epoch. */
const SENTENCE_MS = 600;

const digit = element("digit");
const confidence = element("confidence");
const reading = element("reading");
const bars = Array.from({ length: CLASSES }, (_, i) => {
  const bar = document.createElement("li");
  bar.textContent = String(i);
  return bar;
});
element("bars").append(...bars);

let sentence = "";
let isDue = false;

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** Shows probabilities; null while there is nothing to read. `truth` is the class, where it is known. */
export function showAnswer(probabilities: Float64Array | null, truth: number | null = null) {
  const best = probabilities === null ? -1 : probabilities.indexOf(Math.max(...probabilities));
  for (const [i, bar] of bars.entries()) bar.style.setProperty("--share", String(probabilities?.[i] || 0));
  digit.textContent = best < 0 ? "?" : String(best);
  confidence.textContent = best < 0 ? "" : percent(probabilities?.[best] ?? 0);
  // A network that has diverged has no probabilities.
  const nothing = probabilities === null ? "" : "The training has diverged: it reads nothing.";
  const known = truth === null ? "" : ` It is ${truth}.`;
  sentence = best < 0 ? nothing : `It reads ${best} (${confidence.textContent}).${known}`;
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    say(sentence);
  }, SENTENCE_MS);
}

/** Says something about the drawing. */
export function say(text: string) {
  if (reading.textContent !== text) reading.textContent = text;
}
