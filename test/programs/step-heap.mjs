/**
 * What steps leave on the JavaScript heap: 200 parameters, a gradient for each assigned before each step, and no
 * collection between the two readings. `process.argv[2]` says how gradients come.
 */

import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { Adam, Parameter, Tensor } from "adam-wasm";

const PARAMETERS = 200;
const LENGTH = 16;
const WARM_UP = 20_000;
const STEPS = 100_000;

const parameters = Array.from({ length: PARAMETERS }, () => Parameter.zeros([LENGTH]));
const optimizer = new Adam([{ params: parameters.slice(0, 100) }, { params: parameters.slice(100), lr: 0.01 }]);
const tensors = [0, 1].map(() => parameters.map(() => Tensor.from(new Float32Array(LENGTH).fill(1))));
const arrays = parameters.map(() => new Float32Array(LENGTH).fill(1));

/** How a step gets its gradients. */
const WAYS = {
  none: () => {},
  "the same tensor": () => {
    for (let i = 0; i < PARAMETERS; i++) parameters[i].grad = tensors[0][i];
  },
  "another tensor": (step) => {
    for (let i = 0; i < PARAMETERS; i++) parameters[i].grad = tensors[step % 2][i];
  },
  array: () => {
    for (let i = 0; i < PARAMETERS; i++) parameters[i].grad = arrays[i];
  },
  "array after zeroGrad": () => {
    optimizer.zeroGrad();
    for (let i = 0; i < PARAMETERS; i++) parameters[i].grad = arrays[i];
  },
};
const assign = WAYS[process.argv[2]];

let collections = 0;
new PerformanceObserver((list) => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ["gc"] });

function train(steps) {
  for (let step = 0; step < steps; step++) {
    assign(step);
    optimizer.step();
  }
}

const memory = () => parameters[0].data.buffer.byteLength;

WAYS["the same tensor"](0);
train(WARM_UP);
gc();
await setTimeout(20);
collections = 0;
const pages = memory();
const before = process.memoryUsage().heapUsed;
train(STEPS);
const after = process.memoryUsage().heapUsed;
await setTimeout(20);
console.log(
  JSON.stringify({
    bytesPerStep: (after - before) / STEPS,
    grownBytes: memory() - pages,
    collections,
    counted: optimizer.state.get(parameters[199]).step === WARM_UP + STEPS,
  }),
);
