/** What optimizers take, and the groups they make of it. */

import { Adam, AdamW, Optimizer, Parameter, StepLR } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";

const pair = () => [Parameter.from([1]), Parameter.from([2])] as const;

describe("parameters come in", () => {
  const [first, second] = pair();
  function* generated() {
    yield first;
    yield second;
  }
  const iterables: Readonly<Record<string, Iterable<Parameter>>> = {
    "an array": [first, second],
    "a set": new Set([first, second]),
    "a generator": generated(),
    "the values of a map": new Map([
      [1, first],
      [2, second],
    ]).values(),
  };
  test.each(Object.entries(iterables))("%s, in its order", (_, params) => {
    const optimizer = new Adam(params);
    expect(optimizer.paramGroups).toHaveLength(1);
    expect(optimizer.paramGroups[0].params).toEqual([first, second]);
    expect(optimizer.paramGroups[0].params[0]).toBe(first);
    expect(optimizer.paramGroups[0].paramNames).toBeUndefined();
  });

  test("a group as any of these, or as a parameter alone", () => {
    const params = [{ params: new Set([first]) }, { params: second }];
    const optimizer = new Adam(params.values());
    expect(optimizer.paramGroups.map(({ params }) => [...params])).toEqual([[first], [second]]);
  });

  test("pairs with names, also as the entries of an object or a map", () => {
    for (const params of [
      Object.entries({ a: first, b: second }),
      new Map([
        ["a", first],
        ["b", second],
      ]),
    ]) {
      expect(new Adam(params).paramGroups[0]).toMatchObject({ params: [first, second], paramNames: ["a", "b"] });
      expect(new Adam([{ params }]).paramGroups[0]).toMatchObject({ params: [first, second], paramNames: ["a", "b"] });
    }
  });

  test("with names beside them, as a group has that is spread into another", () => {
    const named = new Adam([{ params: [first, second], paramNames: ["a", "b"] }]);
    expect(named.paramGroups[0].paramNames).toEqual(["a", "b"]);
    expect(new Adam(named.paramGroups).stateDict()).toEqual(named.stateDict());
    // Those that come with the parameters win.
    const third = Parameter.from([3]);
    named.addParamGroup({ ...named.paramGroups[0], params: [["c", third]] });
    expect(named.paramGroups[1]?.paramNames).toEqual(["c"]);
    // Those of a dict that was loaded are spread, too.
    const loaded = new Adam([first, second]);
    loaded.loadStateDict(new Adam([{ params: [first, second], paramNames: ["a", "b"] }]).stateDict());
    expect({ ...loaded.paramGroups[0] }.paramNames).toEqual(["a", "b"]);
    for (const [paramNames, shown, type] of [
      [["a"], '["a"]', RangeError],
      [["a", 1], '["a", 1]', TypeError],
      [new Array(2), "[, ]", TypeError],
      ["ab", '"ab"', TypeError],
      [null, "null", TypeError],
    ] as const) {
      const error = thrownBy(() => new Adam([{ params: [first, second], paramNames: paramNames as never }]));
      const message = `paramNames of a group must name its 2 parameters, got ${shown}`;
      expectError(error, { type, code: "ERR_OPTION", message });
    }
  });
});

