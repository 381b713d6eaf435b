/** PyTorch for the CPU, and what it needs to read and write checkpoints, in `.tools/torch`. */

import { readFileSync } from "node:fs";
import { ask, Failure, run } from "../lib/exec.mjs";
import { locked } from "../lib/lock.mjs";
import { inRoot, inTools } from "../lib/paths.mjs";
import { step } from "../lib/step.mjs";

const windows = process.platform === "win32";
const folder = inTools("torch");
const requirements = inRoot("scripts/setup/torch-requirements.txt");

/** Its Python, whether it is there or not. */
export const python = inTools("torch", windows ? "Scripts/python.exe" : "bin/python");

const packages = () =>
  readFileSync(requirements, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("=="));

/** Whether all packages can be imported, in the versions that are asked for. A build may be named behind a plus. */
export async function hasTorch() {
  const names = packages().map(([name]) => name);
  const program = `import json, ${names}; print(json.dumps([each.__version__ for each in (${names},)]))`;
  const found = JSON.parse((await ask(python, ["-c", program])) ?? "[]");
  return packages().every(([, version], i) => found[i]?.split("+")[0] === version);
}

/** Installs what is missing, some gigabytes. Resolves to its Python. */
export async function needTorch() {
  if (!(await hasTorch())) await locked(install);
  return python;
}

async function install() {
  // Whoever had the lock before may have done it.
  if (await hasTorch()) return;
  await step("PyTorch", async () => {
    if ((await ask(python, ["-m", "pip", "--version"])) === null)
      await run("torch-venv", [windows ? "python" : "python3", "-m", "venv", folder]);
    await run("torch", [python, "-m", "pip", "install", "-r", requirements]);
  });
  if (!(await hasTorch())) throw new Failure("PyTorch was installed into .tools/torch, and cannot be imported");
}
