/** Wrong options and gradients of the optimizers beside Adam, in torch's words; nothing is changed by any of them. */

import * as wasm from "adam-wasm";
import { Adam, AdamW, Parameter, type Params, SGD, SparseAdam, SparseTensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { FAMILY } from "./support/family.js";
import { expectError, thrownBy } from "./support/rejects.js";
import { bytesOf } from "./support/snapshot.js";
import { model, setGradients, train, VARIANTS } from "./support/variants.js";

type Row = readonly [name: string, options: object, message: string, type?: ErrorConstructor];

const INDEX = (index: number) => `Invalid beta parameter at index ${index}`;

/** What all with betas have in common. */
const BETAS: readonly (readonly [options: object, message: string])[] = [
  [{ betas: [1, 0] }, `${INDEX(0)}: 1`],
  [{ betas: [0, 1] }, `${INDEX(1)}: 1`],
  [{ betas: [Number.NaN, 0] }, `${INDEX(0)}: NaN`],
  [{ betas: [0.9] }, "betas must be a pair of numbers, got [0.9]"],
  [{ lr: -1 }, "Invalid learning rate: -1"],
  [{ lr: Number.NaN }, "Invalid learning rate: NaN"],
  [{ lr: Infinity }, "Invalid learning rate: Infinity"],
  [{ eps: -1e-8 }, "Invalid epsilon value: -1e-8"],
];

const ROWS: readonly Row[] = [
  ...["SparseAdam", "Adamax", "NAdam", "RAdam"].flatMap((name) => BETAS.map((row): Row => [name, ...row])),
  ...["SGD", "Adamax", "NAdam", "RAdam"].map(
    (name): Row => [name, { weightDecay: -1 }, "Invalid weight_decay value: -1"],
  ),
  ["SparseAdam", { lr: -1 }, "Invalid learning rate: -1"],
  ["SparseAdam", { eps: 0 }, "Invalid epsilon value: 0"],
  [
    "SparseAdam",
    { weightDecay: 0.1 },
    'SparseAdam has no option "weightDecay"; known are lr, betas, eps, maximize',
    TypeError,
  ],
  ["NAdam", { momentumDecay: -0.2 }, "Invalid momentum_decay value: -0.2"],
  ["NAdam", { momentumDecay: Number.NaN }, "Invalid momentum_decay value: NaN"],
  ["NAdam", { momentumDecay: "0" }, 'Invalid momentum_decay value: "0"', TypeError],
  ["NAdam", { momentum_decay: 0 }, 'NAdam has no option "momentum_decay"; did you mean "momentumDecay"?', TypeError],
  ["RAdam", { decoupledWeightDecay: 1 }, "decoupledWeightDecay must be a boolean, got 1", TypeError],
  ["SGD", { lr: -1 }, "Invalid learning rate: -1"],
  ["SGD", { lr: Number.NaN }, "Invalid learning rate: NaN"],
  ["SGD", { momentum: -0.5 }, "Invalid momentum value: -0.5"],
  ["SGD", { momentum: Number.NaN }, "Invalid momentum value: NaN"],
  ["SGD", { momentum: null }, "Invalid momentum value: null", TypeError],
  ["SGD", { dampening: Infinity }, "Invalid dampening value: Infinity"],
  ["SGD", { dampening: "0.1" }, 'Invalid dampening value: "0.1"', TypeError],
  ["SGD", { weightDecay: Number.NaN }, "Invalid weight_decay value: NaN"],
  ["SGD", { nesterov: 1 }, "nesterov must be a boolean, got 1", TypeError],
  ["SGD", { nesterov: true }, "Nesterov momentum requires a momentum and zero dampening"],
  [
    "SGD",
    { differentiable: true },
    "differentiable: true has no meaning here; leave it out, every step is one fused pass",
  ],
];

describe("an option is refused", () => {
  for (const [name, options, message, type = RangeError] of ROWS) {
    test(`${name}: ${message}`, () => {
      const make = (params: Params<object>, options?: object) => FAMILY[name].create(wasm, params, options);
      const expected = { type, code: "ERR_OPTION", message };
      const groups = () => [{ params: [Parameter.zeros([2])] }, { params: [Parameter.zeros([2])], ...options }];
      expectError(
        thrownBy(() => make([Parameter.zeros([2])], options)),
        expected,
      );
      expectError(
        thrownBy(() => make(groups())),
        expected,
      );

      const optimizer = make([Parameter.zeros([2])]);
      const before = optimizer.stateDict();
      expectError(
        thrownBy(() => optimizer.addParamGroup({ params: [Parameter.zeros([2])], ...options })),
        expected,
      );
      expect(optimizer.stateDict()).toEqual(before);
      const [option] = Object.keys(options);
      if (!(option in optimizer.paramGroups[0])) return;
      expectError(
        thrownBy(() => Object.assign(optimizer.paramGroups[0], options)),
        expected,
      );
      expect(optimizer.stateDict()).toEqual(before);
    });
  }
});

test("SparseAdam does not begin with a learning rate of 0", () => {
  const parameter = Parameter.zeros([2]);
  const optimizer = new SparseAdam([Parameter.zeros([2])]);
  for (const act of [
    () => new SparseAdam([parameter], { lr: 0 }),
    () => new SparseAdam([{ params: [parameter], lr: 0 }]),
    () => optimizer.addParamGroup({ params: [parameter], lr: 0 }),
  ]) {
    expectError(thrownBy(act), { type: RangeError, code: "ERR_OPTION", message: "Invalid learning rate: 0" });
  }
});

describe("SGD's nesterov needs momentum and no dampening", () => {
  const message = "Nesterov momentum requires a momentum and zero dampening";

  test.each([{ momentum: 0 }, { dampening: 0.1 }])("also when %o is assigned, or said by a group", (options) => {
    const optimizer = new SGD([Parameter.zeros([2])], { momentum: 0.9, nesterov: true });
    const before = optimizer.stateDict();
    for (const act of [
      () => Object.assign(optimizer.paramGroups[0], options),
      () => optimizer.addParamGroup({ params: [Parameter.zeros([2])], ...options }),
    ]) {
      expectError(thrownBy(act), { type: RangeError, code: "ERR_OPTION", message });
      expect(optimizer.stateDict()).toEqual(before);
    }
  });

  test("and may be assigned where both are right", () => {
    const optimizer = new SGD([Parameter.zeros([2])], { momentum: 0.9, dampening: 0.5 });
    expect(() => Object.assign(optimizer.paramGroups[0], { nesterov: true })).toThrow(message);
    optimizer.paramGroups[0].dampening = 0;
    optimizer.paramGroups[0].nesterov = true;
    expect(optimizer.paramGroups[0].nesterov).toBe(true);
  });
});

describe("a gradient of the wrong kind is refused by the step, and the next one is that of an optimizer which never saw it", () => {
  const refused = Object.entries(VARIANTS).filter(([name]) => !name.startsWith("SGD"));

  test.each(refused)("%s", (name, { make, isSparse = false }) => {
    const [disturbed, twin] = [model(), model()].map((each) => ({ each, optimizer: make(each) }));
    for (const { each, optimizer } of [disturbed, twin]) train(optimizer, each, 1, 9, isSparse);
    const before = disturbed.optimizer.stateDict();
    const bytes = disturbed.each.parameters.map(bytesOf);

    setGradients(disturbed.each, 10, isSparse);
    // The last but one of four, so that others could have been moved before.
    const late = disturbed.each.parameters[2];
    late.grad = isSparse ? [1, 2, 3] : SparseTensor.coo([[0]], [1], { shape: [3] });
    const [own, other] = [name.split(" ")[0], isSparse ? "Adam" : "SparseAdam"];
    const message = `${own} does not support ${isSparse ? "dense" : "sparse"} gradients, please consider ${other} instead`;
    const error = thrownBy(() => disturbed.optimizer.step());
    expectError(error, { type: TypeError, code: "ERR_OPTION", message });
    expect(disturbed.optimizer.stateDict()).toEqual(before);
    expect(disturbed.each.parameters.map(bytesOf)).toEqual(bytes);

    for (const { each, optimizer } of [disturbed, twin]) train(optimizer, each, 10, 12, isSparse);
    expect(disturbed.each.parameters.map(bytesOf)).toEqual(twin.each.parameters.map(bytesOf));
    expect(disturbed.optimizer.stateDict()).toEqual(twin.optimizer.stateDict());
  });

  test("a frozen parameter may have any", () => {
    for (const optimizer of [Adam, AdamW].map((Class) => new Class([Parameter.zeros([3], { requiresGrad: false })]))) {
      optimizer.paramGroups[0].params[0].grad = SparseTensor.coo([[0]], [1], { shape: [3] });
      optimizer.step();
      expect(optimizer.state.size).toBe(0);
    }
  });

  test("SGD takes sparse ones but for weight decay, also when that is assigned later", () => {
    const parameter = Parameter.from([1, 2, 3], { name: "embedding" });
    const optimizer = new SGD([parameter], { lr: 1 });
    parameter.grad = SparseTensor.coo([[1]], [1], { shape: [3] });
    optimizer.step();
    expect([...parameter.data]).toEqual([1, 1, 3]);
    optimizer.paramGroups[0].weightDecay = 0.1;
    const message = 'weightDecay is not compatible with sparse gradients, and Parameter "embedding" has one';
    expectError(
      thrownBy(() => optimizer.step()),
      { type: TypeError, code: "ERR_OPTION", message },
    );
    expect([...parameter.data]).toEqual([1, 1, 3]);
    optimizer.paramGroups[0].weightDecay = 0;
    optimizer.step();
    expect([...parameter.data]).toEqual([1, 0, 3]);
  });
});
