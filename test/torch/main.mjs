/**
 * `npm run test:torch`: trainings that PyTorch begins, this package goes on with, and PyTorch ends, through files,
 * against PyTorch alone on the same gradients; and one that goes through two processes of PyTorch's. Prints a table, and
 * exits with 1 if one ends further away than it may.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { run } from "../../scripts/lib/exec.mjs";
import { main } from "../../scripts/lib/main.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { scratch } from "../../scripts/lib/scratch.mjs";
import { step } from "../../scripts/lib/step.mjs";
import { needTorch } from "../../scripts/setup/torch.mjs";
import { distributed } from "./distributed.mjs";
import { goOn } from "./here.mjs";
import { BEGIN, END, HERE, RUNS } from "./list.mjs";

// Kernels without FMA, which round every operation as WebAssembly does.
const PLAIN = { ATEN_CPU_CAPABILITY: "default" };

await main(async () => {
  const python = await needTorch();
  await step("unit tests of adam_wasm_checkpoint", () =>
    run("torch-unit", [python, "-m", "unittest", "discover", "-s", "tests"], { cwd: inRoot("interop/python") }),
  );
  const folder = scratch("torch");
  const verdicts = [printed(await bothWays(python, folder)), await distributed(python, folder)];
  return verdicts.every(Boolean) ? 0 : 1;
});

/** Resolves to how each run ended. */
async function bothWays(python, folder) {
  const half = (name) =>
    step(`PyTorch: ${name}`, () =>
      run(`torch-${name}`, [python, inRoot("test/torch/runs.py"), name, folder], { env: PLAIN }),
    );
  writeFileSync(join(folder, "runs.json"), JSON.stringify({ begin: BEGIN, end: END, runs: RUNS }));
  await half("begin");
  await step("adam-wasm: go on", async () => {
    for (const [i, each] of RUNS.entries()) {
      await goOn(each, join(folder, `${i}-torch.safetensors`), join(folder, `${i}-here.safetensors`), HERE);
    }
  });
  await half("end");
  return JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
}

/** Prints the table; whether all is as near as it must be. */
function printed(results) {
  const table = new Table({
    head: ["run", "torch", "here", "steps", "largest difference", "may be", "equal bits", ""],
    style: { head: [], border: [], compact: true },
  });
  const steps = `${BEGIN} + ${HERE - BEGIN} + ${END - HERE}`;
  // As bits, where it has to be none: NaN is no number at a distance.
  const verdicts = RUNS.map(({ within }, i) => {
    const { largest, equal, count } = results[i];
    return within === 0 ? equal === count : largest <= within;
  });
  for (const [i, { name, torch, exact, within }] of RUNS.entries()) {
    const { largest, equal, count } = results[i];
    const way = torch?.fused ? "fused" : torch?.foreach ? "foreach" : "for-loop";
    const bits = `${equal} of ${count}`;
    const row = [name, way, exact ? "exact" : "default", steps, largest.toExponential(1), within, bits];
    table.push([...row, verdicts[i] ? "ok" : "FAILED"]);
  }
  console.log(table.toString());
  return verdicts.every(Boolean);
}
