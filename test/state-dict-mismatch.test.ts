/** State dicts of another model, or whose state is none of Adam: the error says where, and nothing is changed. */

import type { StateDict } from "adam-wasm";
import { inGroup, inState, put, tensor, testMisfits, without } from "./support/dicts.js";

/** Changes a moment of the first parameter. */
const inMoment = (entries: object) => (dict: StateDict) => {
  Object.assign(dict.state[0].exp_avg as object, entries);
  return dict;
};

testMisfits("a dict of another model", [
  [
    "of fewer groups",
    (d) => ({ ...d, param_groups: d.param_groups.slice(1) }),
    "loaded state dict has a different number of parameter groups: expected 3, found 2",
  ],
  [
    "of more groups",
    (d) => ({ ...d, param_groups: [...d.param_groups, ...d.param_groups] }),
    "loaded state dict has a different number of parameter groups: expected 3, found 6",
  ],
  [
    "of fewer parameters",
    inGroup(0, { params: [0] }),
    "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: expected 2 parameters, found 1",
  ],
  ["of more parameters", inGroup(1, { params: [2, 7, 8] }), /expected 1 parameters, found 3$/],
  ["with a parameter twice in a group", inGroup(0, { params: [0, 0] }), "the state dict has parameter 0 in two places"],
  ["with a parameter in two groups", inGroup(1, { params: ["1"] }), "the state dict has parameter 1 in two places"],
  [
    "with the state of a parameter in no group",
    (d) => ({ ...d, state: { ...d.state, 9: d.state[0] } }),
    "the state dict has state for parameter 9, which is in no group",
  ],
  [
    "with names for one group",
    inGroup(1, { param_names: ["scale"] }),
    "the state dict has names for the parameters of some groups only",
  ],
  [
    "with too few names",
    inGroup(0, { param_names: ["weight"] }),
    'param_names of a group must name its 2 parameters, got ["weight"]',
    RangeError,
    "ERR_OPTION",
  ],
  [
    "with names that are none",
    inGroup(0, { param_names: ["weight", 2] }),
    'param_names of a group must name its 2 parameters, got ["weight", 2]',
    TypeError,
    "ERR_OPTION",
  ],
  [
    "with a parameter's state that is none",
    put({ state: { 0: 5 } }),
    'state of Parameter "weight" must be an object, got 5',
    TypeError,
    "ERR_OPTION",
  ],
  [
    "with another shape",
    inMoment({ shape: [3, 2] }),
    'exp_avg of Parameter "weight" has shape [3,2] in the state dict, expected [2,3]',
  ],
  [
    "with another number of dimensions",
    inMoment({ shape: [6] }),
    'exp_avg of Parameter "weight" has shape [6] in the state dict, expected [2,3]',
  ],
  [
    "with too few elements",
    inMoment({ data: new Float32Array(5) }),
    'exp_avg of Parameter "weight" has 5 elements in the state dict, expected 6',
  ],
  [
    "with another dtype",
    inMoment({ data: new Float64Array(6) }),
    'exp_avg of Parameter "weight" has Float64Array elements in the state dict, expected float32',
  ],
  [
    "with integers",
    inMoment({ data: new Int32Array(6) }),
    'exp_avg of Parameter "weight" has Int32Array elements in the state dict, expected float32',
  ],
  [
    "with tensors as JSON makes them",
    (d) => JSON.parse(JSON.stringify(d)),
    'exp_avg of Parameter "weight" must be a tensor, { dtype, shape, data }, got an object (Object); ' +
      "JSON loses typed arrays, adam-wasm/checkpoint keeps them",
  ],
  ["with a moment without shape", inMoment({ shape: undefined }), /^exp_avg of Parameter "weight" must be a tensor/],
  [
    "with null for a moment",
    inState(0, { exp_avg: null }),
    'exp_avg of Parameter "weight" must be a tensor, { dtype, shape, data }, got null',
  ],
  [
    "with a later parameter of another shape",
    inState(1, { exp_avg_sq: tensor(1) }),
    'exp_avg_sq of Parameter "bias" has shape [1] in the state dict, expected [3]',
  ],
]);

testMisfits("a dict with a wrong state", [
  [
    "without a step",
    without((d) => d.state[0], "step"),
    'state of Parameter "weight" has no step, so it is not one of Adam',
  ],
  [
    "without a moment",
    without((d) => d.state[1], "exp_avg_sq"),
    'state of Parameter "bias" has no exp_avg_sq, so it is not one of Adam',
  ],
  [
    "without a maximum for amsgrad",
    without((d) => d.state[2], "max_exp_avg_sq"),
    "state of Parameter of shape [2] has no max_exp_avg_sq, so it is not one of Adam",
  ],
  [
    "with a negative step",
    inState(0, { step: -1 }),
    'step in the state of Parameter "weight" must be an integer from 0 up, got -1',
  ],
  [
    "with half a step",
    inState(0, { step: 1.5 }),
    'step in the state of Parameter "weight" must be an integer from 0 up, got 1.5',
  ],
  ["with a step that is not a number", inState(0, { step: Number.NaN }), /must be an integer from 0 up, got NaN$/],
  [
    "with a step beyond the integers",
    inState(0, { step: 2 ** 53 }),
    /must be an integer from 0 up, got 9007199254740992$/,
  ],
  ["with a step in words", inState(0, { step: "2" }), /must be an integer from 0 up, got "2"$/],
  [
    "with half a step in a tensor",
    inState(0, { step: { dtype: "float32", shape: [], data: Float32Array.of(0.5) } }),
    /must be an integer from 0 up, got 0.5$/,
  ],
  [
    "with several steps in a tensor",
    inState(0, { step: tensor(1, 2) }),
    /must be an integer from 0 up, got an object \(Object\)$/,
  ],
  [
    "with moments at step 0",
    inState(0, { step: 0 }),
    'state of Parameter "weight" is that of step 0, but not what it is before the first step',
  ],
]);
