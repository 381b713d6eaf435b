/** Wrong options, by every way in: the constructor, a group of it, a group that is added, and assignment. */

import { Adam, AdamW, Parameter } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectError, expectRejection, type Rejection, thrownBy } from "./support/rejects.js";
import { type Training, training } from "./support/training.js";

type Options = Readonly<Record<string, unknown>>;
type Way = (options: Options, training: Training) => unknown;

/** An option comes last, so that what is right before it would be kept if checks and changes were mixed. */
const WAYS: Readonly<Record<string, Way>> = {
  "the constructor": (options) => new Adam([Parameter.zeros([2])], { eps: 1e-4, ...options }),
  "a group of the constructor": (options) => new Adam([{ params: [Parameter.zeros([2])], eps: 1e-4, ...options }]),
  "the second group of the constructor": (options) => {
    const [first, second] = [Parameter.zeros([2]), Parameter.zeros([2])];
    return new Adam([{ params: [first] }, { params: [second], ...options }]);
  },
  addParamGroup: (options, { optimizer }) => {
    optimizer.addParamGroup({ params: [Parameter.zeros([2])], eps: 1e-4, ...options });
  },
};

const assignment: Way = (options, { optimizer }) => Object.assign(optimizer.paramGroups[1], options);

type Row = readonly [option: string, value: unknown, type: ErrorConstructor, message: string];

/** A number option, by torch's words for it. */
function numberRows(option: string, words: string): Row[] {
  return [
    [option, -1, RangeError, `${words}: -1`],
    [option, -Number.MIN_VALUE, RangeError, `${words}: -5e-324`],
    [option, Number.NaN, RangeError, `${words}: NaN`],
    [option, Number.POSITIVE_INFINITY, RangeError, `${words}: Infinity`],
    [option, Number.NEGATIVE_INFINITY, RangeError, `${words}: -Infinity`],
    [option, "0.1", TypeError, `${words}: "0.1"`],
    [option, null, TypeError, `${words}: null`],
    [option, true, TypeError, `${words}: true`],
    [option, 1n, TypeError, `${words}: 1n`],
    [option, [0.1], TypeError, `${words}: [0.1]`],
    [option, { value: 1 }, TypeError, `${words}: an object (Object)`],
    [option, Math.sqrt, TypeError, `${words}: function sqrt`],
  ];
}

const INDEX = (index: number) => `Invalid beta parameter at index ${index}`;
const PAIR = "betas must be a pair of numbers, got";

const ROWS: readonly Row[] = [
  ...numberRows("lr", "Invalid learning rate"),
  ...numberRows("eps", "Invalid epsilon value"),
  ...numberRows("weightDecay", "Invalid weight_decay value"),
  ["betas", [1, 0.999], RangeError, `${INDEX(0)}: 1`],
  ["betas", [-0.1, 0.999], RangeError, `${INDEX(0)}: -0.1`],
  ["betas", [Number.NaN, 0.999], RangeError, `${INDEX(0)}: NaN`],
  ["betas", ["0.9", 0.999], TypeError, `${INDEX(0)}: "0.9"`],
  ["betas", [0.9, 1], RangeError, `${INDEX(1)}: 1`],
  ["betas", [0.9, -0.1], RangeError, `${INDEX(1)}: -0.1`],
  ["betas", [0.9, Number.NaN], RangeError, `${INDEX(1)}: NaN`],
  ["betas", [0.9, null], TypeError, `${INDEX(1)}: null`],
  ["betas", [0.9, undefined], TypeError, `${INDEX(1)}: undefined`],
  ["betas", [], RangeError, `${PAIR} []`],
  ["betas", [0.9], RangeError, `${PAIR} [0.9]`],
  ["betas", [0.9, 0.99, 0.999], RangeError, `${PAIR} [0.9, 0.99, 0.999]`],
  ["betas", 0.9, TypeError, `${PAIR} 0.9`],
  ["betas", null, TypeError, `${PAIR} null`],
  ["betas", "0.9,0.999", TypeError, `${PAIR} "0.9,0.999"`],
  ["betas", { 0: 0.9, 1: 0.999, length: 2 }, TypeError, `${PAIR} an object (Object)`],
  ...["amsgrad", "maximize", "decoupledWeightDecay", "epsilonHat", "exact"].flatMap((option): Row[] => [
    [option, 1, TypeError, `${option} must be a boolean, got 1`],
    [option, "true", TypeError, `${option} must be a boolean, got "true"`],
    [option, null, TypeError, `${option} must be a boolean, got null`],
  ]),
];

/** What a row means if it comes by one of the ways. */
function rejection(way: Way, options: Options, type: ErrorConstructor, message: Rejection["message"]): Rejection {
  return { name: "", act: (training) => way(options, training), type, code: "ERR_OPTION", message };
}

describe.each(Object.keys({ ...WAYS, assignment }))("by %s", (name) => {
  const way = { ...WAYS, assignment }[name] as Way;
  test.each(ROWS)("%s: %o is rejected", (option, value, type, message) => {
    expectRejection(rejection(way, { [option]: value }, type, message));
  });
});

test("undefined is no value to assign, and counts as not given elsewhere", () => {
  expectRejection(rejection(assignment, { lr: undefined }, TypeError, "Invalid learning rate: undefined"));
  const optimizer = new Adam([{ params: [Parameter.zeros([2])], lr: undefined }], { lr: undefined, betas: undefined });
  expect(optimizer.paramGroups[0]).toMatchObject({ lr: 1e-3, betas: [0.9, 0.999] });
});

