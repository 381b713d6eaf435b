/** What `loadStateDict` takes over, and what of the optimizer stays. */

import { Adam, NAdam, type Optimizer, Parameter, SGD, StepLR, type TensorState } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { fresh, saved, tensor } from "./support/dicts.js";
import { model, train, VARIANTS } from "./support/variants.js";

describe.each(Object.entries(VARIANTS))("%s", (_, { make, isSparse }) => {
  test("loads what it saved, and copies it", () => {
    const trained = model();
    const optimizer = make(trained);
    train(optimizer, trained, 1, 9, isSparse);
    const dict = optimizer.stateDict();
    const kept = structuredClone(dict);

    const other = model();
    const loaded = make(other);
    loaded.loadStateDict(dict);
    for (const each of Object.values(dict.state)) {
      for (const value of Object.values(each)) (value as { data?: Float32Array }).data?.fill(7);
    }
    (dict.param_groups[0].betas as number[] | undefined)?.fill(0);
    expect(loaded.stateDict()).toEqual(kept);
  });
});

test("options of the dict take the place of the optimizer's; its defaults stay, for groups that come later", () => {
  const optimizer = new Adam([Parameter.from([1, 2])], { lr: 7, betas: [0, 0] });
  optimizer.loadStateDict(saved());
  expect(optimizer.paramGroups[0]).toMatchObject({ lr: 0.1, betas: [0.9, 0.999] });
  optimizer.addParamGroup({ params: [Parameter.from([1])] });
  expect(optimizer.paramGroups[1]).toMatchObject({ lr: 7, betas: [0, 0] });
});

describe("a step after a load is that of the loaded options", () => {
  const run = (optimizer: Optimizer, weight: Parameter, steps: number) => {
    for (let step = 1; step <= steps; step++) {
      weight.grad = [0.3, -0.2 * step, 0.1];
      optimizer.step();
    }
    return [...weight.data];
  };
  const start = () => Parameter.from([1, -2, 3]);

  test.each<[name: string, make: (weight: Parameter, on: boolean) => Optimizer]>([
    ["maximize", (weight, maximize) => new Adam([weight], { maximize })],
    ["amsgrad", (weight, amsgrad) => new Adam([weight], { amsgrad })],
    ["decoupledWeightDecay", (weight, on) => new Adam([weight], { decoupledWeightDecay: on, weightDecay: 0.1 })],
    ["nesterov", (weight, nesterov) => new SGD([weight], { momentum: 0.9, nesterov })],
  ])("%s, on and off", (_, make) => {
    for (const on of [true, false]) {
      const [weight, other] = [start(), start()];
      const [optimizer, loaded] = [make(weight, on), make(other, !on)];
      other.set(run(optimizer, weight, 3));
      loaded.loadStateDict(optimizer.stateDict());
      expect(run(loaded, other, 2)).toEqual(run(optimizer, weight, 2));
    }
  });

  test("and of those that a dict of torch does not name", () => {
    const [weight, other] = [start(), start()];
    const [optimizer, loaded] = [weight, other].map((each) => new Adam([each], { exact: true }));
    other.set(run(optimizer, weight, 3));
    const dict = optimizer.stateDict();
    Reflect.deleteProperty(dict.param_groups[0], "exact");
    loaded.loadStateDict(dict);
    expect(run(loaded, other, 2)).toEqual(run(optimizer, weight, 2));
  });
});

test("moments that were read before the load can no longer be used, those read after it are the loaded ones", () => {
  const parameter = Parameter.from([1, 2]);
  const optimizer = new Adam([parameter]);
  parameter.grad = [1, 1];
  optimizer.step();
  const before = optimizer.state.get(parameter)?.expAvg;
  optimizer.loadStateDict(saved());
  expect(() => before?.data).toThrow(expect.objectContaining({ code: "ERR_DISPOSED" }));
  expect(optimizer.state.get(parameter)).toMatchObject({ step: 2 });
  expect([...(optimizer.state.get(parameter)?.expAvg.data ?? [])]).toEqual([
    ...(saved().state[0].exp_avg as TensorState).data,
  ]);
});

test("a dict without state makes parameters start afresh", () => {
  const parameter = Parameter.from([1, 2]);
  const optimizer = new Adam([parameter]);
  parameter.grad = [1, 1];
  optimizer.step();
  optimizer.loadStateDict({ ...saved(), state: {} });
  expect(optimizer.state.size).toBe(0);
  optimizer.step();
  expect(optimizer.state.get(parameter)?.step).toBe(1);
});

test("the optimizer's moments may be loaded into another one, straight out of the kernel's memory", () => {
  const parameter = Parameter.from(new Float32Array(1000).fill(1));
  const optimizer = new Adam([parameter]);
  parameter.grad = new Float32Array(1000).fill(2);
  optimizer.step();
  const { expAvg, expAvgSq } = optimizer.state.get(parameter) ?? expect.fail();
  const dict = optimizer.stateDict();
  dict.state[0].exp_avg = expAvg;
  dict.state[0].exp_avg_sq = expAvgSq;
  const expected = optimizer.stateDict();
  optimizer.loadStateDict(dict);
  expect(optimizer.stateDict()).toEqual(expected);
});

describe("parameters are found by their ids", () => {
  const first = { step: 1, exp_avg: tensor(1, 1), exp_avg_sq: tensor(1, 1) };
  const second = { step: 2, exp_avg: tensor(2), exp_avg_sq: tensor(2) };
  const { params: _, ...options } = saved().param_groups[0];

  test.each<[string, readonly (string | number)[], Record<string, Record<string, unknown>>]>([
    ["numbers from 0", [0, 1], { 0: first, 1: second }],
    ["texts, as after JSON", ["0", "1"], { 0: first, 1: second }],
    ["any numbers", [7, 3], { 3: second, 7: first }],
    ["names", ["weight", "bias"], { bias: second, weight: first }],
  ])("%s", (_, params, state) => {
    const optimizer = new Adam([Parameter.from([1, 2]), Parameter.from([3])]);
    optimizer.loadStateDict({ state, param_groups: [{ ...options, params }] });
    expect(optimizer.stateDict().state).toEqual({ 0: first, 1: second });
    expect(optimizer.stateDict().param_groups[0].params).toEqual([0, 1]);
  });
});

