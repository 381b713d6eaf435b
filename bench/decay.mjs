/**
 * A dead unit: gradients of zero until both moments have decayed. Without the flush they stay subnormal, and a step
 * costs 3 to 40 times as much for ever.
 */

import { Adam, Parameter, Tensor } from "adam-wasm";

const LENGTH = 10_000;
const STEPS = 5000;
const WINDOW = 1000;

/** Nanoseconds a step takes at first, with normal gradients, and in the last steps with gradients of zero. */
export function measureDecay() {
  const parameter = Parameter.from(new Float32Array(LENGTH).fill(0.5));
  const grad = Tensor.from(new Float32Array(LENGTH).fill(0.01));
  parameter.grad = grad;
  const optimizer = new Adam([parameter], { betas: [0.9, 0.9] });
  const window = () => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < WINDOW; i++) optimizer.step();
    return Number(process.hrtime.bigint() - start) / WINDOW;
  };
  window();
  const normal = Math.min(window(), window());
  grad.fill(0);
  let last = 0;
  for (let i = 0; i < STEPS / WINDOW; i++) last = window();
  for (const disposable of [optimizer, parameter, grad]) disposable.dispose();
  return { normal, last };
}