describe("an unknown option is rejected with the nearest name there is", () => {
  const KNOWN = "known are lr, betas, eps, weightDecay, amsgrad, maximize, decoupledWeightDecay, epsilonHat, exact";
  const TYPOS: readonly (readonly [option: string, hint: string])[] = [
    ["weight_decay", 'did you mean "weightDecay"?'],
    ["weightdecay", 'did you mean "weightDecay"?'],
    ["decoupled_weight_decay", 'did you mean "decoupledWeightDecay"?'],
    ["epsilon_hat", 'did you mean "epsilonHat"?'],
    ["amsGrad", 'did you mean "amsgrad"?'],
    ["maximise", 'did you mean "maximize"?'],
    ["beta", 'did you mean "betas"?'],
    ["LR", 'did you mean "lr"?'],
    ["learningRate", 'did you mean "lr"?'],
    ["learning_rate", 'did you mean "lr"?'],
    ["alpha", 'did you mean "lr"?'],
    ["epsilon", 'did you mean "eps"?'],
    ["beta1", 'did you mean "betas"?'],
    ["beta_2", 'did you mean "betas"?'],
    ["l2", 'did you mean "weightDecay"?'],
    ["momentumDecayFactor", KNOWN],
    ["__proto__", KNOWN],
    ["constructor", KNOWN],
  ];
  describe.each(Object.entries(WAYS))("by %s", (_, way) => {
    test.each(TYPOS)("%s", (option, hint) => {
      const message = `Adam has no option ${JSON.stringify(option)}; ${hint}`;
      expectRejection(rejection(way, JSON.parse(`{ ${JSON.stringify(option)}: 1 }`), TypeError, message));
    });
  });

  test.each(["learningRate", "foreach", "params2"])("a group has no place for %s either", (option) => {
    const assign = ({ optimizer }: Training) => Object.assign(optimizer.paramGroups[0], { [option]: 1 });
    // The platform's own error for an object that cannot be extended.
    expect(() => assign({ optimizer: new Adam([Parameter.zeros([1])]) } as Training)).toThrow(
      new TypeError(`Cannot add property ${option}, object is not extensible`),
    );
  });

  test.each([
    ["weight_decay", "weightDecay"],
    ["decoupled_weight_decay", "decoupledWeightDecay"],
    ["initial_lr", "initialLr"],
  ])("torch's %s, assigned to a group, is not passed over where code is not strict", (option, meant) => {
    const { optimizer } = training();
    const before = optimizer.stateDict();
    // Functions made of text are not strict, unless they say so.
    const assign = new Function("group", `group.${option} = 0.5`);
    expectError(
      thrownBy(() => assign(optimizer.paramGroups[0])),
      { type: TypeError, code: "ERR_OPTION", message: `Adam has no option "${option}"; did you mean "${meant}"?` },
    );
    expect(optimizer.stateDict()).toEqual(before);
    expect(Object.keys(optimizer.paramGroups[0])).not.toContain(option);
  });
});

describe("options of torch about how a step is computed", () => {
  const accepted: readonly Options[] = [
    { foreach: null, fused: null },
    { foreach: false, fused: false, capturable: false, differentiable: false },
    { foreach: undefined, fused: true, capturable: null, differentiable: null },
  ];
  test.each(accepted)("%o asks for nothing that is not there", (options) => {
    const optimizer = new Adam([{ params: [Parameter.zeros([2])], ...options }], options);
    expect(optimizer.paramGroups[0]).not.toHaveProperty("fused");
  });

  describe.each(Object.entries(WAYS))("by %s", (_, way) => {
    test.each(["foreach", "capturable", "differentiable"])("%s: true is rejected", (option) => {
      const message = `${option}: true has no meaning here; leave it out, every step is one fused pass`;
      expectRejection(rejection(way, { [option]: true }, RangeError, message));
    });
    test.each(["foreach", "fused", "capturable", "differentiable"])("%s of the wrong kind is rejected", (option) => {
      expectRejection(rejection(way, { [option]: "yes" }, TypeError, new RegExp(`^${option}: "yes"`)));
    });
  });
});

test("AdamW decays decoupled from the gradient, and is not talked out of it", () => {
  const optimizer = new AdamW([Parameter.zeros([2])], { decoupledWeightDecay: true });
  const message = "decoupledWeightDecay is always true in AdamW, got false; Adam has both";
  for (const act of [
    () => new AdamW([Parameter.zeros([2])], { decoupledWeightDecay: false }),
    () => optimizer.addParamGroup({ params: [Parameter.zeros([2])], decoupledWeightDecay: false }),
    () => Object.assign(optimizer.paramGroups[0], { decoupledWeightDecay: false }),
  ]) {
    expectRejection({ name: "", act, type: RangeError, code: "ERR_OPTION", message });
  }
  const act = () => new AdamW([Parameter.zeros([2])], { decoupledWeightDecay: "no" as never });
  expectRejection({ name: "", act, type: TypeError, code: "ERR_OPTION", message: /got "no"/ });
  expect(optimizer.paramGroups).toHaveLength(1);
});

describe("options that are no object are rejected", () => {
  test.each([null, 0.1, "lr", [], [0.1]])("%o", (options) => {
    const act = () => new Adam([Parameter.zeros([2])], options as object);
    expectRejection({
      name: "",
      act,
      type: TypeError,
      code: "ERR_OPTION",
      message: /^options of Adam must be an object, got .*; known are lr, betas, eps, weightDecay, /,
    });
  });
});

test("options are looked at before parameters, as torch does", () => {
  const act = () => new Adam([], { lr: -1 });
  expectRejection({ name: "", act, type: RangeError, code: "ERR_OPTION", message: "Invalid learning rate: -1" });
});
