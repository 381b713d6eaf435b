/**
 * What tiny gradients cost. Moments that decay below the smallest normal number never reach 0 by themselves, and every
 * step with them is slower for ever, by the processor up to 40 times; so is one whose squared gradient is below it.
 * Everybody has arrays of its own in each case, so that nobody meets moments that another case has left.
 */

import * as adamWasm from "adam-wasm";
import { step } from "../../scripts/lib/step.mjs";
import { standing } from "../contestants/adam-wasm.mjs";
import { adamLoop, makeLoop } from "../contestants/plain-loop.mjs";
import { race } from "../lib/measure.mjs";
import { perElement, ratio } from "../lib/tables.mjs";
import { dataOf, flat } from "../lib/workload.mjs";

const WORKLOAD = flat(1000);
const NORMAL_STEPS = 10;
/** The second moment decays by a thousandth a step: from 1e-6 it is subnormal after 75,000 steps, and stuck after 90,000. */
const TINY_STEPS = 100_000;

const CASES = [
  { name: "normal", grad: 0.01 },
  { name: "zero", grad: 0 },
  { name: "1e-20", grad: 1e-20 },
  { name: "1e-22", grad: 1e-22 },
];

const CONTESTANTS = [
  { name: "adam-wasm", make: (data) => ours(data, true) },
  { name: "adam-wasm, setFlushDenormal(false)", make: (data) => ours(data, false) },
  { name: "plain JS loop", make: (data) => makeLoop(data, adamLoop) },
];

function ours(data, flush) {
  const running = standing(adamWasm, data);
  return {
    ...running,
    step: () => {
      adamWasm.setFlushDenormal(flush);
      running.step();
    },
  };
}

/** @type {import("./index.mjs").Suite} */
export const SUBNORMALS = {
  name: "subnormals",
  run: async ({ effort }) => {
    try {
      return { elements: WORKLOAD.elements, rows: await step("tiny gradients", () => runAll(effort)) };
    } finally {
      adamWasm.setFlushDenormal(true);
    }
  },
  tables: ({ elements, rows }) => {
    const [normal] = rows;
    const cell = (result, i) =>
      `${perElement(result.best, { elements })}  ${ratio(result.best / normal.results[i].best)}`;
    return [
      {
        title: `Tiny gradients, ${TINY_STEPS.toLocaleString("en")} steps after normal ones: ns per element, and over normal ones`,
        head: ["gradients", ...CONTESTANTS.map(({ name }) => name)],
        rows: rows.map(({ name, results }) => [name, ...results.map(cell)]),
      },
    ];
  },
};

/** All cases in one race, so that a change of the machine's speed meets all of them. */
async function runAll(effort) {
  const running = CASES.flatMap(prepare);
  const timings = await race(running, effort);
  for (const { dispose } of running) dispose?.();
  return CASES.map(({ name }, row) => ({
    name,
    results: CONTESTANTS.map((contestant, i) => ({
      contestant: contestant.name,
      ...timings[row * CONTESTANTS.length + i],
    })),
  }));
}

/** Everybody, where tiny gradients have done what they can. */
function prepare({ grad }) {
  const data = dataOf(WORKLOAD);
  const running = CONTESTANTS.map(({ make }) => make(data));
  const tiny = [new Float32Array(WORKLOAD.elements).fill(grad)];
  for (const { step, setGrads } of running) {
    for (let i = 0; i < NORMAL_STEPS; i++) step();
    setGrads(tiny);
    for (let i = 0; i < TINY_STEPS; i++) step();
  }
  return running;
}
