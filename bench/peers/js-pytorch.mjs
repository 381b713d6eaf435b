/** js-pytorch: operations over nested JavaScript arrays. */

import { HYPERPARAMETERS } from "../lib/agreement.mjs";
import { packages } from "./packages.mjs";

/** @type {import("../contestants/index.mjs").Source} */
export const JS_PYTORCH = {
  names: ["js-pytorch"],
  external: true,
  find: async () => {
    const { load, version } = await packages();
    const { torch } = await load("js-pytorch/dist/index.mjs");
    return [
      {
        version: version("js-pytorch"),
        differs: "it corrects no bias, so its parameters move otherwise than torch's",
        most: 1e6,
        make: (data) => make(torch, data),
      },
    ];
  },
};

function make(torch, data) {
  const { lr, beta1, beta2, eps } = HYPERPARAMETERS;
  const params = data.params().map((values) => new torch.Parameter(Array.from(values)));
  const tensors = (arrays) => arrays.map((values) => torch.tensor(Array.from(values)));
  let grads = tensors(data.grads());
  const assign = () => {
    for (let i = 0; i < params.length; i++) params[i]._grad = grads[i];
  };
  assign();
  const optimizer = new torch.optim.Adam(params, lr, 0, [beta1, beta2], eps);
  return {
    step: () => {
      optimizer.step();
      // Else its graph grows with every step.
      optimizer.zero_grad();
      assign();
    },
    params: () => params.map(({ _data }) => _data),
    setGrads: (values) => {
      grads = tensors(values);
      assign();
    },
  };
}
