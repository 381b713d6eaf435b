/**
 * Runs a command with its output in `.tools/log/<name>.log`, and shows the end of that file if the command fails.
 *
 * A file and not a pipe: a command that outlives this process (dpkg must not be stopped half-way) can still write.
 */

import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { inTools, root } from "./paths.mjs";

const TAIL_LINES = 40;

/** An error that is explained by its message alone; `output` is what the failed command printed last. */
export class Failure extends Error {
  constructor(message, output = "") {
    super(message);
    this.output = output;
  }
}

const running = new Set();

/** Stops the commands that may be stopped. */
export function stopCommands() {
  for (const child of running) child.kill("SIGTERM");
}

/**
 * Runs `command` and resolves to what it printed.
 *
 * @param {string} name of the log file
 * @param {string[]} command program and arguments
 * @param {{ env?: Record<string, string | undefined>, cwd?: string, uninterruptible?: boolean }} [options]
 */
export async function run(name, command, { env = {}, cwd = root, uninterruptible = false } = {}) {
  const log = inTools("log", `${name}.log`);
  mkdirSync(inTools("log"), { recursive: true });
  const file = openSync(log, "w");
  const [program, ...args] = command;
  // A process group of its own does not get the terminal's Ctrl-C.
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", file, file],
    detached: uninterruptible,
  });
  closeSync(file);
  if (!uninterruptible) running.add(child);
  const ending = await new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code === 0 ? "" : signal ? `ended by ${signal}` : `exit code ${code}`));
  });
  running.delete(child);
  const output = readFileSync(log, "utf8");
  if (ending === "") return output;
  const tail = output.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  throw new Failure(`\`${command.join(" ")}\` failed: ${ending} (all of its output: ${relative(root, log)})`, tail);
}

/** What a quick command prints, or `null` if it is missing or fails. */
export async function ask(program, args, env = {}) {
  return new Promise((resolve) => {
    let text = "";
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    child.stdout.on("data", (chunk) => (text += chunk));
    child.on("error", () => resolve(null));
    child.on("close", (code) => resolve(code === 0 ? text.trim() : null));
  });
}
