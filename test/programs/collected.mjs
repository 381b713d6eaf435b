/** What the garbage collector finds gives its memory back, and what somebody can still see stays. */

import { setTimeout } from "node:timers/promises";
import { Adam, Parameter, Tensor } from "adam-wasm";

const LENGTH = 2 ** 18;
const BYTES = 4 * LENGTH;

const memory = () => Tensor.zeros([0]).data.buffer;
const filled = (value, length = LENGTH) => Tensor.from(new Float32Array(length).fill(value));

/** Several rounds: finalizers run between tasks, and one frees what the next collection finds. */
async function collect() {
  for (let i = 0; i < 4; i++) {
    gc();
    await setTimeout(5);
  }
}

/** Writes over all room that is free, as far as it is larger than one of the tensors here. */
async function overwrite() {
  await collect();
  const tensors = [];
  for (const end = memory().byteLength; memory().byteLength === end; ) tensors.push(filled(-1));
  for (const tensor of tensors) tensor.dispose();
}

/** So that memory need not grow soon: a view would be dead for that reason. */
function makeRoom() {
  const tensors = Array.from({ length: 12 }, () => filled(0));
  for (const tensor of tensors) tensor.dispose();
}

const isAll = (array, value) => array.length === LENGTH && array.every((x) => x === value);

/** Bytes that memory grew by, over 20 rounds of what `make` leaves behind. */
async function growth(make) {
  for (let round = 0; round < 3; round++) {
    make();
    await collect();
  }
  const before = memory().byteLength;
  for (let round = 0; round < 20; round++) {
    make();
    await collect();
  }
  return memory().byteLength - before;
}

function optimizerOf(...parameters) {
  const optimizer = new Adam(parameters, { betas: [0.5, 0.5] });
  for (const parameter of parameters) parameter.grad ??= new Float32Array(parameter.length).fill(4);
  optimizer.step();
  return optimizer;
}

const shared = Parameter.zeros([LENGTH]);
shared.grad = new Float32Array(LENGTH);

const results = {
  bytes: BYTES,
  leftTensors: await growth(() => void filled(1)),
  leftParameters: await growth(() => {
    Parameter.zeros([LENGTH]).grad = new Float32Array(LENGTH);
  }),
  leftOptimizers: await growth(() => void optimizerOf(shared)),
  leftTogether: await growth(() => void optimizerOf(Parameter.zeros([LENGTH]), Parameter.zeros([7]))),
  leftSome: await growth(() => {
    filled(1);
    filled(2).dispose();
  }),
};

// A view keeps its tensor.
makeRoom();
const view = filled(3).data;
const part = filled(4).data.subarray(1);
await collect();
const next = [filled(5), filled(6)];
results.viewOfTensor = isAll(view, 3);
results.partOfView = [part[0], part.at(-1)];
for (const tensor of next) tensor.dispose();

// State lives with its optimizer, with a tensor of it, with a view of that.
const stateOfLost = () =>
  optimizerOf(Parameter.zeros([LENGTH]))
    .state.values()
    .next().value;
const { expAvg } = stateOfLost();
const { expAvgSq } = stateOfLost();
await overwrite();
results.momentsOfLostOptimizers = [isAll(expAvg.data, 2), isAll(expAvgSq.data, 8)];
makeRoom();
const viewOfMoment = stateOfLost().expAvgSq.data;
await collect();
const over = [filled(-1), filled(-1), filled(-1)];
results.viewOfMoment = isAll(viewOfMoment, 8);
for (const tensor of over) tensor.dispose();

// Parameters live with their optimizer, gradients with their parameter.
const optimizer = (() => {
  const parameter = Parameter.from(new Float32Array(LENGTH).fill(10));
  parameter.grad = filled(-1);
  return new Adam([parameter], { lr: 1, eps: 0, betas: [0, 0] });
})();
await overwrite();
optimizer.step();
results.parameterOfOptimizer = isAll(optimizer.paramGroups[0].params[0].data, 11);

console.log(JSON.stringify(results));