test("a learning rate that torch has rounded to a little less than zero, on its way there, is zero", () => {
  const optimizer = fresh();
  const at = (lr: unknown, initial_lr: unknown) => {
    const dict = saved();
    Object.assign(dict.param_groups[0], { lr, initial_lr });
    optimizer.loadStateDict(dict);
    return optimizer.paramGroups[0].lr;
  };
  expect(at(-1.48e-20, 1e-3)).toBe(0);
  expect(() => at(-1e-15, undefined)).toThrow("Invalid learning rate: -1e-15");
  expect(() => at(-1e-9, 1e-3)).toThrow("Invalid learning rate: -1e-9");
  expect(() => at("-1e-20", 1e-3)).toThrow('Invalid learning rate: "-1e-20"');
  expect(() => Object.assign(optimizer.paramGroups[0], { lr: -1e-20 })).toThrow("Invalid learning rate: -1e-20");
});

describe("numbers that torch keeps in tensors", () => {
  const zeroDim = (value: number) => ({ dtype: "float32" as const, shape: [], data: Float32Array.of(value) });

  test("step", () => {
    const dict = saved();
    dict.state[0].step = zeroDim(2);
    const optimizer = fresh();
    optimizer.loadStateDict(dict);
    expect(optimizer.stateDict()).toEqual(saved());
  });

  test("mu_product", () => {
    const [before, after] = [0, 1].map(() => new NAdam([Parameter.from([1, 2])]));
    before.paramGroups[0].params[0].grad = [1, 2];
    before.step();
    const dict = before.stateDict();
    const { step, mu_product } = dict.state[0] as Record<string, number>;
    after.loadStateDict({
      ...dict,
      state: { 0: { ...dict.state[0], mu_product: zeroDim(mu_product), step: zeroDim(step) } },
    });
    expect(after.stateDict()).toEqual(dict);
  });

  test("options, and what schedulers noted", () => {
    const dict = saved();
    const inTensors = { lr: zeroDim(0.1), betas: [zeroDim(0.75), zeroDim(0.5)], initial_lr: zeroDim(0.25) };
    Object.assign(dict.param_groups[0], inTensors, { note: zeroDim(1) });
    const optimizer = fresh();
    optimizer.loadStateDict(dict);
    const [group] = optimizer.paramGroups;
    expect(group).toMatchObject({ lr: Math.fround(0.1), betas: [0.75, 0.5], initialLr: 0.25 });
    expect(optimizer.stateDict().param_groups[0].note).toEqual(zeroDim(1));
    expect(() => Object.assign(group, { lr: zeroDim(0.1) })).toThrow("Invalid learning rate: an object (Object)");
  });

  test("a step count beyond 2²⁴ and 2³²", () => {
    const dict = saved();
    for (const step of [2 ** 24 + 1, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER]) {
      dict.state[0].step = step;
      const optimizer = fresh();
      optimizer.loadStateDict(dict);
      expect(optimizer.stateDict().state[0].step).toBe(step);
    }
  });
});

describe("names", () => {
  const named = () => new Adam([["weight", Parameter.from([1, 2])]]);
  const withNames = () => named().stateDict();

  test("of the optimizer stay if the dict has none", () => {
    const optimizer = named();
    optimizer.loadStateDict(saved());
    expect(optimizer.paramGroups[0].paramNames).toEqual(["weight"]);
  });

  test("of the dict are taken over if the optimizer has none", () => {
    const optimizer = fresh();
    const dict = withNames();
    optimizer.loadStateDict(dict);
    (dict.param_groups[0].param_names as string[])[0] = "changed";
    expect(optimizer.paramGroups[0].paramNames).toEqual(["weight"]);
    expect(optimizer.stateDict().param_groups[0].param_names).toEqual(["weight"]);
  });

  test("that are equal fit", () => {
    const optimizer = named();
    optimizer.loadStateDict(withNames());
    expect(optimizer.stateDict()).toEqual(withNames());
  });

  test("of a group: its own, or the dict's for a group without", () => {
    const other = { params: [Parameter.from([1, 2])], name: "saved" };
    const dict = new Adam([other]).stateDict();
    const [unnamed, own] = [fresh(), new Adam([{ params: [Parameter.from([1, 2])], name: "own" }])];
    unnamed.loadStateDict(dict);
    own.loadStateDict(dict);
    expect([unnamed, own].map((each) => each.stateDict().param_groups[0].name)).toEqual(["saved", "own"]);
  });
});

test("what schedulers noted of another run goes away: the next one starts from the learning rate that was loaded", () => {
  const optimizer = fresh();
  new StepLR(optimizer, { stepSize: 1 });
  const unscheduled = fresh();
  unscheduled.paramGroups[0].lr = 0.25;
  optimizer.loadStateDict(unscheduled.stateDict());
  expect(optimizer.stateDict()).toEqual(unscheduled.stateDict());
  expect(new StepLR(optimizer, { stepSize: 1 }).baseLrs[0]).toBe(0.25);
});

test("what schedulers noted goes along", () => {
  const optimizer = fresh();
  new StepLR(optimizer, { stepSize: 1 });
  const other = fresh();
  other.loadStateDict(optimizer.stateDict());
  expect(other.paramGroups[0].initialLr).toBe(1e-3);
});
