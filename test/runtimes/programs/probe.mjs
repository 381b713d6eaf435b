/** What each host is asked: how long the package takes to load and to step for the first time, and what it trains. */

import { run } from "./scenario.mjs";

/** Loads the package by `load`, which is the host's own way, and trains. */
export async function probe(load) {
  const start = performance.now();
  const package_ = await load();
  const loaded = performance.now();
  step(package_);
  const stepped = performance.now();
  return { importTime: loaded - start, firstStep: stepped - loaded, ...(await run(package_)) };
}

function step({ Adam, Parameter }) {
  const parameter = Parameter.zeros([1000]);
  const optimizer = new Adam([parameter]);
  parameter.grad = new Float32Array(1000).fill(1);
  optimizer.step();
}
