/**
 * A data set that every language can make, and softmax regression on it: ten class centres in 64 dimensions, 2,560 samples
 * around them, batches of 128 in order.
 */

import { Parameter } from "adam-wasm";
import type { AnyOptimizer } from "./family.js";

const [CLASSES, DIMENSIONS, SAMPLES, BATCH] = [10, 64, 2560, 128];

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Samples row by row, and their classes. */
export function makeData(): { readonly x: Float32Array; readonly labels: Uint8Array } {
  const uniform = mulberry32(20171210);
  const normal = () => Array.from({ length: 12 }, uniform).reduce((sum, u) => sum + u, 0) - 6;
  const centres = Array.from({ length: CLASSES * DIMENSIONS }, normal);
  const [x, labels] = [new Float32Array(SAMPLES * DIMENSIONS), new Uint8Array(SAMPLES)];
  for (let i = 0; i < SAMPLES; i++) {
    const label = Math.floor(CLASSES * uniform());
    labels[i] = label;
    for (let k = 0; k < DIMENSIONS; k++) x[i * DIMENSIONS + k] = 0.35 * centres[label * DIMENSIONS + k] + normal();
  }
  return { x, labels };
}

const { x, labels } = makeData();

/** Mean loss, share of right answers, and gradients of weight (10 × 64) and bias over samples `from` to `to`. */
function evaluate(weight: ArrayLike<number>, bias: ArrayLike<number>, from: number, to: number) {
  const gradients = { weight: new Float64Array(CLASSES * DIMENSIONS), bias: new Float64Array(CLASSES) };
  const scores = new Float64Array(CLASSES);
  let [loss, right] = [0, 0];
  for (let i = from; i < to; i++) {
    const row = x.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS);
    for (let c = 0; c < CLASSES; c++) {
      scores[c] = bias[c];
      for (let k = 0; k < DIMENSIONS; k++) scores[c] += row[k] * weight[c * DIMENSIONS + k];
    }
    const largest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - largest));
    const total = powers.reduce((a, b) => a + b);
    loss += Math.log(total) + largest - scores[labels[i]];
    if (scores.indexOf(largest) === labels[i]) right++;
    for (let c = 0; c < CLASSES; c++) {
      const slope = (powers[c] / total - (c === labels[i] ? 1 : 0)) / (to - from);
      gradients.bias[c] += slope;
      for (let k = 0; k < DIMENSIONS; k++) gradients.weight[c * DIMENSIONS + k] += slope * row[k];
    }
  }
  return { loss: loss / (to - from), accuracy: right / (to - from), gradients };
}

/** Ten epochs from zero, in float64; `rate` gives the learning rate of a step, if it changes. */
export function trainSoftmax(create: (params: Parameter[]) => AnyOptimizer, rate?: (step: number) => number) {
  const weight = Parameter.zeros([CLASSES, DIMENSIONS], { dtype: "float64" });
  const bias = Parameter.zeros([CLASSES], { dtype: "float64" });
  const optimizer = create([weight, bias]);
  const losses: number[] = [];
  for (let epoch = 0, step = 1; epoch < 10; epoch++) {
    for (let from = 0; from < SAMPLES; from += BATCH, step++) {
      if (rate) optimizer.paramGroups[0].lr = rate(step);
      const { gradients } = evaluate(weight.data, bias.data, from, from + BATCH);
      weight.grad = gradients.weight;
      bias.grad = gradients.bias;
      optimizer.step();
    }
    losses.push(evaluate(weight.data, bias.data, 0, SAMPLES).loss);
  }
  const { accuracy } = evaluate(weight.data, bias.data, 0, SAMPLES);
  return { losses, accuracy, norm: Math.hypot(...weight.data) };
}
