/** PyTorch on the CPU: its loop over tensors, its lists of tensors, and its fused kernel, on one thread and on two. */

import { Failure } from "../../scripts/lib/exec.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { hasTorch, needTorch, python } from "../../scripts/setup/torch.mjs";
import { startProgram } from "../lib/program.mjs";

const WAYS = ["default", "foreach", "fused"];
const CONTESTANTS = [1, 2].flatMap((threads) =>
  WAYS.map((way) => ({
    kind: `${way}-${threads}`,
    name: `PyTorch ${way}, ${threads === 1 ? "1 thread" : "2 threads"}`,
  })),
);

/** @type {import("../contestants/index.mjs").Source} */
export const TORCH = {
  names: CONTESTANTS.map(({ name }) => name),
  external: true,
  find: async ({ torch }) => {
    if (torch) await needTorch();
    else if (!(await hasTorch())) {
      throw new Failure(
        ".tools/torch has not all of torch-requirements.txt; npm run bench -- --torch installs it, some gigabytes, first",
      );
    }
    const { ask, make } = startProgram("bench.py", [python, inRoot("bench/peers/torch/bench.py")]);
    const version = await ask("version");
    return CONTESTANTS.map(({ kind }) => ({ version, make: (data) => make(kind, data) }));
  },
};
