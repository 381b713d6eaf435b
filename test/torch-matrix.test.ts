/**
 * What torch asks of each of its optimizers in each of its CPU configurations (test/test_optim.py, TestOptimRenewed), through
 * the public API and, where two implementations are compared, on both kernels. README.md maps every test of torch's.
 */

import * as wasm from "adam-wasm";
import {
  ConstantLR,
  ExponentialLR,
  LinearLR,
  type LRScheduler,
  Parameter,
  PolynomialLR,
  ReduceLROnPlateau,
  SGD,
  SparseTensor,
  StepLR,
  Tensor,
} from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectSameBits, type Floats, floats } from "./support/bits.js";
import { type AnyOptimizer, CONFIGS, FAMILY, type Member } from "./support/family.js";
import { normals } from "./support/noise.js";
import { gradientFor, PACKAGES, stateOf } from "./support/packages.js";
import type { Package } from "./support/second-copy.js";
import { gradients, SHAPES, START } from "./support/sigmoid-net.js";

type Schedulers = (optimizer: AnyOptimizer) => LRScheduler[];

/** The sets of schedulers that torch pairs with Adam; the other optimizers get the last. */
const SCHEDULERS: readonly Schedulers[] = [
  (o) => [new ExponentialLR(o, { gamma: 0.9 })],
  (o) => [new LinearLR(o, { startFactor: 0.4, totalIters: 4 })],
  (o) => [new ConstantLR(o, { factor: 0.4, totalIters: 4 }), new ExponentialLR(o, { gamma: 0.9 })],
  (o) => [new ExponentialLR(o, { gamma: 0.9 }), new ReduceLROnPlateau(o)],
  (o) => [new ConstantLR(o, { factor: 0.4, totalIters: 4 })],
  (o) => [new PolynomialLR(o, { power: 0.9, totalIters: 4 })],
  (o) => [new StepLR(o, { gamma: 0.9, stepSize: 10 }), new ReduceLROnPlateau(o)],
];

const [INPUT, WEIGHT, BIAS] = [normals(41, 0, 5), normals(42, 0, 50), normals(43, 0, 10)];

/** Σ (Wx + b)², its gradients, and the loss of torch's tests of direction. */
function squares(weight: Floats, bias: Floats) {
  const rows = [...bias].map((b, i) => INPUT.reduce((sum, x, k) => sum + weight[5 * i + k] * x, b));
  return {
    loss: rows.reduce((sum, row) => sum + row * row, 0),
    dWeight: floats(
      "float32",
      rows.flatMap((row) => INPUT.map((x) => 2 * row * x)),
    ),
    dBias: floats(
      "float32",
      rows.map((row) => 2 * row),
    ),
  };
}

/** Loss before and after 20 steps. */
function descend(member: Member, make: (weight: Parameter, bias: Parameter) => AnyOptimizer, schedulers?: Schedulers) {
  const [weight, bias] = [Parameter.from(WEIGHT), Parameter.from(BIAS)];
  const optimizer = make(weight, bias);
  const scheduled = schedulers?.(optimizer) ?? [];
  const loss = () => squares(weight.data as Floats, bias.data as Floats);
  const before = loss().loss;
  for (let step = 0; step < 20; step++) {
    const { dWeight, dBias, loss: now } = loss();
    weight.grad = gradientFor(member, wasm, dWeight);
    bias.grad = gradientFor(member, wasm, dBias);
    optimizer.step();
    for (const scheduler of scheduled) {
      if (scheduler instanceof ReduceLROnPlateau) scheduler.step(now);
      else scheduler.step();
    }
  }
  return { before, after: loss().loss, weight, bias };
}

type Options = Readonly<{ lr: number; weightDecay?: number; maximize?: boolean; momentum?: number }>;

const rows = CONFIGS.map(([name, options, member]) => ({ name, options: options as Options, member }));

function expectRightDirection({ before, after }: { before: number; after: number }, { maximize }: Options) {
  if (maximize) expect(after).toBeGreaterThan(before);
  else expect(after).toBeLessThan(before);
}

describe.each(rows)("$name $options", ({ name, options, member }) => {
  const create = (params: wasm.Params<{ lr: number }>) => member.create(wasm, params, options);
  const gradient = gradientFor(member, wasm, floats("float32", normals(44, 1, 50)));
  const sets = name === "Adam" ? SCHEDULERS : SCHEDULERS.slice(-1);

  test("goes in the right direction", () => {
    expectRightDirection(
      descend(member, (weight, bias) => create([weight, bias])),
      options,
    );
  });

  test.each(sets)("goes in the right direction with schedulers: %s", (schedulers) => {
    const one = (weight: Parameter, bias: Parameter) => create([weight, bias]);
    const two = (weight: Parameter, bias: Parameter) => create([{ params: [weight] }, { params: [bias], lr: 0.01 }]);
    for (const make of [one, two]) expectRightDirection(descend(member, make, schedulers), options);
  });

  test("a group at lr 1e-28 stays where it is", () => {
    const { bias, weight } = descend(member, (w, b) =>
      create([
        { params: [w], lr: 0.01 },
        { params: [b], lr: 1e-28 },
      ]),
    );
    expectSameBits(bias.data as Floats, floats("float32", BIAS), "bias");
    expect(weight.data).not.toEqual(floats("float32", WEIGHT));
  });

  test("without gradients a step does nothing, but calls the closure", () => {
    const parameter = Parameter.from(WEIGHT);
    const optimizer = create([parameter]);
    let calls = 0;
    expect(optimizer.step(() => ++calls)).toBe(1);
    expect(optimizer.state.get(parameter)).toBeUndefined();
    expectSameBits(parameter.data as Floats, floats("float32", WEIGHT), "parameter");
  });

  test("gradients are never written to", () => {
    const parameter = Parameter.from(WEIGHT);
    const optimizer = create([parameter]);
    parameter.grad = gradient instanceof SparseTensor ? gradient : Tensor.from(gradient);
    const { grad } = parameter;
    const values = () => (grad instanceof SparseTensor ? grad.data : grad?.data) as Floats;
    const before = values().slice() as Floats;
    for (let step = 0; step < 5; step++) optimizer.step();
    expectSameBits(values(), before, "gradient");
    expect(parameter.grad).toBe(grad);
  });

  test("can be printed", () => {
    const lines = create([Parameter.from(WEIGHT)])
      .toString()
      .split("\n");
    expect(lines.slice(0, 2)).toEqual([`${name} (`, "Parameter Group 0"]);
    for (const [option, value] of Object.entries(options)) expect(lines).toContain(`    ${option}: ${value}`);
  });

  test("state is there after a step, and not before", () => {
    const parameter = Parameter.from(WEIGHT);
    const optimizer = create([parameter]);
    expect([...optimizer.state]).toEqual([]);
    parameter.grad = gradient;
    optimizer.step();
    const keeps = name !== "SGD" || options.momentum !== undefined;
    expect(Object.keys(stateOf(optimizer, parameter)).length > 0).toBe(keeps);
  });
});

