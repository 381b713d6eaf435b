/** Training where offsets do not fit 31 bits: 2.6 GiB of tensors, one of them across 2 GiB, against a twin below. */

import { Adam, Parameter, Tensor } from "adam-wasm";

const HALF = 2 ** 31;
const MIB = 2 ** 20;
const LENGTH = 24 * MIB;
/** So many elements of the large parameter are compared, at its ends and around 2 GiB. */
const SAMPLE = 64;

const low = Parameter.zeros([3 * SAMPLE]);
const lowGradient = Tensor.zeros([3 * SAMPLE]);

const ballast = [Tensor.zeros([256 * MIB]), Tensor.zeros([240 * MIB])];
const high = Parameter.zeros([LENGTH]);
ballast.push(Tensor.zeros([64 * MIB]));
const start = high.data.byteOffset;
const across = (HALF - start) / 4;

const starts = [0, across - SAMPLE / 2, LENGTH - SAMPLE];
const sampled = (data) => starts.map((at) => data.subarray(at, at + SAMPLE));

const initial = Float32Array.from({ length: 3 * SAMPLE }, (_, i) => Math.sin(i));
const gradientOf = (step) => Float32Array.from({ length: 3 * SAMPLE }, (_, i) => Math.cos(i * step));
function spread(values, target) {
  for (const [i, at] of starts.entries()) target.set(values.subarray(i * SAMPLE, (i + 1) * SAMPLE), at);
}

low.set(initial);
spread(initial, high.data);
const gradient = new Float32Array(LENGTH);

const options = { lr: 0.1, amsgrad: true };
const optimizers = [new Adam([low], options), new Adam([high], options)];
for (let step = 1; step <= 3; step++) {
  lowGradient.set(gradientOf(step));
  low.grad = lowGradient;
  spread(gradientOf(step), gradient);
  high.grad = gradient;
  for (const optimizer of optimizers) optimizer.step();
}

const bits = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength).toString("hex");
const isSame = (small, large) => bits(small.data) === sampled(large.data).map(bits).join("");
const [lowState, highState] = [optimizers[0].state.get(low), optimizers[1].state.get(high)];
const offsets = [high, high.grad, highState.expAvg, highState.expAvgSq, highState.maxExpAvgSq].map(
  ({ data }) => data.byteOffset,
);

const result = {
  isAcross: start < HALF && start + 4 * LENGTH > HALF && Number.isInteger(across),
  areAbove: offsets.slice(1).every((offset) => offset > HALF),
  bytes: high.data.buffer.byteLength,
  moved: low.data.every((x, i) => x !== initial[i]),
  same: ["expAvg", "expAvgSq", "maxExpAvgSq"]
    .map((name) => isSame(lowState[name], highState[name]))
    .concat(isSame(low, high)),
  step: highState.step,
  ballastIsZero: ballast.every(({ data }) => [0, data.length >> 1, data.length - 1].every((i) => data[i] === 0)),
};

// All of it can be given back, and is.
for (const each of [...optimizers, ...ballast, high]) each.dispose();
const largest = Tensor.zeros([2 ** 29 - 2 ** 14]);
largest.data[largest.length - 1] = 7;
result.largest = [largest.data.at(-1), largest.data.buffer.byteLength === result.bytes];

console.log(JSON.stringify(result));