describe("options of a group", () => {
  const DEFAULTS = {
    lr: 1e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: 0,
    amsgrad: false,
    maximize: false,
    decoupledWeightDecay: false,
    epsilonHat: false,
    exact: false,
  };

  test("are torch's by default", () => {
    const { params, ...options } = new Adam(pair()).paramGroups[0];
    expect(options).toEqual(DEFAULTS);
    expect(new Adam(pair()).defaults).toEqual(DEFAULTS);
    expect(new AdamW(pair()).defaults).toEqual({ ...DEFAULTS, weightDecay: 0.01, decoupledWeightDecay: true });
  });

  test("are those it names, and those of the constructor otherwise", () => {
    const [first, second] = pair();
    const optimizer = new Adam([{ params: first, lr: 0.5, name: "head" }, { params: second }], {
      lr: 0.1,
      betas: [0, 0.5],
    });
    expect(optimizer.defaults).toEqual({ ...DEFAULTS, lr: 0.1, betas: [0, 0.5] });
    expect(optimizer.paramGroups[0]).toMatchObject({ name: "head", lr: 0.5, betas: [0, 0.5] });
    expect(optimizer.paramGroups[1]).toMatchObject({ lr: 0.1, betas: [0, 0.5] });
    expect(optimizer.paramGroups[1].name).toBeUndefined();
  });

  test("of a group that is added later are filled from the constructor's, whatever was assigned since", () => {
    const [first, second] = pair();
    const optimizer = new Adam([first], { lr: 0.1 });
    optimizer.paramGroups[0].lr = 7;
    optimizer.addParamGroup({ params: [second], eps: 1e-4 });
    expect(optimizer.paramGroups).toHaveLength(2);
    expect(optimizer.paramGroups[1]).toMatchObject({ lr: 0.1, eps: 1e-4, params: [second] });
  });

  test("may have what schedulers note among them, as groups do that are spread into others", () => {
    const [first, second] = pair();
    const resumed = new Adam([{ params: [first], initialLr: 0.5, lr: 0.125, minLr: undefined }]);
    expect(Object.entries(resumed.stateDict().param_groups[0] ?? {})).toContainEqual(["initial_lr", 0.5]);
    const halving = new StepLR(resumed, { stepSize: 1, gamma: 0.5, lastEpoch: 2 });
    expect([halving.baseLrs, halving.getLastLR()]).toEqual([[0.5], [0.125]]);
    resumed.addParamGroup({ ...resumed.paramGroups[0], params: second });
    expect(resumed.paramGroups[1]).toEqual({ ...resumed.paramGroups[0], params: [second] });
    expect(new Adam(resumed.paramGroups).stateDict()).toEqual(resumed.stateDict());
    const error = thrownBy(() => resumed.addParamGroup({ params: [], maxLr: "1" as never }));
    expectError(error, { type: TypeError, code: "ERR_OPTION", message: 'Invalid maxLr: "1"' });
  });

  test("may be at the ends of their ranges", () => {
    const optimizer = new Adam([{ params: pair(), lr: 0, eps: 0, weightDecay: 0, betas: [0, 0] }]);
    const group = optimizer.paramGroups[0];
    group.lr = Number.MAX_VALUE;
    group.betas = [1 - 2 ** -53, 1 - 2 ** -53];
    expect(group).toMatchObject({ lr: Number.MAX_VALUE, eps: 0, betas: [1 - 2 ** -53, 1 - 2 ** -53] });
  });

  test("are copies: what the caller does to his objects afterwards is nothing to the group", () => {
    const [first, second] = pair();
    const betas: [number, number] = [0.5, 0.6];
    const params = [first];
    const init = { params, betas, lr: 1 };
    const optimizer = new Adam([init]);
    betas[0] = 0.1;
    params.push(second);
    init.lr = 2;
    expect(optimizer.paramGroups[0]).toMatchObject({ params: [first], betas: [0.5, 0.6], lr: 1 });
    expect(init).toEqual({ params: [first, second], betas: [0.1, 0.6], lr: 2 });
  });
});

describe("a group", () => {
  const optimizer = new Adam([{ params: Object.entries({ a: Parameter.from([1]) }), name: "head" }]);
  const group = optimizer.paramGroups[0];

  test("shows its options to spread, keys and JSON", () => {
    const names = ["params", "name", "paramNames"];
    expect(Object.keys(group).slice(0, 12)).toEqual([...names, ...Object.keys(optimizer.defaults)]);
    const { params, ...plain } = group;
    expect(JSON.parse(JSON.stringify(plain))).toEqual({ name: "head", paramNames: ["a"], ...optimizer.defaults });
    expect(params).toHaveLength(1);
  });

  test("has a list of parameters, names and betas that cannot be changed from outside", () => {
    for (const change of [
      () => (group.params as Parameter[]).push(Parameter.zeros([1])),
      () => (group.paramNames as string[]).push("b"),
      () => Object.assign(group.betas, [0.1]),
      () => Object.assign(optimizer.defaults, { lr: 1 }),
      () => (optimizer.paramGroups as unknown as unknown[]).pop(),
      () => Object.assign(group, { params: [] }),
      () => Object.assign(group, { name: "tail" }),
    ]) {
      expect(change).toThrow(TypeError);
    }
    expect(group).toMatchObject({ name: "head", paramNames: ["a"], betas: [0.9, 0.999], lr: 1e-3 });
    expect(group.params).toHaveLength(1);
  });

  test("keeps a pair of betas of its own", () => {
    const betas: [number, number] = [0.5, 0.6];
    group.betas = betas;
    betas[0] = 0.9;
    expect(() => Object.assign(group.betas, [0.1])).toThrow(TypeError);
    expect(group.betas).toEqual([0.5, 0.6]);
  });

  test("may be empty, and gets no parameter later", () => {
    const empty = new Adam([{ params: [] }]);
    expect(empty.paramGroups[0].params).toEqual([]);
    expect(() => empty.step()).not.toThrow();
    empty.addParamGroup({ params: Parameter.from([1]) });
    expect(() => empty.step()).not.toThrow();
  });
});

test("optimizers are told by their class", () => {
  const optimizer = new AdamW(pair());
  expect(optimizer).toBeInstanceOf(Adam);
  expect(optimizer).toBeInstanceOf(Optimizer);
});
