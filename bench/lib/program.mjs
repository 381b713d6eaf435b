/**
 * A contestant in another program: it is told on its standard input what to do, a command a line with tabs between the
 * words, and answers each with a line of JSON. `bench/native/src/main.rs` has the commands.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Failure } from "../../scripts/lib/exec.mjs";
import { split } from "./workload.mjs";

/** Starts one; it ends with this process. */
export function startProgram(name, command) {
  const child = spawn(command[0], command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
  // Nobody reads: it has ended, which is said below.
  child.stdin.on("error", () => {});
  const pipes = /** @type {import("node:net").Socket[]} */ (/** @type {unknown[]} */ ([child.stdin, child.stdout]));
  // It keeps this process alive while an answer is due, and not longer.
  const handles = [child, ...pipes];
  for (const handle of handles) handle.unref();
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "close").then(
    ([code, signal]) => new Failure(`${name} ended with ${signal ?? code}`),
    (error) => new Failure(`${name} cannot be started: ${error.message}`),
  );

  /** Resolves to the answer. */
  async function ask(...words) {
    for (const handle of handles) handle.ref();
    const answer = once(lines, "line");
    child.stdin.write(`${words.join("\t")}\n`);
    const first = await Promise.race([answer, ended]);
    for (const handle of handles) handle.unref();
    if (first instanceof Failure) throw first;
    return JSON.parse(first[0]);
  }
  let made = 0;

  /** A contestant in that program, by the name it has there. */
  async function make(kind, data) {
    const files = data.files();
    await ask("make", kind, files.params, files.grads, data.lengths.join(","));
    const index = made;
    made += 1;
    return {
      time: async (steps) => (await ask("run", index, steps)).nanoseconds,
      params: async () => {
        const file = `${files.params}-now`;
        await ask("params", index, file);
        const bytes = readFileSync(file);
        return split(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4), data.lengths);
      },
      setGrads: () => ask("grads", index, files.nextGrads),
      dispose: () => ask("drop", index),
    };
  }
  return { ask, make };
}
