/** The frame of every script: how it ends, whether by itself, by an error or by a signal. */

import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { Failure, stopCommands } from "./exec.mjs";
import { inRoot } from "./paths.mjs";
import { say } from "./step.mjs";
import { isOlder } from "./versions.mjs";

/** Prints what went wrong: a sentence for the failures we foresee, a stack for the others. */
export function explain(error) {
  if (!(error instanceof Failure)) return say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  if (error.output !== "") say(`\n${error.output}\n`);
  say(error.message);
}

/** Throws if this Node is older than what package.json asks for. */
function checkNode() {
  const wanted = JSON.parse(readFileSync(inRoot("package.json"), "utf8")).engines.node.replace(">=", "");
  const { node } = process.versions;
  if (isOlder(node, wanted)) throw new Failure(`This is Node ${node}, which is too old: install ${wanted} or later`);
}

/** Runs a script; what it resolves to is the exit code. */
export async function main(script) {
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      stopCommands();
      process.exit(128 + constants.signals[signal]);
    });
  }
  // Who reads it, such as head, may have had enough: what is under way comes to its end all the same.
  process.stdout.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== "EPIPE") throw error;
  });
  // Programs are compiled to run here, and the kernel names its own target.
  delete process.env.CARGO_BUILD_TARGET;
  try {
    checkNode();
    process.exitCode = (await script()) ?? 0;
  } catch (error) {
    explain(error);
    process.exitCode = 1;
  }
}
