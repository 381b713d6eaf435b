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

/** What ends each of the commands that may be stopped. */
const running = new Set();

/**
 * Where a command runs, and what ends it before its time.
 *
 * @typedef {{ env?: Record<string, string | undefined>, cwd?: string, signal?: AbortSignal }} Where
 */

/** Stops the commands that may be stopped. */
export function stopCommands() {
  for (const stop of running) stop();
}

/**
 * @param {string} name
 * @param {string[]} command
 * @param {Where & { detached: boolean }} options
 */
function launch(name, command, { env = {}, cwd = root, signal, detached }) {
  const [program, ...args] = command;
  const log = inTools("log", `${name}.log`);
  mkdirSync(inTools("log"), { recursive: true });
  const file = openSync(log, "w");
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", file, file],
    // A process group of its own, which does not get the terminal's Ctrl-C.
    detached,
    signal,
    killSignal: "SIGKILL",
  });
  closeSync(file);
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code === 0 ? "" : signal ? `ended by ${signal}` : `exit code ${code}`));
  });
  return { child, log, ended };
}

/**
 * Runs `command` and resolves to what it printed.
 *
 * @param {string} name of the log file
 * @param {string[]} command program and arguments
 * @param {Where & { uninterruptible?: boolean }} [options]
 */
export async function run(name, command, { uninterruptible = false, ...where } = {}) {
  const { child, log, ended } = launch(name, command, { ...where, detached: uninterruptible });
  const stop = () => child.kill("SIGTERM");
  if (!uninterruptible) running.add(stop);
  const ending = await ended;
  running.delete(stop);
  const output = readFileSync(log, "utf8");
  if (ending === "") return output;
  const tail = output.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  throw new Failure(`\`${command.join(" ")}\` failed: ${ending} (all of its output: ${relative(root, log)})`, tail);
}

/**
 * Starts a command that goes on until `stop` is called or this process ends, and with it all that it starts itself.
 *
 * @param {string} name of the log file
 * @param {string[]} command program and arguments
 * @param {Where} [where]
 */
export function start(name, command, where = {}) {
  const { child, log, ended } = launch(name, command, { ...where, detached: true });
  const end = () => {
    try {
      process.kill(-child.pid, "SIGTERM");
    } catch {
      // All of it has ended, or it never began.
    }
  };
  running.add(end);
  const stop = async () => {
    end();
    running.delete(end);
    await ended;
  };
  return { output: () => readFileSync(log, "utf8"), stop };
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
