/** The same training in JavaScript: softmax regression on made-up rows, with its gradient written out. */

import { AdamW, Parameter, StepLR } from "adam-wasm";
import { loadFile, saveFile } from "adam-wasm/checkpoint/node";

const [ROWS, FEATURES, CLASSES] = [32, 6, 3];
const INPUTS = Array.from({ length: ROWS }, (_, row) =>
  Array.from({ length: FEATURES }, (_, feature) => (((7 * row + 13 * feature + row * feature) % 17) - 8) / 8),
);

/** Trains up to step `last`, from a file or from the beginning, and saves. Resolves to the loss. */
export async function train(path, last, { isNew }) {
  const model = { weight: Parameter.zeros([CLASSES, FEATURES]), bias: Parameter.zeros([CLASSES]) };
  const optimizer = new AdamW(Object.entries(model), { lr: 0.05 });
  const scheduler = new StepLR(optimizer, { stepSize: 15, gamma: 0.5 });
  const parts = { model, optimizer, scheduler };
  const { steps } = /** @type {{ steps: number }} */ (isNew ? { steps: 0 } : await loadFile(path, parts));
  for (let step = steps; step < last; step++) {
    const { weight, bias } = gradients(model);
    model.weight.grad = weight;
    model.bias.grad = bias;
    optimizer.step();
    scheduler.step();
  }
  await saveFile(path, { ...parts, steps: last });
  return gradients(model).loss;
}

/** Gradients of the mean cross entropy, and that itself. */
function gradients(model) {
  const [weights, biases] = [model.weight.data, model.bias.data];
  const weight = new Float32Array(weights.length);
  const bias = new Float32Array(biases.length);
  let loss = 0;
  for (const [row, input] of INPUTS.entries()) {
    const logits = Array.from(biases, (b, k) =>
      input.reduce((sum, x, feature) => sum + weights[k * FEATURES + feature] * x, b),
    );
    const exponentials = logits.map(Math.exp);
    const total = exponentials.reduce((sum, x) => sum + x, 0);
    loss += (Math.log(total) - logits[row % CLASSES]) / ROWS;
    for (const [k, exponential] of exponentials.entries()) {
      const error = (exponential / total - (k === row % CLASSES ? 1 : 0)) / ROWS;
      bias[k] += error;
      for (const [feature, x] of input.entries()) weight[k * FEATURES + feature] += error * x;
    }
  }
  return { weight, bias, loss };
}
