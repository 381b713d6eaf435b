/** Numbers as pictures: the weights of each hidden unit, and the pixels that the network is given. */

import { PIXELS, SIDE } from "../digits/data.mjs";
import { colour, element, onSchemeChange, painter } from "./page.js";

const COLUMNS = 8;
/** A picture and the gap after it. */
const PITCH = SIDE + 1;

type Rgb = readonly [red: number, green: number, blue: number];

/** A colour of page.css, which writes them as #rrggbb or #rgb. */
function rgb(name: string): Rgb {
  const digits = colour(name).slice(1);
  const [red, green, blue] = digits.length === 3 ? [...digits].map((each) => each + each) : (digits.match(/../g) ?? []);
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)];
}

const mixed = (from: Rgb, to: Rgb, share: number) =>
  `rgb(${from.map((part, i) => Math.round(part + share * (to[i] - part))).join(" ")})`;

function context(id: string) {
  const found = element<HTMLCanvasElement>(id).getContext("2d");
  if (found === null) throw new Error("this browser has no canvas");
  return found;
}

let weights = new Float32Array();
const weightsContext = context("weights");
const paintWeights = painter(() => {
  const { canvas } = weightsContext;
  const [paper, positive, negative] = [rgb("panel"), rgb("positive"), rgb("negative")];
  canvas.width = COLUMNS * PITCH - 1;
  canvas.height = (weights.length / PIXELS / COLUMNS) * PITCH - 1;
  for (let unit = 0; unit < weights.length / PIXELS; unit++) {
    const own = weights.subarray(unit * PIXELS, (unit + 1) * PIXELS);
    // Each unit has its own scale: what matters is the pattern.
    const most = Math.max(...own.map(Math.abs));
    for (const [i, weight] of own.entries()) {
      weightsContext.fillStyle = mixed(paper, weight > 0 ? positive : negative, Math.abs(weight) / most || 0);
      const x = (unit % COLUMNS) * PITCH + (i % SIDE);
      const y = Math.floor(unit / COLUMNS) * PITCH + Math.floor(i / SIDE);
      weightsContext.fillRect(x, y, 1, 1);
    }
  }
});

/** Shows the first layer's weights, hidden × pixels. */
export function showWeights(values: Float32Array<ArrayBuffer>) {
  weights = values;
  paintWeights();
}

let seen: Float64Array | null = null;
const seenContext = context("seen");
function paintSeen() {
  for (let i = 0; i < PIXELS; i++) {
    seenContext.fillStyle = mixed(rgb("panel"), rgb("ink"), seen?.[i] ?? 0);
    seenContext.fillRect(i % SIDE, Math.floor(i / SIDE), 1, 1);
  }
}

/** Shows what the network reads, if it reads something. */
export function showSeen(pixels: Float64Array | null) {
  seen = pixels;
  paintSeen();
}

onSchemeChange(paintWeights);
onSchemeChange(paintSeen);
paintSeen();
