/** Programs in a Node of their own: with flags, with memory that runs out, with a kernel that is to be broken. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAMS = fileURLToPath(new URL("../programs/", import.meta.url));

export interface Run {
  readonly stdout: string;
  readonly stderr: string;
}

interface Where {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a command to its end; fails with all it said if that is not a good one. */
export function run(command: string, args: readonly string[], { cwd = ROOT, env = {} }: Where = {}): Run {
  const options = {
    cwd,
    // What it prints is compared: no wishes of the machine.
    env: { ...process.env, NODE_OPTIONS: "", FORCE_COLOR: undefined, ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  } as const;
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, options);
  if (status !== 0) {
    expect.fail(`${[command, ...args].join(" ")} ended with ${error ?? signal ?? status}\n${stdout}\n${stderr}`);
  }
  return { stdout, stderr };
}

/** Runs Node on `args`. */
export function node(args: readonly string[], where?: Where): Run {
  return run(process.execPath, args, where);
}

/** Runs a program of `test/programs` and returns the JSON of its last line. */
export function report<T>(program: string, flags: readonly string[] = [], args: readonly string[] = []): T {
  const { stdout } = node([...flags, `${PROGRAMS}${program}`, ...args]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}
