/** The scenario where somebody has put options on Object.prototype, before or after the package was loaded. */

import { run } from "../support/scenario.mjs";

const POLLUTION = {
  lr: 1,
  betas: [0, 0],
  eps: 1,
  weightDecay: 1,
  amsgrad: true,
  maximize: true,
  decoupledWeightDecay: true,
  epsilonHat: true,
  exact: true,
  foreach: true,
  learning_rate: 1,
  params: [],
  paramNames: ["polluted"],
  name: "polluted",
  requiresGrad: false,
  shape: [1],
  dtype: "float64",
  initialLr: 1,
  setToNone: "polluted",
  step: 5,
  default: 1,
  check: () => 1,
};

function pollute() {
  for (const [name, value] of Object.entries(POLLUTION)) {
    Object.defineProperty(Object.prototype, name, { value, enumerable: true, writable: true, configurable: true });
  }
}

if (process.argv[2] === "before") pollute();
const adam = await import("adam-wasm");
if (process.argv[2] === "after") pollute();

const { Adam, Parameter } = adam;
const named = Object.entries({ weight: Parameter.zeros([2]), bias: Parameter.zeros([1]) });
const { name, paramNames, params, initialLr } = new Adam(named).paramGroups[0];
new Adam([{ params: [Parameter.zeros([1])] }]).zeroGrad({});

const result = await run(adam);
console.log(
  JSON.stringify({
    ...result,
    group: { name: name ?? null, paramNames, params: params.length, initialLr: initialLr ?? null },
  }),
);
