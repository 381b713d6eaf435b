/** interop/distributed: a training that goes on in two processes of torch's, and then here again. */

import { join } from "node:path";
import { loadFile } from "adam-wasm/checkpoint/node";
import { train } from "../../interop/distributed/here.mjs";
import { run } from "../../scripts/lib/exec.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { step } from "../../scripts/lib/step.mjs";

const [HERE, THERE, END] = [20, 40, 60];
const TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"];
const EXPECTED = "2 processes, steps 21 to 40, which kept the state of [1, 1] parameters each";
/** Sums over two halves round in another way than one over all rows. */
const WITHIN = 1e-5;

/** Prints how far it ends from a training that never left; resolves to whether that is near. */
export async function distributed(python, folder) {
  const [path, alone] = [join(folder, "distributed.safetensors"), join(folder, "alone.safetensors")];
  await train(path, HERE, { isNew: true });
  const said = await step("PyTorch: two processes", () =>
    run("torch-distributed", [python, ...TORCHRUN, inRoot("interop/distributed/continue.py"), path, `${THERE}`], {
      env: { PYTHONPATH: inRoot("interop/python"), OMP_NUM_THREADS: "1" },
    }),
  );
  const loss = await train(path, END, { isNew: false });
  const expected = await train(alone, END, { isNew: true });
  const largest = await difference(path, alone);
  const processes = said.match(/^\d+ processes.*$/m)?.[0];
  console.log(`\n${processes}`);
  console.log(`${HERE} steps here, ${THERE - HERE} there, ${END - THERE} here: loss ${loss}, ${expected} in one piece`);
  console.log(`largest difference of parameters and state: ${largest.toExponential(1)}, may be ${WITHIN}`);
  return processes === EXPECTED && largest <= WITHIN;
}

/** The largest one between numbers of parameters and state, which must be there in both files. */
async function difference(path, other) {
  const [found, expected] = await Promise.all([path, other].map(async (each) => numbersOf(await loadFile(each))));
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(...found.map((x, i) => Math.abs(x - expected[i])));
}

function numbersOf({ model, optimizer }) {
  const states = Object.values(optimizer.state).flatMap(({ step, exp_avg, exp_avg_sq }) => [
    step,
    ...exp_avg.data,
    ...exp_avg_sq.data,
  ]);
  return [...model.weight.data, ...model.bias.data, ...states, optimizer.param_groups[0].lr];
}
