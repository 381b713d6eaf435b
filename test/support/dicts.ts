/** Small state dicts. */

import { Adam, Parameter, type StateDict } from "adam-wasm";

/** A tensor with one dimension. */
export const tensor = (...values: number[]) => ({
  dtype: "float32" as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

/** One parameter that has been stepped twice by Adam. */
export function saved(): StateDict {
  const parameter = Parameter.from([1, 2]);
  const optimizer = new Adam([parameter], { lr: 0.1 });
  for (let step = 1; step <= 2; step++) {
    parameter.grad = [step, -1];
    optimizer.step();
  }
  return optimizer.stateDict();
}

/** An Adam that such a dict fits. */
export const fresh = () => new Adam([Parameter.from([1, 2])]);
