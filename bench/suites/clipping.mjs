/** Clipping, step and zeroed gradients: three calls, and with the clipping and the zeros on the way of the step. */

import { Adam, clipCoefficient, clipGradNorm, getTotalNorm } from "adam-wasm";
import { step } from "../../scripts/lib/step.mjs";
import { race } from "../lib/measure.mjs";
import { perElement, ratio } from "../lib/tables.mjs";
import { disposeAll, tensorsOf } from "../lib/tensors.mjs";
import { dataOf, flat, many } from "../lib/workload.mjs";

/** Each contestant has arrays of its own: the last is too large for caches. */
const WORKLOADS = [flat(1e4), flat(1e5), flat(1e6), many(200, 64)];

const MAX_NORM = 1e-3;
/** Zeros have no norm to be clipped by: a factor below 1, which a step takes as it takes any other. */
const FACTOR = 0.5;
const TO_ZERO = { setToNone: false };

const WAYS = [
  {
    name: "clipGradNorm(), step(), zeroGrad()",
    step: ({ optimizer, parameters }) => {
      clipGradNorm(parameters, MAX_NORM);
      optimizer.step();
      optimizer.zeroGrad(TO_ZERO);
    },
  },
  {
    name: "step() with gradScale, zeroGrad()",
    step: ({ optimizer, gradients }) => {
      const gradScale = FACTOR * clipCoefficient(getTotalNorm(gradients), MAX_NORM);
      optimizer.step(undefined, { gradScale });
      optimizer.zeroGrad(TO_ZERO);
    },
  },
  {
    name: "step() with gradScale and zeroGrad",
    step: ({ optimizer, gradients }) => {
      const gradScale = FACTOR * clipCoefficient(getTotalNorm(gradients), MAX_NORM);
      optimizer.step(undefined, { gradScale, zeroGrad: true });
    },
  },
];

/** @type {import("./index.mjs").Suite} */
export const CLIPPING = {
  name: "clipping",
  run: async ({ isWorkload, effort }) => {
    const rows = [];
    for (const workload of WORKLOADS.filter(isWorkload)) {
      rows.push(await step(`clipping over ${workload.name}`, () => runOne(workload, effort)));
    }
    return rows;
  },
  tables: (rows) => [
    {
      title: "Clip, step and zero the gradients, per element: ns",
      head: ["", ...rows.map(({ name }) => name)],
      rows: [
        ...WAYS.map(({ name }, i) => [name, ...rows.map((row) => perElement(row.results[i].best, row))]),
        ...WAYS.slice(1).map(({ name }, i) => [
          `${name}: how many times as fast`,
          ...rows.map(({ results: [first, ...others] }) => ratio(first.best / others[i].best)),
        ]),
      ],
    },
  ],
};

async function runOne(workload, effort) {
  const { name, elements } = workload;
  const data = dataOf(workload);
  const running = WAYS.map((way) => make(way, data));
  const timings = await race(running, effort);
  for (const { dispose } of running) dispose();
  return { name, elements, results: WAYS.map((way, i) => ({ way: way.name, ...timings[i] })) };
}

/** All ways step the same: after the first time, gradients of zeros. */
function make(way, data) {
  const { parameters, gradients } = tensorsOf(data);
  const own = { parameters, gradients, optimizer: new Adam(parameters) };
  return {
    step: () => way.step(own),
    dispose: () => disposeAll(own.optimizer, ...parameters, ...gradients),
  };
}
