/** State dicts of a wrong form, or with wrong options: the error says what, and nothing is changed. */

import { inGroup, inState, put, testMisfits, without } from "./support/dicts.js";

testMisfits("a dict of a wrong form", [
  ["null", () => null, "state dict must be an object, got null", TypeError, "ERR_OPTION"],
  ["an array", () => [1], "state dict must be an object, got [1]", TypeError, "ERR_OPTION"],
  [
    "without state",
    put({ state: undefined }),
    "state of a state dict must be an object, got undefined",
    TypeError,
    "ERR_OPTION",
  ],
  [
    "whose state is an array",
    put({ state: [] }),
    "state of a state dict must be an object, got []",
    TypeError,
    "ERR_OPTION",
  ],
  [
    "without groups",
    put({ param_groups: undefined }),
    "param_groups of a state dict must be an array, got undefined",
    TypeError,
    "ERR_OPTION",
  ],
  [
    "whose groups are an object",
    put({ param_groups: { 0: {} } }),
    /^param_groups of a state dict must be an array/,
    TypeError,
    "ERR_OPTION",
  ],
  [
    "with a group that is none",
    put({ param_groups: [1, 2, 3] }),
    "group of a state dict must be an object, got 1",
    TypeError,
    "ERR_OPTION",
  ],
  [
    "with a group without params",
    inGroup(1, { params: 2 }),
    "params of a group must be an array, got 2",
    TypeError,
    "ERR_OPTION",
  ],
  [
    "with an id that is none",
    inGroup(1, { params: [1.5] }),
    "params of a group must hold the ids of parameters, got 1.5",
    TypeError,
    "ERR_OPTION",
  ],
  [
    "with functions",
    put({ note: () => 1 }),
    "the state dict has an entry that cannot be copied: note",
    TypeError,
    "ERR_OPTION",
  ],
  [
    "with functions in a group",
    inGroup(0, { note: () => 1 }),
    "the group of a state dict has an entry that cannot be copied: note",
    TypeError,
    "ERR_OPTION",
  ],
  [
    "with functions in a state",
    inState(1, { note: () => 1 }),
    'the state of Parameter "bias" has an entry that cannot be copied: note',
    TypeError,
    "ERR_OPTION",
  ],
]);

testMisfits("a dict with wrong options", [
  [
    "without a learning rate",
    without((d) => d.param_groups[0], "lr"),
    "the state dict has no lr, so it is not one of Adam",
  ],
  [
    "without betas in the last group",
    without((d) => d.param_groups[2], "betas"),
    "the state dict has no betas, so it is not one of Adam",
  ],
  [
    "without amsgrad, as RAdam's",
    without((d) => d.param_groups[0], "amsgrad"),
    "the state dict has no amsgrad, so it is not one of Adam",
  ],
  [
    "with a learning rate of NaN",
    inGroup(0, { lr: Number.NaN }),
    "Invalid learning rate: NaN",
    RangeError,
    "ERR_OPTION",
  ],
  [
    "with an infinite learning rate",
    inGroup(2, { lr: Infinity }),
    "Invalid learning rate: Infinity",
    RangeError,
    "ERR_OPTION",
  ],
  ["with a learning rate below 0", inGroup(0, { lr: -1 }), "Invalid learning rate: -1", RangeError, "ERR_OPTION"],
  ["with a learning rate in words", inGroup(0, { lr: "1" }), 'Invalid learning rate: "1"', TypeError, "ERR_OPTION"],
  [
    "with three betas",
    inGroup(0, { betas: [0.9, 0.9, 0.9] }),
    "betas must be a pair of numbers, got [0.9, 0.9, 0.9]",
    RangeError,
    "ERR_OPTION",
  ],
  [
    "with a beta of 1",
    inGroup(0, { betas: [0.9, 1] }),
    "Invalid beta parameter at index 1: 1",
    RangeError,
    "ERR_OPTION",
  ],
  ["with an eps of NaN", inGroup(0, { eps: Number.NaN }), "Invalid epsilon value: NaN", RangeError, "ERR_OPTION"],
  [
    "with a decay below 0",
    inGroup(0, { weight_decay: -0.1 }),
    "Invalid weight_decay value: -0.1",
    RangeError,
    "ERR_OPTION",
  ],
  [
    "with a flag that is a number",
    inGroup(0, { maximize: 1 }),
    "maximize must be a boolean, got 1",
    TypeError,
    "ERR_OPTION",
  ],
  [
    "with an infinite initial rate",
    inGroup(0, { initial_lr: Infinity }),
    "Invalid initialLr: Infinity",
    RangeError,
    "ERR_OPTION",
  ],
]);
