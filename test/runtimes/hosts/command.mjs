/** Hosts that are a command: it runs one of the application's programs, which prints its report. */

import { Failure, run } from "../../../scripts/lib/exec.mjs";

/**
 * Runs a command in the application's folder.
 *
 * @param {string} name of the host
 * @param {string[]} command
 * @param {import("../hosts.mjs").Where} where
 * @param {Record<string, string>} [env]
 * @returns {Promise<import("../hosts.mjs").Report>}
 */
export async function runCommand(name, command, { app, signal }, env = {}) {
  const log = `runtime-${name.replace(/\W+/g, "-")}`;
  const output = await run(log, command, { cwd: app, signal, env: { NODE_OPTIONS: "", ...env } });
  const lines = output.split("\n");
  const messages = lines.filter((line) => line.startsWith("adam-wasm: "));
  const report = lines.find((line) => line.startsWith("{"));
  if (report === undefined) throw new Failure("printed no report", output);
  return { messages, ...JSON.parse(report) };
}
