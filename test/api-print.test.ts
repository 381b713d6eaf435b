/** What people see: tensors and optimizers as text, in torch's layout. */

import { inspect } from "node:util";
import { Adam, AdamW, AveragedModel, Parameter, StepLR, SWATS, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";

describe("a tensor", () => {
  const rows: readonly (readonly [tensor: Tensor, text: string])[] = [
    [Tensor.from(1.5), "tensor(1.5)"],
    [Tensor.from([1, -2.5, 1 / 3]), "tensor([      1,    -2.5, 0.33333])"],
    [
      Tensor.from([
        [1, 2],
        [3, 40],
      ]),
      "tensor([[ 1,  2],\n        [ 3, 40]])",
    ],
    [
      Tensor.from([
        [[1], [2]],
        [[3], [4]],
      ]),
      "tensor([[[1],\n         [2]],\n\n        [[3],\n         [4]]])",
    ],
    [Tensor.from([1, 2], { dtype: "float64" }), "tensor([1, 2], dtype=float64)"],
    [Tensor.from([-0, Number.NaN, Number.POSITIVE_INFINITY]), "tensor([      -0,      NaN, Infinity])"],
    [Tensor.from([1_234_567, 16_777_216]), "tensor([ 1234567, 16777216])"],
    [Tensor.from(Float64Array.of(123_456.75, -1.5e300)), "tensor([   1.2346e+5, -1.5000e+300], dtype=float64)"],
    [Tensor.zeros([0]), "tensor([])"],
    [Tensor.zeros([2, 0]), "tensor([[],\n        []], size=[2,0])"],
    [
      Tensor.from(Float32Array.from({ length: 1001 }, (_, i) => i)),
      "tensor([   0,    1,    2, ...,  998,  999, 1000])",
    ],
    [Parameter.from([1, 2]), "Parameter containing:\ntensor([1, 2])"],
  ];
  test.each(rows)("%o", (tensor, text) => {
    expect(String(tensor)).toBe(text);
    expect(inspect(tensor)).toBe(text);
  });

  test("of many elements is shown by its edges", () => {
    const lines = String(Tensor.zeros([40, 50])).split("\n");
    expect(lines).toHaveLength(7);
    expect(lines[3]).toBe("        ...,");
    expect(lines[0]).toBe("tensor([[0, 0, 0, ..., 0, 0, 0],");
  });

  test("of many dimensions is shown, though its edges are a quarter of a million elements", () => {
    expect(String(Tensor.zeros([7, 7, 7, 7, 7, 7, 7])).match(/0/g)).toHaveLength(6 ** 7);
  });

  test("has a name for messages of others", () => {
    expect(Object.prototype.toString.call(Tensor.zeros([1]))).toBe("[object Tensor]");
    expect(Object.prototype.toString.call(Parameter.zeros([1]))).toBe("[object Parameter]");
  });
});

test("optimizers and schedulers have names for messages of others", () => {
  const optimizer = new AdamW([Parameter.zeros([1])]);
  expect(Object.prototype.toString.call(optimizer)).toBe("[object AdamW]");
  expect(Object.prototype.toString.call(new StepLR(optimizer, { stepSize: 1 }))).toBe("[object StepLR]");
});

const OPTIONS = `
    amsgrad: false
    betas: [0.9,0.999]
    decoupledWeightDecay: false
    eps: 1e-8
    epsilonHat: false
    exact: false
    lr: 0.001
    maximize: false
    weightDecay: 0`;

describe("an optimizer", () => {
  test("shows groups and options, sorted", () => {
    const optimizer = new Adam([Parameter.zeros([2])]);
    expect(String(optimizer)).toBe(`Adam (\nParameter Group 0${OPTIONS}\n)`);
    expect(inspect(optimizer)).toBe(String(optimizer));
  });

  test("shows what a group has of its own, and what was assigned", () => {
    const optimizer = new AdamW([{ params: Parameter.zeros([2]), name: "head" }, { params: [] }]);
    optimizer.paramGroups[0].lr = 0.5;
    const [head, other] = String(optimizer).split("\n\n");
    expect(head).toMatch(/^AdamW \(\nParameter Group 0\n {4}name: head\n {4}amsgrad: false\n[\s\S]* {4}lr: 0\.5\n/);
    expect(other).toMatch(
      /^Parameter Group 1\n {4}amsgrad: false\n[\s\S]* {4}lr: 0\.001\n {4}maximize: false\n {4}weightDecay: 0\.01\n\)$/,
    );
  });

  test("shows itself after it was disposed, too", () => {
    const optimizer = new Adam([Parameter.zeros([2])]);
    const text = String(optimizer);
    optimizer.dispose();
    expect(String(optimizer)).toBe(text);
  });
});

test("what goes beside an optimizer shows how far it is", () => {
  const parameter = Parameter.from([1, 2]);
  const model = new AveragedModel([parameter], { decay: 0.9 });
  model.updateParameters();
  expect(inspect(model)).toBe("AveragedModel(parameters=1, nAveraged=1, decay=0.9)");
  expect(String(new AveragedModel([parameter]))).toBe("AveragedModel(parameters=1, nAveraged=0)");
  expect(inspect(new SWATS(new Adam([parameter])))).toBe("SWATS(lr=NaN, settled=false)");
});

test("a tensor is values in JSON, from which it can be made again", () => {
  const text = JSON.stringify({ weight: Parameter.from([[0.5, 1]], { dtype: "float64", name: "weight" }) });
  expect(text).toBe('{"weight":{"dtype":"float64","shape":[1,2],"data":[0.5,1]}}');
  const { data, ...options } = JSON.parse(text).weight;
  expect(Parameter.from(data, options).shape).toEqual([1, 2]);
});

test("groups and state are shown with their values", () => {
  const parameter = Parameter.from([1, 2]);
  const optimizer = new Adam([["weight", parameter]], { lr: 0.5 });
  expect(inspect(optimizer.paramGroups[0])).toMatch(
    /params: \[[\s\S]*tensor\(\[1, 2\]\)[\s\S]*paramNames: \[ 'weight' \],\n {2}lr: 0\.5,/,
  );
  expect(inspect(optimizer.state)).toBe("Map(0) {}");
  parameter.grad = [1, 0];
  optimizer.step();
  expect(inspect(optimizer.state.get(parameter))).toMatch(/^\{\n? *step: 1,\s*expAvg: tensor/);
  expect(inspect(optimizer.state)).toMatch(
    /^Map\(1\) \{[\s\S]* => \{\n? *step: 1,\n? *expAvg: tensor\(\[0\.1, +0\]\),/,
  );
});
