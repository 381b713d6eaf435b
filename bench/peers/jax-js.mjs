/** jax-js: Adam written in its numpy, compiled by `jit` into three kernels for each tensor. */

import { HYPERPARAMETERS } from "../lib/agreement.mjs";
import { packages } from "./packages.mjs";

/** @type {import("../contestants/index.mjs").Source} */
export const JAX_JS = {
  names: ["jax-js jit"],
  external: true,
  find: async () => {
    const { load, version } = await packages();
    const jax = await load("@jax-js/jax/dist/index.js");
    await jax.init("wasm");
    jax.defaultDevice("wasm");
    return [{ version: version("@jax-js/jax"), mostTensors: 200, make: (data) => make(jax, data) }];
  },
};

/** It frees what it has used, unless it is given a `.ref`. */
function make({ jit, numpy: np, tree }, data) {
  const { lr, beta1, beta2, eps } = HYPERPARAMETERS;
  const update = jit((params, expAvg, expAvgSq, grads, stepSize, scale) => {
    const moments = expAvg.map((m, i) => m.ref.add(grads[i].ref.sub(m).mul(1 - beta1)));
    const squares = expAvgSq.map((v, i) => v.mul(beta2).add(grads[i].ref.mul(grads[i]).mul(1 - beta2)));
    const moved = params.map((p, i) => {
      const denom = np.sqrt(squares[i].ref).mul(scale.ref).add(eps);
      return p.sub(moments[i].ref.mul(stepSize.ref).div(denom));
    });
    stepSize.dispose();
    scale.dispose();
    return [moved, moments, squares];
  });
  const arrays = (values) => values.map((each) => np.array(each));
  let grads = arrays(data.grads());
  let params = arrays(data.params());
  let expAvg = data.lengths.map((length) => np.zeros([length]));
  let expAvgSq = data.lengths.map((length) => np.zeros([length]));
  let t = 0;
  return {
    step: () => {
      t += 1;
      const stepSize = np.array(lr / (1 - beta1 ** t));
      const scale = np.array(1 / Math.sqrt(1 - beta2 ** t));
      [params, expAvg, expAvgSq] = update(params, expAvg, expAvgSq, tree.ref(grads), stepSize, scale);
      // It queues work: only a value that is read is there.
      for (const param of params) param.ref.slice([0, 1]).dataSync();
    },
    params: () => params.map((param) => param.ref.dataSync()),
    setGrads: (values) => {
      for (const grad of grads) grad.dispose();
      grads = arrays(values);
    },
    dispose: () => {
      for (const array of [...params, ...expAvg, ...expAvgSq, ...grads]) array.dispose();
    },
  };
}
