/**
 * Who is compared. A contestant takes parameters and gradients of its own and returns `step()`, one Adam update of all
 * of them, and `params()`, where they are now.
 */

import { Adam, Parameter, Tensor } from "adam-wasm";

/** Through the public API, gradients standing in tensors that are written in place. */
function ours(options) {
  return ({ params, grads }) => {
    const parameters = params.map((values) => Parameter.from(values));
    const gradients = grads.map((values) => Tensor.from(values));
    for (const [i, parameter] of parameters.entries()) parameter.grad = gradients[i];
    const optimizer = new Adam(parameters, options);
    return {
      step: () => optimizer.step(),
      params: () => parameters.map(({ data }) => data),
      dispose: () => {
        for (const disposable of [optimizer, ...parameters, ...gradients]) disposable.dispose();
      },
    };
  };
}

/** The same with `zeroGrad()` and every gradient assigned anew in each step. */
function assigning({ params, grads }) {
  const parameters = params.map((values) => Parameter.from(values));
  const gradients = grads.map((values) => Tensor.from(values));
  const optimizer = new Adam(parameters);
  return {
    step: () => {
      optimizer.zeroGrad();
      for (let i = 0; i < parameters.length; i++) parameters[i].grad = gradients[i];
      optimizer.step();
    },
    params: () => parameters.map(({ data }) => data),
    dispose: () => {
      for (const disposable of [optimizer, ...parameters, ...gradients]) disposable.dispose();
    },
  };
}

/** The loop people write: f64 arithmetic on Float32Arrays. */
function plainLoop({ params, grads }) {
  const [lr, beta1, beta2, eps] = [1e-3, 0.9, 0.999, 1e-8];
  const zeros = () => params.map(({ length }) => new Float32Array(length));
  const [expAvg, expAvgSq] = [zeros(), zeros()];
  let t = 0;
  return {
    step: () => {
      t += 1;
      const scale = 1 / Math.sqrt(1 - beta2 ** t);
      const stepSize = -lr / (1 - beta1 ** t);
      for (let k = 0; k < params.length; k++) {
        adamLoop(params[k], grads[k], expAvg[k], expAvgSq[k], 1 - beta1, beta2, 1 - beta2, scale, stepSize, eps);
      }
    },
    params: () => params,
    dispose: () => {},
  };
}

function adamLoop(p, g, m, v, c1, b2, c2, scale, stepSize, eps) {
  for (let i = 0; i < p.length; i++) {
    const gi = g[i];
    const mi = m[i] + c1 * (gi - m[i]);
    const vi = b2 * v[i] + c2 * gi * gi;
    m[i] = mi;
    v[i] = vi;
    p[i] += (stepSize * mi) / (Math.sqrt(vi) * scale + eps);
  }
}

export const CONTESTANTS = [
  { name: "plain JS loop", make: plainLoop },
  { name: "adam-wasm", make: ours({}) },
  { name: "adam-wasm exact", make: ours({ exact: true }) },
  { name: "adam-wasm, grads assigned", make: assigning },
];
