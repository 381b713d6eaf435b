/** The loop people write instead: float64 arithmetic on Float32Arrays. */

import { HYPERPARAMETERS } from "../lib/agreement.mjs";

/** @type {import("./index.mjs").Source} */
export const PLAIN_LOOP = {
  names: ["plain JS loop"],
  find: () => [{ make: (data) => makeLoop(data, adamLoop) }],
};

/** Runs `loop` over each tensor. */
export function makeLoop(data, loop, hyperparameters = HYPERPARAMETERS) {
  const { lr, beta1, beta2, eps } = hyperparameters;
  const [params, grads] = [data.params(), data.grads()];
  const zeros = () => params.map(({ length }) => new Float32Array(length));
  const [expAvg, expAvgSq] = [zeros(), zeros()];
  let t = 0;
  return {
    step: () => {
      t += 1;
      const scale = 1 / Math.sqrt(1 - beta2 ** t);
      const stepSize = -lr / (1 - beta1 ** t);
      for (let k = 0; k < params.length; k++) {
        loop(params[k], grads[k], expAvg[k], expAvgSq[k], 1 - beta1, beta2, 1 - beta2, scale, stepSize, eps);
      }
    },
    params: () => params,
    setGrads: (values) => {
      for (const [i, grad] of grads.entries()) grad.set(values[i]);
    },
    dispose: () => {},
  };
}

export function adamLoop(p, g, m, v, c1, b2, c2, scale, stepSize, eps) {
  for (let i = 0; i < p.length; i++) {
    const gi = g[i];
    const mi = m[i] + c1 * (gi - m[i]);
    const vi = b2 * v[i] + c2 * gi * gi;
    m[i] = mi;
    v[i] = vi;
    p[i] += (stepSize * mi) / (Math.sqrt(vi) * scale + eps);
  }
}