const dense = rows.filter(({ member }) => member.sparse !== "always");

describe.each(dense)("$name $options, on dense gradients", ({ options, member }) => {
  test("a group without decay of its own goes in the right direction, too", () => {
    const groups = (weight: Parameter, bias: Parameter) => [{ params: [weight] }, { params: [bias], weightDecay: 0 }];
    const make = (...params: [Parameter, Parameter]) =>
      member.create(wasm, groups(...params), { ...options, weightDecay: 0.5 });
    expectRightDirection(descend(member, make), options);
  });

  test("both kernels agree on a network with a missing gradient and a frozen layer", () => {
    const [module, javascript] = PACKAGES.map(([, from]) => trainNet(from, member, options));
    expect(javascript.length).toBeGreaterThanOrEqual(5);
    for (const [i, expected] of javascript.entries()) expectSameBits(module[i], expected, `array ${i}`);
  });
});

describe.each(Object.entries(FAMILY))("%s without decay", (name, member) => {
  const decay = name === "SparseAdam" ? {} : { weightDecay: 0 };
  const zero = gradientFor(member, wasm, floats("float32", 50));
  const empty = member.sparse === "never" ? [] : [SparseTensor.coo([[]], [], { shape: [50] })];

  test.each([zero, ...empty])("is not moved by zeros, nor by a sparse gradient without rows", (gradient) => {
    const parameter = Parameter.from(WEIGHT);
    const optimizer = member.create(wasm, [parameter], decay);
    for (let step = 0; step < 5; step++) {
      parameter.grad = gradient;
      optimizer.step();
    }
    expectSameBits(parameter.data as Floats, floats("float32", WEIGHT), "parameter");
  });
});

/** Seven iterations: no gradients in the second, the first layer frozen in the third and fourth, a scalar comes last. */
function trainNet(from: Package, member: Member, options: object): Floats[] {
  const values = [...START.map((start, i) => ({ start, shape: [...SHAPES[i]] })), { start: [0.3], shape: [] }];
  const parameters = values.map(({ start, shape }) => from.Parameter.from(Float64Array.from(start), { shape }));
  const optimizer = member.create(from, parameters, options);
  for (let iteration = 0; iteration < 7; iteration++) {
    optimizer.zeroGrad();
    for (const parameter of parameters.slice(0, 2)) parameter.requiresGrad = iteration < 3 || iteration > 4;
    if (iteration !== 1) {
      const grads = [...gradients(parameters.map(({ data }) => data)), [parameters[4].data[0] * 2]];
      for (const [i, grad] of grads.entries())
        if (parameters[i].requiresGrad) parameters[i].grad = Float64Array.from(grad);
    }
    optimizer.step();
  }
  return parameters.flatMap((parameter) => [
    parameter.data as Floats,
    ...Object.values(stateOf(optimizer, parameter)).map((value) =>
      typeof value === "number" ? floats("float64", [value]) : value,
    ),
  ]);
}

describe("Rosenbrock's valley one coordinate at a time, on sparse gradients that name it twice", () => {
  test.each([
    ["SGD", 1e-3],
    ["SparseAdam", 4e-2],
  ] as const)("%s", (name, lr) => {
    const [sparse, reference] = [Parameter.from(VALLEY), Parameter.from(VALLEY)];
    const optimizer = FAMILY[name].create(wasm, [sparse], { lr });
    const plain = new SGD([reference], { lr });
    for (let step = 0; step < 1800; step++) {
      const at = step % 2;
      const g = rosenbrock(sparse.data)[at];
      sparse.grad = SparseTensor.coo([[at, at]], Float64Array.of(g / 4, g - g / 4), { shape: [2], dtype: "float64" });
      optimizer.step();
      const full = new Float64Array(2);
      full[at] = rosenbrock(reference.data)[at];
      reference.grad = full;
      plain.step();
      if (name === "SGD") expect(distance(sparse, reference.data)).toBeLessThan(5e-6);
    }
    expect(distance(sparse, [1, 1])).toBeLessThan(0.9 * Math.hypot(0.5, 0.5));
  });
});

const VALLEY = Float64Array.of(1.5, 1.5);

function rosenbrock(point: ArrayLike<number>): number[] {
  const [x, y] = [point[0], point[1]];
  return [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)];
}

function distance({ data }: Parameter, to: ArrayLike<number>): number {
  return Math.hypot(data[0] - to[0], data[1] - to[1]);
}
