/** PyTorch on the CPU: its loop over tensors, its lists of tensors, and its fused kernel, on one thread and on two. */

import { existsSync, rmSync } from "node:fs";
import { ask as askOnce, Failure, run } from "../../scripts/lib/exec.mjs";
import { inRoot, inTools } from "../../scripts/lib/paths.mjs";
import { step } from "../../scripts/lib/step.mjs";
import { startProgram } from "../lib/program.mjs";

const WAYS = ["default", "foreach", "fused"];
const CONTESTANTS = [1, 2].flatMap((threads) =>
  WAYS.map((way) => ({
    kind: `${way}-${threads}`,
    name: `PyTorch ${way}, ${threads === 1 ? "1 thread" : "2 threads"}`,
  })),
);

const folder = inTools("torch");
const windows = process.platform === "win32";
const python = inTools("torch", windows ? "Scripts/python.exe" : "bin/python");
const isThere = () => askOnce(python, ["-c", "import torch"]);

/** @type {import("../contestants/index.mjs").Source} */
export const TORCH = {
  names: CONTESTANTS.map(({ name }) => name),
  external: true,
  find: async ({ torch }) => {
    if (torch) await install();
    if ((await isThere()) === null) {
      throw new Failure("it is not in .tools/torch; npm run bench -- --torch installs it, some gigabytes, first");
    }
    const { ask, make } = startProgram("bench.py", [python, inRoot("bench/peers/torch/bench.py")]);
    const version = await ask("version");
    return CONTESTANTS.map(({ kind }) => ({ version, make: (data) => make(kind, data) }));
  },
};

/** Makes an environment with it in `.tools/torch`, if there is none. */
async function install() {
  if (existsSync(folder) && (await isThere()) !== null) return;
  rmSync(folder, { recursive: true, force: true });
  await step("PyTorch", async () => {
    await run("torch-venv", [windows ? "python" : "python3", "-m", "venv", folder]);
    await run("torch", [python, "-m", "pip", "install", "-r", inRoot("bench/peers/torch/requirements.txt")]);
  });
}
