// Fits y = a + bx + cx² + dx³ to sin(x), with gradients written by hand: node node.mjs

import { AdamW, CosineAnnealingLR, Parameter } from "adam-wasm";

const STEPS = 2000;
const xs = Float32Array.from({ length: 200 }, (_, i) => -Math.PI + (2 * Math.PI * i) / 199);
const coefficients = Parameter.from([0, 0, 0, 0], { name: "coefficients" });
const optimizer = new AdamW([coefficients], { lr: 0.05, weightDecay: 0 });
const scheduler = new CosineAnnealingLR(optimizer, { tMax: STEPS });

let loss = 0;
for (let step = 0; step < STEPS; step++) {
  const [a, b, c, d] = coefficients.data;
  const gradient = [0, 0, 0, 0];
  loss = 0;
  for (const x of xs) {
    const error = a + b * x + c * x ** 2 + d * x ** 3 - Math.sin(x);
    loss += error ** 2 / xs.length;
    for (let power = 0; power < 4; power++) gradient[power] += (2 * error * x ** power) / xs.length;
  }
  coefficients.grad = gradient;
  optimizer.step();
  scheduler.step();
}

const [a, b, c, d] = Array.from(coefficients.data, (value) => Math.abs(value).toFixed(3));
console.log(`sin(x) = ${a} + ${b}x + ${c}x² - ${d}x³, mean squared error ${loss.toFixed(4)}`);
