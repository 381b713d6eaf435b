/** TensorFlow.js: 14 kernels for each tensor, in JavaScript or in WebAssembly SIMD; no threads in Node. */

import { HYPERPARAMETERS } from "../lib/agreement.mjs";
import { packages } from "./packages.mjs";

const BACKENDS = ["cpu", "wasm"];

/** @type {import("../contestants/index.mjs").Source} */
export const TFJS = {
  names: BACKENDS.map((backend) => `tfjs ${backend}`),
  external: true,
  find: async () => {
    const { file, loadCommon, version } = await packages();
    const tf = loadCommon("@tensorflow/tfjs");
    const { setWasmPaths } = loadCommon("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(file("@tensorflow/tfjs-backend-wasm/wasm-out/"));
    tf.enableProdMode();
    for (const backend of BACKENDS) {
      if (!(await tf.setBackend(backend))) throw new Error(`tfjs has no backend ${backend}`);
    }
    const [cpu, wasm] = BACKENDS.map((backend) => (data) => make(tf, backend, data));
    const common = { version: version("@tensorflow/tfjs") };
    return [
      { ...common, most: 1e6, make: cpu },
      { ...common, make: wasm },
    ];
  },
};

let made = 0;

async function make(tf, backend, data) {
  const { lr, beta1, beta2, eps } = HYPERPARAMETERS;
  await tf.setBackend(backend);
  made += 1;
  const variables = data.params().map((values, i) => tf.variable(tf.tensor1d(values), true, `${made}-${i}`));
  const gradients = data.grads().map((values, i) => ({ name: variables[i].name, tensor: tf.tensor1d(values) }));
  const optimizer = tf.train.adam(lr, beta1, beta2, eps);
  const step = () => optimizer.applyGradients(gradients);
  return {
    // Tensors live in their backend: a step in another one would move them.
    time: async (repeats) => {
      await tf.setBackend(backend);
      const start = process.hrtime.bigint();
      for (let i = 0; i < repeats; i++) step();
      tf.tidy(() => variables[0].slice([0], [1]).dataSync());
      return Number(process.hrtime.bigint() - start);
    },
    params: () => variables.map((variable) => variable.dataSync()),
    setGrads: async (values) => {
      await tf.setBackend(backend);
      for (const [i, gradient] of gradients.entries()) {
        gradient.tensor.dispose();
        gradient.tensor = tf.tensor1d(values[i]);
      }
    },
    dispose: () => {
      optimizer.dispose();
      for (const { tensor } of gradients) tensor.dispose();
      for (const variable of variables) variable.dispose();
    },
  };
}
