/** `optimizer.state`: a map that is read, and is always of now. */

import { Adam, Parameter, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { PACKAGES } from "./support/packages.js";
import { training } from "./support/training.js";

describe("state of a parameter", () => {
  test("is absent until its first step with a gradient", () => {
    const parameter = Parameter.from([1]);
    const { state } = new Adam([parameter]);
    expect([state.size, state.has(parameter), state.get(parameter)]).toEqual([0, false, undefined]);
  });

  test("is not made by a gradient alone, nor by a step without one", () => {
    const parameter = Parameter.from([1]);
    const optimizer = new Adam([parameter]);
    optimizer.step();
    parameter.grad = [1];
    expect(optimizer.state.has(parameter)).toBe(false);
    optimizer.step();
    expect(optimizer.state.get(parameter)).toMatchObject({ step: 1 });
  });

  test.each(PACKAGES)("is not made by momentum that is taken back before the first step: %s", (_, from) => {
    const parameter = from.Parameter.from([1]);
    const optimizer = new from.SGD([parameter], { lr: 1, momentum: 0.9 });
    for (const momentum of [0.5, 0]) optimizer.paramGroups[0].momentum = momentum;
    parameter.grad = [1];
    optimizer.step();
    expect([optimizer.state.has(parameter), parameter.item()]).toEqual([false, 0]);
  });

  test("has step count and moments, and a maximum only with amsgrad", () => {
    const { optimizer, weight, scale } = training();
    const state = optimizer.state.get(weight);
    expect(Object.keys(state ?? {})).toEqual(["step", "expAvg", "expAvgSq"]);
    expect(state?.expAvg).toBeInstanceOf(Tensor);
    expect(state?.expAvg).toMatchObject({ shape: [2, 3], dtype: "float32", length: 6 });
    expect(Object.keys(optimizer.state.get(scale) ?? {})).toEqual(["step", "expAvg", "expAvgSq", "maxExpAvgSq"]);
    expect(optimizer.state.get(scale)?.maxExpAvgSq).toMatchObject({ shape: [2], dtype: "float64" });
  });

  test("goes along with the steps: the same object, new numbers", () => {
    const parameter = Parameter.from([1]);
    const optimizer = new Adam([parameter], { betas: [0.5, 0.75] });
    parameter.grad = [4];
    optimizer.step();
    const state = optimizer.state.get(parameter);
    const { expAvg, expAvgSq } = state as { expAvg: Tensor; expAvgSq: Tensor };
    expect([state?.step, expAvg.item(), expAvgSq.item()]).toEqual([1, 2, 4]);
    optimizer.step();
    expect(optimizer.state.get(parameter)).toBe(state);
    expect([state?.step, expAvg.item(), expAvgSq.item()]).toEqual([2, 3, 7]);
  });

  test("cannot be assigned, and its tensors cannot be given away", () => {
    const { optimizer, bias } = training();
    const state = optimizer.state.get(bias) as { step: number; expAvg: Tensor };
    expect(() => {
      state.step = 7;
    }).toThrow(TypeError);
    const before = [...state.expAvg.data];
    for (const name of ["expAvg", "step", "another"]) {
      expect(() => Object.assign(state, { [name]: Tensor.zeros([2]) })).toThrow(TypeError);
    }
    expect(Reflect.deleteProperty(state, "expAvg")).toBe(false);
    state.expAvg.dispose();
    state.expAvg[Symbol.dispose]();
    expect([...state.expAvg.data]).toEqual(before);
  });

  test("may be written to, and the next step is on what was written", () => {
    const parameter = Parameter.from([1]);
    const optimizer = new Adam([parameter], { betas: [0.5, 0.75] });
    parameter.grad = [4];
    optimizer.step();
    optimizer.state.get(parameter)?.expAvg.set([10]);
    optimizer.step();
    expect(optimizer.state.get(parameter)?.expAvg.item()).toBe(7);
  });
});

describe("the map", () => {
  const { optimizer, weight, bias, scale, frozen, late } = training();
  const { state } = optimizer;

  test("holds the parameters that were stepped, in the order of the groups", () => {
    expect([...state.keys()]).toEqual([weight, bias, scale]);
    expect(state.size).toBe(3);
    expect([weight, bias, scale, frozen, late].map((each) => state.has(each))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(state.get(late)).toBeUndefined();
  });

  test("is iterated as a Map is", () => {
    const states = [weight, bias, scale].map((each) => state.get(each));
    expect([...state.values()]).toEqual(states);
    expect([...state]).toEqual([...state.entries()]);
    expect([...state].map(([parameter]) => parameter)).toEqual([weight, bias, scale]);
    expect(new Map(state).get(bias)).toBe(state.get(bias));
    const visits: unknown[] = [];
    state.forEach((...visit) => {
      visits.push(visit);
    });
    expect(visits).toEqual([weight, bias, scale].map((each) => [state.get(each), each, state]));
  });

  test("knows nothing of parameters of others, or of anything else", () => {
    const stranger = Parameter.from([1]);
    expect([state.has(stranger), state.get(stranger), state.get(1 as never)]).toEqual([false, undefined, undefined]);
  });

  test("has no way to change it", () => {
    for (const method of ["set", "delete", "clear"]) expect(state).not.toHaveProperty(method);
    expect(() => Object.assign(optimizer, { state: new Map() })).toThrow(TypeError);
    expect(optimizer.state).toBe(state);
  });

  test("is emptied by a state dict without state: options stay, and steps count from 1 again", () => {
    const { optimizer, weight } = training();
    Object.assign(optimizer.paramGroups[0], { lr: 0.25 });
    optimizer.loadStateDict({ ...optimizer.stateDict(), state: {} });
    expect(optimizer.state.size).toBe(0);
    optimizer.step();
    expect([optimizer.state.get(weight)?.step, optimizer.paramGroups[0].lr]).toEqual([1, 0.25]);
  });
});
