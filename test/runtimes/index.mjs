/** The package in real runtimes: each must run the kernel that is expected there, and train to the same bits. */

import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Failure } from "../../scripts/lib/exec.mjs";
import { locked } from "../../scripts/lib/lock.mjs";
import { explain } from "../../scripts/lib/main.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { step } from "../../scripts/lib/step.mjs";
import { makeApp } from "./app.mjs";
import { HOSTS } from "./hosts.mjs";
import { table } from "./table.mjs";

const { digest } = JSON.parse(readFileSync(inRoot("test/vectors/scenario.json"), "utf8"));

/**
 * Tries hosts and prints what they said; resolves to how many passed and failed.
 *
 * @param {{ quick?: boolean, names?: string[] }} which all hosts, those of `npm test`, or those with such a name
 */
export async function testRuntimes({ quick = false, names = [] }) {
  const isNamed = ({ name }) =>
    names.length === 0 || names.some((part) => name.toLowerCase().includes(part.toLowerCase()));
  const hosts = HOSTS.filter((host) => isNamed(host) && (host.quick || !quick));
  if (hosts.length === 0)
    throw new Failure(`There is no such host; there are ${HOSTS.map(({ name }) => name).join("; ")}`);

  const programs = await locked(() => findAll(hosts));
  const app = makeApp();
  const results = await inTurns(hosts, (host) => tryHost(host, programs.get(host.find), app));
  console.log(table(results));
  const failed = results.filter(({ error }) => error !== null);
  for (const { host, error } of failed) {
    console.error(`\n${host.name}:`);
    explain(error);
  }
  return { passed: results.length - failed.length, failed: failed.length, skipped: 0 };
}

/** Gets each program once; a map from how it is found to the promise of its path. */
async function findAll(hosts) {
  const programs = new Map();
  for (const { find } of hosts) if (!programs.has(find)) programs.set(find, find());
  await Promise.allSettled(programs.values());
  return programs;
}

/** Runs `work` on every item, as many at a time as there are cores. */
async function inTurns(items, work) {
  const results = Array(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

/** @typedef {{ host: import("./hosts.mjs").Host, report: import("./hosts.mjs").Report | null, error: Error | null }} Result */

/** @returns {Promise<Result>} */
async function tryHost(host, found, app) {
  let report = null;
  try {
    const program = await found;
    await step(host.name, async () => {
      report = await host.run(program, app);
      check(host, report);
    });
    return { host, report, error: null };
  } catch (error) {
    return { host, report, error };
  }
}

/** @type {(host: import("./hosts.mjs").Host, report: import("./hosts.mjs").Report) => void} */
function check({ kernel }, { backend, digest: found, messages }) {
  if (backend.kind !== kernel) throw new Failure(`runs ${backend.kind}, not ${kernel} (${backend.reason})`);
  if (found !== digest)
    throw new Failure(`trains to other bits: ${found}, not ${digest} of test/vectors/scenario.json`);
  if (messages === undefined) return;
  const warning = `adam-wasm: WebAssembly SIMD cannot run here (${backend.reason}); plain JavaScript does the same, bit for bit, ten times slower`;
  const expected = kernel === "wasm" ? [] : [warning];
  if (messages.join("\n") !== expected.join("\n")) throw new Failure(`says ${JSON.stringify(messages)}`);
}
