// TensorFlow.js computes gradients, adam-wasm steps: npm install @tensorflow/tfjs adam-wasm

import * as tf from "@tensorflow/tfjs";
import { AdamW, Parameter } from "adam-wasm";

// XOR: the smallest problem that needs a hidden layer.
const inputs = [0, 1, 2, 3].map((i) => [i >> 1, i & 1]);
const x = tf.tensor2d(inputs);
const y = tf.tensor2d([[0], [1], [1], [0]]);
const model = (w1, b1, w2, b2) => x.matMul(w1).add(b1).tanh().matMul(w2).add(b2);
const gradients = tf.valueAndGrads((...weights) => tf.losses.sigmoidCrossEntropy(y, model(...weights)));

const normal = (shape, seed) => Parameter.from(tf.randomNormal(shape, 0, 1, "float32", seed).dataSync(), { shape });
const parameters = [normal([2, 8], 1), Parameter.zeros([8]), normal([8, 1], 2), Parameter.zeros([1])];
const optimizer = new AdamW(parameters, { lr: 0.05 });
const tensors = () => parameters.map((parameter) => tf.tensor(parameter.data, parameter.shape));

for (let step = 0; step < 200; step++) {
  tf.tidy(() => {
    const { value, grads } = gradients(tensors());
    for (const [i, grad] of grads.entries()) parameters[i].grad = grad.dataSync();
    if (step % 50 === 0) console.log(`step ${step}: loss ${value.dataSync()[0].toFixed(3)}`);
  });
  optimizer.step();
}
const scores = model(...tensors()).dataSync();
console.log(inputs.map((pair, i) => `${pair.join(" xor ")} = ${Number(scores[i] > 0)}`).join(", "));
