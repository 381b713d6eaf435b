/** The middle of a run of torch's, by this package: twins of what is in runs.py. */

import { Parameter, SparseTensor } from "adam-wasm";
import { loadFile, saveFile } from "adam-wasm/checkpoint/node";

// By names that are only known when it runs.
const adam = await import("adam-wasm");

/** Goes on from a file to step `last`, and writes another. Options come from the file, but for `exact`. */
export async function goOn(run, from, to, last) {
  const model = Object.fromEntries(
    Object.entries(run.shapes).map(([name, shape]) => [
      name,
      Parameter.zeros(shape, { dtype: run.dtype ?? "float32" }),
    ]),
  );
  const groups = (run.groups ?? [[Object.keys(run.shapes)]]).map(([names]) => ({
    params: names.map((name) => [name, model[name]]),
  }));
  const optimizer = new adam[run.optimizer](groups, run.exact ? { exact: true } : {});
  const scheduler = run.scheduler && schedulerOf(optimizer, run.scheduler);
  const stateful = { model, optimizer, ...(scheduler && { scheduler }) };
  const { steps } = /** @type {{ steps: number }} */ (await loadFile(from, stateful));
  for (let step = steps + 1; step <= last; step++) {
    for (const [index, param] of Object.values(model).entries()) param.grad = gradient(run, step, index, param);
    optimizer.step();
    scheduler?.step();
  }
  await saveFile(to, { ...stateful, steps: last });
  for (const each of [optimizer, ...Object.values(model)]) each.dispose();
}

function schedulerOf(optimizer, [name, options]) {
  const camel = (key) => key.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  const ours = Object.entries(options).map(([key, value]) => [camel(key.replace("T_", "t_")), value]);
  return new adam[name](optimizer, Object.fromEntries(ours));
}

const numbers = (seed, length) => Array.from({ length }, (_, i) => (((i * 7919 + seed * 104729) % 2003) - 1001) / 1024);

function gradient({ optimizer }, step, index, param) {
  if (index === 1 && step % 3 === 0) return null;
  const flat = numbers(step + 100 * (index + 1), param.length);
  if (optimizer !== "SparseAdam") return (param.dtype === "float64" ? Float64Array : Float32Array).from(flat);
  const [rows, columns] = param.shape;
  const chosen = [...new Set([(step * 5) % rows, (step * 7 + 1) % rows])].sort((a, b) => a - b);
  const values = chosen.map((row) => flat.slice(row * columns, (row + 1) * columns));
  return SparseTensor.coo([chosen], values, { shape: param.shape });
}
