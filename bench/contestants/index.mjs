/** Who is compared: another contestant is another file and another entry. */

import { Failure } from "../../scripts/lib/exec.mjs";
import { NATIVE } from "../native/native.mjs";
import { ABSENT } from "../peers/absent.mjs";
import { JAX_JS } from "../peers/jax-js.mjs";
import { JS_PYTORCH } from "../peers/js-pytorch.mjs";
import { RUVECTOR } from "../peers/ruvector.mjs";
import { TFJS } from "../peers/tfjs.mjs";
import { TORCH } from "../peers/torch.mjs";
import { ADAM_WASM } from "./adam-wasm.mjs";
import { ADAM_WASM_JS } from "./adam-wasm-js.mjs";
import { FROUND_LOOP } from "./fround-loop.mjs";
import { PLAIN_LOOP } from "./plain-loop.mjs";
import { TRIAD } from "./triad.mjs";

/**
 * Where contestants come from.
 *
 * @typedef {object} Source
 * @property {string[]} names what `find` resolves to, in that order
 * @property {boolean} [external] whether something has to be installed or compiled first
 * @property {(options: { torch: boolean }) => Outcome | Promise<Outcome>} find gets them ready; a `Failure` says why all or one are missing
 *
 * @typedef {(Found | Failure)[]} Outcome
 */

/**
 * @typedef {object} Found
 * @property {(data: ReturnType<typeof import("../lib/workload.mjs").dataOf>) => Contestant | Promise<Contestant>} make
 *   with parameters and gradients of its own
 * @property {string} [version]
 * @property {boolean} [isLimit] whether it has the memory traffic of a step, and none of the arithmetic
 * @property {string} [differs] the rule it follows where that is not torch's: it is timed although it disagrees
 * @property {number} [most] elements, where more would take seconds a step
 * @property {number} [mostTensors] likewise
 */

/**
 * One Adam update of all tensors is a `step`; `params` are where they are now, and `setGrads` replaces all gradients.
 *
 * @typedef {import("../lib/measure.mjs").Running & {
 *   params?: () => ArrayLike<number>[] | Promise<ArrayLike<number>[]>,
 *   setGrads?: (grads: Float32Array[]) => void | Promise<void>,
 *   dispose?: () => void | Promise<void>
 * }} Contestant
 */

/** @type {Source[]} the loop that everybody is compared with first */
const SOURCES = [
  PLAIN_LOOP,
  FROUND_LOOP,
  ADAM_WASM,
  ADAM_WASM_JS,
  RUVECTOR,
  TFJS,
  JAX_JS,
  JS_PYTORCH,
  ...ABSENT,
  TORCH,
  NATIVE,
  TRIAD,
];

export const NAMES = SOURCES.flatMap(({ names }) => names);

/** What has been got, or why not: once for all suites. */
const outcomes = new Map();

async function outcomeOf({ names, find }, options) {
  try {
    return await find(options);
  } catch (error) {
    if (error instanceof Failure) return names.map(() => error);
    throw error;
  }
}

/**
 * Gets those whose name is wanted.
 *
 * @param {{ isContestant: (name: string, external: boolean) => boolean, torch: boolean }} options
 * @returns {Promise<{ contestants: (Found & { name: string })[], missing: { name: string, reason: string }[] }>}
 */
export async function findContestants(options) {
  const contestants = [];
  const missing = [];
  for (const source of SOURCES) {
    const { names, external = false } = source;
    if (!names.some((name) => options.isContestant(name, external))) continue;
    if (!outcomes.has(source)) outcomes.set(source, await outcomeOf(source, options));
    for (const [i, found] of outcomes.get(source).entries()) {
      if (!options.isContestant(names[i], external)) continue;
      if (found instanceof Failure) missing.push({ name: names[i], reason: found.message });
      else contestants.push({ name: names[i], ...found });
    }
  }
  return { contestants, missing };
}
