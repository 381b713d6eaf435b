/** The package in real runtimes: each must run the kernel that is expected there, and train to the same bits. */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Failure } from "../../scripts/lib/exec.mjs";
import { locked } from "../../scripts/lib/lock.mjs";
import { explain } from "../../scripts/lib/main.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { step } from "../../scripts/lib/step.mjs";
import { Unavailable } from "../../scripts/setup/runtimes.mjs";
import { makeApp } from "./app.mjs";
import { saveTrainings, WAYS } from "./checkpoints.mjs";
import { HOSTS } from "./hosts.mjs";
import { table } from "./table.mjs";

/** The slowest takes 20 to 40 s beside other work. */
const LIMIT_MS = 300_000;

const { digest } = JSON.parse(readFileSync(inRoot("test/vectors/scenario.json"), "utf8"));

/**
 * Tries hosts and prints what they said; resolves to how many passed, failed, and are not to be had on this machine.
 *
 * @param {{ quick?: boolean, alone?: boolean, names?: string[] }} how all hosts, those of `npm test`, or those with such
 *   a name; one at a time, or side by side
 */
export async function testRuntimes({ quick = false, alone = false, names = [] }) {
  const isNamed = ({ name }) =>
    names.length === 0 || names.some((part) => name.toLowerCase().includes(part.toLowerCase()));
  const hosts = HOSTS.filter((host) => isNamed(host) && (host.quick || !quick));
  if (hosts.length === 0)
    throw new Failure(`There is no such host; there are ${HOSTS.map(({ name }) => name).join("; ")}`);

  const programs = await locked(() => findAll(hosts));
  const [plain, resuming] = await Promise.all([prepare([]), prepare(WAYS)]);
  const width = alone ? 1 : availableParallelism();
  const results = await inTurns(hosts, width, (host) =>
    tryHost(host, programs.get(host.find), host.resumes ? resuming : plain),
  );
  console.log(table(results));
  for (const { host, error } of results) {
    if (error === null) continue;
    console.error(`\n${host.name}:`);
    explain(error);
  }
  const count = (verdict) => results.filter((result) => result.verdict === verdict).length;
  return { passed: count("same bits"), failed: count("FAILED"), skipped: count("skipped") };
}

/** An application, and the ends of the trainings that it has to resume. */
async function prepare(ways) {
  const app = makeApp();
  return { app, ends: await saveTrainings(app, ways) };
}

/** Gets each program once; a map from how it is found to the promise of its path. */
async function findAll(hosts) {
  const programs = new Map();
  for (const { find } of hosts) if (!programs.has(find)) programs.set(find, find());
  await Promise.allSettled(programs.values());
  return programs;
}

/** Runs `work` on every item, `width` of them at a time. */
async function inTurns(items, width, work) {
  const results = Array(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/**
 * @typedef {object} Result
 * @property {import("./hosts.mjs").Host} host
 * @property {import("./hosts.mjs").Report | null} report
 * @property {Error | null} error
 * @property {"same bits" | "FAILED" | "skipped"} verdict
 */

/** @returns {Promise<Result>} */
async function tryHost(host, found, { app, ends }) {
  let report = null;
  let signal;
  try {
    const program = await found;
    await step(host.name, async () => {
      signal = AbortSignal.timeout(LIMIT_MS);
      report = await host.run(program, { app, signal });
      check(host, report, ends);
    });
    return { host, report, error: null, verdict: "same bits" };
  } catch (cause) {
    const error = signal?.aborted ? new Failure(`has no report after ${LIMIT_MS / 1000} s`) : cause;
    return { host, report, error, verdict: error instanceof Unavailable ? "skipped" : "FAILED" };
  }
}

/** @type {(host: import("./hosts.mjs").Host, report: import("./hosts.mjs").Report, ends: Record<string, string[]>) => void} */
function check({ kernel }, { backend, digest: found, resumed, messages }, ends) {
  if (backend.kind !== kernel) throw new Failure(`runs ${backend.kind}, not ${kernel} (${backend.reason})`);
  if (found !== digest)
    throw new Failure(`trains to other bits: ${found}, not ${digest} of test/vectors/scenario.json`);
  for (const [name, digests] of Object.entries(ends)) {
    const step = digests.findIndex((digest, step) => resumed[name][step] !== digest);
    if (step >= 0) throw new Failure(`resumes ${name} from step ${step} of Node to other bits than Node's`);
  }
  if (messages === undefined) return;
  const warning = `adam-wasm: WebAssembly SIMD cannot run here (${backend.reason}); plain JavaScript does the same, bit for bit, twenty times slower`;
  const expected = kernel === "wasm" ? [] : [warning];
  if (messages.join("\n") !== expected.join("\n")) throw new Failure(`says ${JSON.stringify(messages)}`);
}
