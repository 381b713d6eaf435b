// Estimates mean and spread of a sample by maximum likelihood: deno run deno.ts (no permission is needed)

import { Adam, type Betas, Parameter } from "npm:adam-wasm";

const sample: number[] = [4.1, 5.3, 4.7, 6.2, 5.0, 5.9, 4.4, 5.6];
const betas: Betas = [0.9, 0.99];
const mean = Parameter.from([0], { name: "mean" });
const logSpread = Parameter.from([0], { name: "logSpread" });
const optimizer = new Adam([mean, logSpread], { lr: 0.05, betas });

/** Negative log-likelihood of a normal distribution; leaves its gradients in the parameters. */
function closure(): number {
  const spread = Math.exp(logSpread.item());
  const scores = sample.map((value) => (value - mean.item()) / spread);
  const squares = scores.reduce((sum, score) => sum + score ** 2, 0) / sample.length;
  mean.grad = [-scores.reduce((sum, score) => sum + score, 0) / sample.length / spread];
  logSpread.grad = [1 - squares];
  return logSpread.item() + squares / 2;
}

let loss = 0;
for (let step = 0; step < 1000; step++) loss = optimizer.step(closure);
console.log(`mean ${mean.item().toFixed(3)}, spread ${Math.exp(logSpread.item()).toFixed(3)}, loss ${loss.toFixed(3)}`);
