/** A scalar loop in Rust behind wasm-bindgen, which copies parameters and gradients in and parameters out. */

import { readFileSync } from "node:fs";
import { HYPERPARAMETERS } from "../lib/agreement.mjs";
import { packages } from "./packages.mjs";

const NAME = "ruvector-attention-wasm";

/** @type {import("../contestants/index.mjs").Source} */
export const RUVECTOR = {
  names: [NAME],
  external: true,
  find: async () => {
    const { file, load, version } = await packages();
    const { initSync, WasmAdam } = await load(`${NAME}/ruvector_attention_wasm.js`);
    initSync({ module: readFileSync(file(NAME, "ruvector_attention_wasm_bg.wasm")) });
    return [{ version: version(NAME), make: (data) => make(WasmAdam, data) }];
  },
};

/** Its betas and eps are fixed, and torch's. */
function make(WasmAdam, data) {
  const [params, grads] = [data.params(), data.grads()];
  const optimizers = params.map(({ length }) => new WasmAdam(length, HYPERPARAMETERS.lr));
  return {
    step: () => {
      for (let i = 0; i < optimizers.length; i++) optimizers[i].step(params[i], grads[i]);
    },
    params: () => params,
    setGrads: (values) => {
      for (const [i, grad] of grads.entries()) grad.set(values[i]);
    },
    dispose: () => {
      for (const optimizer of optimizers) optimizer.free();
    },
  };
}
