// "Get it running with Adam first, then run SGD": when that helps and when it comes too late, on a problem with more
// weights than samples (after Wilson et al., NeurIPS 2017, arXiv 1705.08292).

import { pathToFileURL } from "node:url";
import { Adam, Parameter, SGD } from "adam-wasm";

const SAMPLES = 100;
const POSITIVES = 60;

/** Columns that are not zero. The first three say it all: the label, and two ones. The others name the sample. */
const samples = Array.from({ length: SAMPLES }, (_, i) => {
  const label = i < POSITIVES ? 1 : -1;
  const own = label === 1 ? 1 : 5;
  return { label, columns: [0, 1, 2, ...Array.from({ length: own }, (_, k) => 3 + 5 * i + k)] };
});

const valueAt = (column, label) => (column === 0 ? label : 1);

/** Half the mean squared error, and its gradient. */
function squaredLoss(weight) {
  const gradient = new Float64Array(weight.length);
  let loss = 0;
  for (const { label, columns } of samples) {
    const error = columns.reduce((sum, column) => sum + weight[column] * valueAt(column, label), -label);
    loss += (error * error) / (2 * SAMPLES);
    for (const column of columns) gradient[column] += (error * valueAt(column, label)) / SAMPLES;
  }
  return { loss, gradient };
}

/** Trains from zero with one optimizer after the other: each `[create, steps]`. */
export function train(...phases) {
  const weight = Parameter.zeros([3 + 5 * SAMPLES], { dtype: "float64" });
  for (const [create, steps] of phases) {
    const optimizer = create([weight]);
    for (let step = 0; step < steps; step++) {
      weight.grad = squaredLoss(weight.data).gradient;
      optimizer.step();
    }
    optimizer.dispose(); // Adam's moments end here; SGD starts from the weights alone.
  }
  const [w0, w1, w2] = weight.data;
  const { loss } = squaredLoss(weight.data);
  weight.dispose();
  // A new sample has no columns of its own that were trained.
  return { weights: [w0, w1, w2], loss, positivesRight: w0 + w1 + w2 > 0, negativesRight: -w0 + w1 + w2 < 0 };
}

const adam = (params) => new Adam(params);
const sgd = (params) => new SGD(params, { lr: 0.05 });

/** The four runs that tell the story. */
export const runs = {
  SGD: () => train([sgd, 20_000]),
  Adam: () => train([adam, 20_000]),
  "Adam 200, then SGD": () => train([adam, 200], [sgd, 20_000]),
  "Adam 2,000, then SGD": () => train([adam, 2000], [sgd, 20_000]),
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const yes = (right) => (right ? "right" : "wrong");
  console.log(`${"".padEnd(22)}first weights               training loss   new +1   new -1`);
  for (const [name, run] of Object.entries(runs)) {
    const { weights, loss, positivesRight, negativesRight } = run();
    const shown = weights.map((w) => w.toFixed(6)).join(" ");
    console.log(
      `${name.padEnd(22)}${shown}  ${loss.toExponential(1).padStart(14)}   ${yes(positivesRight)}    ${yes(negativesRight)}`,
    );
  }
}
