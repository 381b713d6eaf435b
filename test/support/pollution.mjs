/** Puts options on Object.prototype, as careless or hostile code may. */

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

for (const [name, value] of Object.entries(POLLUTION)) {
  Object.defineProperty(Object.prototype, name, { value, enumerable: true, writable: true, configurable: true });
}
