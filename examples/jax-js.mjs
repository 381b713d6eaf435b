// jax-js computes gradients, adam-wasm steps: npm install @jax-js/jax adam-wasm

import { numpy as np, random, valueAndGrad } from "@jax-js/jax";
import { AdamW, Parameter } from "adam-wasm";

// XOR: the smallest problem that needs a hidden layer. jax-js frees what it has used, unless it is given a `.ref`.
const inputs = [0, 1, 2, 3].map((i) => [i >> 1, i & 1]);
const x = np.array(inputs);
const y = np.array([[0], [1], [1], [0]]);
const model = ([w1, b1, w2, b2]) => np.matmul(np.tanh(np.matmul(x.ref, w1).add(b1)), w2).add(b2);
const gradients = valueAndGrad((weights) => np.square(model(weights).sub(y.ref)).mean());

const normal = (shape, seed) => Parameter.from(random.normal(random.key(seed), shape).dataSync(), { shape });
const parameters = [normal([2, 8], 1), Parameter.zeros([8]), normal([8, 1], 2), Parameter.zeros([1])];
const optimizer = new AdamW(parameters, { lr: 0.05 });
const arrays = () => parameters.map((parameter) => np.array(parameter.data, { shape: parameter.shape }));

for (let step = 0; step < 200; step++) {
  const [loss, grads] = gradients(arrays());
  for (const [i, grad] of grads.entries()) parameters[i].grad = grad.dataSync();
  if (step % 50 === 0) console.log(`step ${step}: loss ${loss.item().toFixed(3)}`);
  else loss.dispose();
  optimizer.step();
}
const answers = Array.from(model(arrays()).dataSync(), Math.round);
console.log(inputs.map((pair, i) => `${pair.join(" xor ")} = ${answers[i]}`).join(", "));
