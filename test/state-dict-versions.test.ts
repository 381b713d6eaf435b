/** State dicts of other versions of torch or of this package: what is missing is filled in, what is unknown is kept. */

import { Adam, AdamW, Parameter, SGD, type StateDict } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { fresh, saved, tensor } from "./support/dicts.js";

describe("what dicts of older versions lack is filled in", () => {
  const without = (dict: StateDict, ...keys: string[]): StateDict => ({
    ...dict,
    param_groups: dict.param_groups.map(
      (group) => Object.fromEntries(Object.entries(group).filter(([key]) => !keys.includes(key))) as typeof group,
    ),
  });

  test("Adam: flags that torch did not have yet, and those that only this package has as they are here", () => {
    const optimizer = new Adam([Parameter.from([1, 2])], { maximize: true, decoupledWeightDecay: true, exact: true });
    const old = without(
      saved(),
      ..."maximize foreach capturable differentiable fused decoupled_weight_decay exact epsilon_hat".split(" "),
    );
    optimizer.loadStateDict(old);
    expect(optimizer.paramGroups[0]).toMatchObject({
      maximize: false,
      decoupledWeightDecay: false,
      exact: true,
      epsilonHat: false,
    });
    expect(optimizer.stateDict().param_groups[0]).toEqual({ ...saved().param_groups[0], exact: true });
  });

  test("AdamW decouples its decay whatever was saved, and Adam what AdamW saved", () => {
    const optimizer = new AdamW([Parameter.from([1, 2])]);
    optimizer.loadStateDict(saved());
    expect(optimizer.paramGroups[0].decoupledWeightDecay).toBe(true);
    const adam = fresh();
    adam.loadStateDict(optimizer.stateDict());
    expect(adam.paramGroups[0].decoupledWeightDecay).toBe(true);
  });

  test("SGD: maximize; a buffer that torch wrote as None starts at the next step", () => {
    const parameter = Parameter.from([1]);
    const optimizer = new SGD([parameter], { lr: 1, momentum: 0.5, dampening: 0.5 });
    const old = without(optimizer.stateDict(), "maximize", "foreach", "differentiable", "fused");
    optimizer.loadStateDict({ ...old, state: { 0: { momentum_buffer: null } } });
    expect(optimizer.stateDict().state).toEqual({});
    parameter.grad = [4];
    optimizer.step();
    expect(optimizer.stateDict().state).toEqual({ 0: { momentum_buffer: tensor(4) } });
  });

  test("an empty entry is that of a parameter before its first step", () => {
    const optimizer = fresh();
    optimizer.loadStateDict({ ...saved(), state: { 0: {} } });
    expect(optimizer.state.size).toBe(0);
    expect(optimizer.stateDict().state).toEqual({});
  });

  test("amsgrad that the dict turns on has its maximum from there", () => {
    const parameter = Parameter.from([1, 2]);
    const optimizer = new Adam([parameter], { amsgrad: true });
    parameter.grad = [1, 2];
    optimizer.step();
    const other = fresh();
    other.loadStateDict(optimizer.stateDict());
    expect(other.paramGroups[0].amsgrad).toBe(true);
    expect(other.stateDict()).toEqual(optimizer.stateDict());
  });
});

describe("keys that nobody here knows are kept, and written back", () => {
  /** With an unknown key in every place. */
  function extended(): StateDict {
    const dict = saved();
    const note = { by: ["us"] };
    Object.assign(dict, { epoch: 7, note });
    Object.assign(dict.state, { shared: { note } });
    Object.assign(dict.state[0], { exp_avg_cube: tensor(1, 2, 3), note });
    Object.assign(dict.param_groups[0], { fused: true, swap: null, note });
    return dict;
  }

  test("in the dict, its state, a parameter's state and a group", () => {
    const optimizer = fresh();
    optimizer.loadStateDict(extended());
    expect(optimizer.stateDict()).toEqual(extended());
    const next = fresh();
    next.loadStateDict(optimizer.stateDict());
    expect(next.stateDict()).toEqual(extended());
  });

  test("of a parameter without state", () => {
    const optimizer = fresh();
    const dict = { ...saved(), state: { 0: { note: 1 } } };
    optimizer.loadStateDict(dict);
    expect(optimizer.stateDict()).toEqual(dict);
    optimizer.loadStateDict(optimizer.stateDict());
    expect(optimizer.stateDict()).toEqual(dict);
  });

  test("as copies, on the way in and out", () => {
    const optimizer = fresh();
    const dict = extended();
    optimizer.loadStateDict(dict);
    type Noted = { note: { by: string[] } };
    const spoil = (each: StateDict) => {
      for (const { note } of [each, each.state[0], each.param_groups[0], each.state.shared] as Noted[])
        note.by.push("others");
    };
    spoil(dict);
    spoil(optimizer.stateDict());
    expect(optimizer.stateDict()).toEqual(extended());
  });

  test("until the next dict is loaded", () => {
    const optimizer = fresh();
    optimizer.loadStateDict(extended());
    optimizer.loadStateDict(saved());
    expect(optimizer.stateDict()).toEqual(saved());
  });
});
