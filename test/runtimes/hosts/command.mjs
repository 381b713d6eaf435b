/** Hosts that are a command: it runs one of the application's programs, which prints its report. */

import { run } from "../../../scripts/lib/exec.mjs";

/**
 * Runs a command in the application's folder.
 *
 * @param {string} name of the host
 * @param {string} app
 * @param {string[]} command
 * @param {Record<string, string>} [env]
 * @returns {Promise<import("../hosts.mjs").Report>}
 */
export async function runCommand(name, app, command, env = {}) {
  const log = `runtime-${name.replace(/\W+/g, "-")}`;
  const output = await run(log, command, { cwd: app, env: { NODE_OPTIONS: "", ...env } });
  const lines = output.split("\n");
  const messages = lines.filter((line) => line.startsWith("adam-wasm: "));
  return { messages, ...JSON.parse(lines.find((line) => line.startsWith("{"))) };
}
