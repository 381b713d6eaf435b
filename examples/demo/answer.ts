/** What the network makes of the drawing: at once as a digit and bars, and as a sentence when it has settled. */

import { CLASSES } from "../digits/data.mjs";
import { element } from "./page.js";

/** Long enough that a screen reader is not interrupted by every stroke. */
const SETTLED_MS = 600;

const digit = element("digit");
const confidence = element("confidence");
const reading = element("reading");
const bars = Array.from({ length: CLASSES }, (_, i) => {
  const bar = document.createElement("li");
  bar.textContent = String(i);
  return bar;
});
element("bars").append(...bars);

let timer = 0;

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** Shows probabilities; null while there is nothing to read. `truth` is the class, where it is known. */
export function showAnswer(probabilities: Float64Array | null, truth: number | null = null) {
  clearTimeout(timer);
  const best = probabilities === null ? -1 : probabilities.indexOf(Math.max(...probabilities));
  for (const [i, bar] of bars.entries()) bar.style.setProperty("--share", String(probabilities?.[i] || 0));
  // A network that has diverged has no probabilities.
  if (probabilities === null || best < 0) {
    digit.textContent = "?";
    confidence.textContent = "";
    reading.textContent = probabilities === null ? "" : "The training has diverged: it reads nothing.";
    return;
  }
  digit.textContent = String(best);
  confidence.textContent = percent(probabilities[best]);
  const sentence = `It reads ${best} (${percent(probabilities[best])}).${truth === null ? "" : ` It is ${truth}.`}`;
  timer = setTimeout(() => say(sentence), SETTLED_MS);
}

/** Says something about the drawing. */
export function say(text: string) {
  if (reading.textContent !== text) reading.textContent = text;
}
