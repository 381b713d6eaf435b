/** Optimizers are saved without a copy of their state, unless somebody else has a say in their state dicts. */

import { Adam, Parameter, type StateDict, Tensor } from "adam-wasm";
import { load, type StoredTensor, save } from "adam-wasm/checkpoint";
import { expect, test } from "vitest";
import { training } from "./support/training.js";

test("state is written as it is, wherever memory has grown to", () => {
  const { optimizer, weight } = training();
  const whole = save({ optimizer });
  const before = weight.data;
  const growing = {
    stateDict: () => ({ length: Tensor.zeros([2 ** 22]).length }),
    loadStateDict: () => {},
  };
  const bytes = save({ optimizer, growing });
  expect(before.length).toBe(0);
  expect(load(bytes)).toEqual({ ...load(whole), growing: { length: 2 ** 22 } });
});

test.each(["a hook", "a class of one's own"])("what %s has changed is saved so, and changes no state", (who) => {
  const change = ({ state }: StateDict) => {
    for (const { exp_avg } of Object.values(state)) (exp_avg as StoredTensor).data.fill(7 as never);
  };
  class Changed extends Adam {
    override stateDict() {
      const dict = super.stateDict();
      change(dict);
      return dict;
    }
  }
  const weight = Parameter.from([1, 2]);
  const optimizer = who === "a hook" ? new Adam([weight]) : new Changed([weight]);
  weight.grad = [1, 2];
  optimizer.step();
  const moment = optimizer.state.get(weight)?.expAvg.data.slice();
  if (who === "a hook") optimizer.registerStateDictPostHook((_, dict) => change(dict));
  expect(load(save({ optimizer }))).toMatchObject({
    optimizer: { state: { 0: { exp_avg: { data: { 0: 7, 1: 7 } } } } },
  });
  expect(optimizer.state.get(weight)?.expAvg.data).toEqual(moment);
});
