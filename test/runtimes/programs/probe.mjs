/**
 * What each host is asked: how long the package takes to load and to step for the first time, what it trains, and what it
 * makes of trainings that Node has begun.
 */

import { run } from "./scenario.mjs";

/** Loads the package by `load`, which is the host's own way, and trains. */
export async function probe(load) {
  const start = performance.now();
  const package_ = await load();
  const loaded = performance.now();
  step(package_);
  const stepped = performance.now();
  const trained = await run(package_);
  const { resume } = await import("./resume.mjs");
  return { importTime: loaded - start, firstStep: stepped - loaded, ...trained, resumed: await resume() };
}

function step({ Adam, Parameter }) {
  const parameter = Parameter.zeros([1000]);
  const optimizer = new Adam([parameter]);
  parameter.grad = new Float32Array(1000).fill(1);
  optimizer.step();
}
