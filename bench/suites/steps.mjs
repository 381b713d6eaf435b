/** One step of Adam by every contestant: over one tensor of growing size, and over many tensors. */

import { Failure } from "../../scripts/lib/exec.mjs";
import { step } from "../../scripts/lib/step.mjs";
import { findContestants } from "../contestants/index.mjs";
import { distance, reference, TOLERANCE } from "../lib/agreement.mjs";
import { race } from "../lib/measure.mjs";
import { count, micros, perElement } from "../lib/tables.mjs";
import { dataOf, TENSORS as MANY, SIZES as ONE } from "../lib/workload.mjs";
import { figures } from "../report/contest.mjs";

const OURS = "adam-wasm";

/** @type {import("./index.mjs").Suite} */
export const SIZES = {
  name: "sizes",
  run: (options) => runAll(ONE, options),
  tables: (result, { suites }) => [figures("Adam over one tensor: ns per element", result, suites.limits, perElement)],
};

/** @type {import("./index.mjs").Suite} */
export const TENSORS = {
  name: "tensors",
  run: (options) => runAll(MANY, options),
  tables: (result, { suites }) => [figures("Adam over many tensors: µs per step", result, suites.limits, micros)],
};

async function runAll(workloads, options) {
  const { isWorkload, effort } = options;
  const { contestants, missing } = await findContestants(options);
  const rows = [];
  for (const workload of workloads.filter(isWorkload)) {
    rows.push(await step(workload.name, () => runOne(workload, contestants, effort)));
  }
  const versions = contestants.map(({ name, version = null, differs = null, isLimit = false }) => ({
    name,
    version,
    differs,
    isLimit,
  }));
  return { contestants: versions, missing, rows };
}

/** Everybody's time for one workload, and why somebody has none. */
async function runOne(workload, contestants, effort) {
  const { name, lengths, elements } = workload;
  const data = dataOf(workload);
  const expected = reference(data);
  const running = [];
  const results = [];
  try {
    for (const contestant of contestants) {
      const skipped = tooMuch(contestant, workload);
      const made = skipped === null ? await prepare(contestant, data, expected) : { skipped };
      if ("skipped" in made) results.push({ contestant: contestant.name, ...made });
      else running.push(made);
    }
    // Before the clock runs, not while it does.
    globalThis.gc?.();
    const timings = await race(running, effort);
    for (const [i, { failure, ...timing }] of timings.entries()) {
      const found = failure === undefined ? timing : { skipped: reasonOf(failure) };
      results.push({ contestant: running[i].name, difference: running[i].difference, ...found });
    }
  } finally {
    for (const one of running) await release(one);
    data.dispose();
  }
  return { name, tensors: lengths.length, elements, results };
}

function tooMuch({ most = Number.POSITIVE_INFINITY, mostTensors = Number.POSITIVE_INFINITY }, { lengths, elements }) {
  if (elements > most) return `more than ${count(most)} elements take it seconds a step`;
  return lengths.length > mostTensors ? `more than ${count(mostTensors)} tensors take it seconds a step` : null;
}

/** One that agrees with torch's rule, or is known not to; or why it is not timed. What is ours must not fail. */
async function prepare({ name, differs, make }, data, expected) {
  const isOurs = name.startsWith(OURS);
  let made;
  try {
    made = { name, mayFail: !isOurs, ...(await make(data)) };
    const difference = await distance(made, data, expected);
    if (difference <= TOLERANCE || differs !== undefined) return { ...made, difference };
    if (isOurs) throw new Failure(`${name} is ${difference} from torch's rule`);
    await release(made);
    return { difference, skipped: `it is ${difference.toExponential(1)} from torch's rule` };
  } catch (error) {
    if (made !== undefined) await release(made);
    if (isOurs) throw error;
    return { skipped: reasonOf(error) };
  }
}

const reasonOf = (error) => `it fails: ${error.message}`;

/** Frees what it holds. Who has failed before may fail at this as well, which says nothing new. */
async function release({ dispose, mayFail }) {
  try {
    await dispose?.();
  } catch (error) {
    if (!mayFail) throw error;
  }
}
