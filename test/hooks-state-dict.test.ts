/** Hooks of state dicts: in which order they run, and what they may change. */

import { type Adam, type StateDict, Tensor } from "adam-wasm";
import { save } from "adam-wasm/checkpoint";
import { describe, expect, test } from "vitest";
import { saved, started } from "./support/dicts.js";
import { grow } from "./support/linear-memory.js";
import { expectError, expectRejection, thrownBy } from "./support/rejects.js";

describe("state-dict hooks", () => {
  const order = (register: (hook: (name: string) => () => undefined) => void) => {
    const calls: string[] = [];
    register((name) => () => {
      calls.push(name);
      return undefined;
    });
    return calls;
  };

  test("run before and behind the making of the dict, prepended ones first", () => {
    const { optimizer } = started();
    const calls = order((hook) => {
      optimizer.registerStateDictPostHook(hook("post"));
      optimizer.registerStateDictPostHook(hook("post first"), { prepend: true });
      optimizer.registerStateDictPreHook(hook("pre"));
      optimizer.registerStateDictPreHook(hook("pre first"), { prepend: true });
    });
    optimizer.stateDict();
    expect(calls).toEqual(["pre first", "pre", "post first", "post"]);
  });

  test("run before and behind the loading, prepended ones first", () => {
    const { optimizer } = started();
    const calls = order((hook) => {
      optimizer.registerLoadStateDictPostHook(hook("post"));
      optimizer.registerLoadStateDictPostHook(hook("post first"), { prepend: true });
      optimizer.registerLoadStateDictPreHook(hook("pre"));
      optimizer.registerLoadStateDictPreHook(hook("pre first"), { prepend: true });
    });
    optimizer.loadStateDict(saved());
    expect(calls).toEqual(["pre first", "pre", "post first", "post"]);
  });

  test("before the dict is made may change the optimizer, behind it the dict or put another in its place", () => {
    const { optimizer } = started();
    optimizer.registerStateDictPreHook(({ paramGroups }) => {
      paramGroups[0].lr = 0.5;
    });
    const change = optimizer.registerStateDictPostHook((_, dict) => {
      dict.param_groups[0].note = "changed";
      return undefined;
    });
    expect(optimizer.stateDict().param_groups[0]).toMatchObject({ lr: 0.5, note: "changed" });
    change.remove();
    const other: StateDict = { state: {}, param_groups: [] };
    optimizer.registerStateDictPostHook(() => other);
    expect(optimizer.stateDict()).toBe(other);
  });

  test("that dispose of the optimizer leave no state to be saved", () => {
    const { optimizer } = started();
    optimizer.registerStateDictPreHook(() => optimizer.dispose());
    expectError(
      thrownBy(() => optimizer.stateDict()),
      { type: Error, code: "ERR_DISPOSED", message: /^cannot call stateDict\(\) of / },
    );
  });

  test("that take away the state of another, while both are being saved, are refused; none is read where it was", () => {
    const run = () => {
      const { optimizer } = started();
      optimizer.step();
      return optimizer;
    };
    for (const takeAway of [(first: Adam) => first.dispose(), (first: Adam) => first.loadStateDict(saved())]) {
      const [first, second] = [run(), run()];
      second.registerStateDictPreHook(() => {
        takeAway(first);
        // Views of the state, which show what was, end here.
        grow();
      });
      const error = thrownBy(() => save({ first, second }));
      expectError(error, { type: Error, code: "ERR_DISPOSED", message: "this state was disposed and cannot be used" });
      expect(Tensor.from([1]).item()).toBe(1);
    }
  });

  test("before the load may change the dict or put another in its place; the caller's has no other entries then", () => {
    const { optimizer } = started();
    const given = saved();
    const change = optimizer.registerLoadStateDictPreHook((_, dict) => {
      expect(dict).not.toBe(given);
      dict.state = {};
      return undefined;
    });
    optimizer.loadStateDict(given);
    expect(optimizer.state.size).toBe(0);
    expect(given).toEqual(saved());
    change.remove();

    const other = saved();
    other.param_groups[0].lr = 7;
    optimizer.registerLoadStateDictPreHook(() => other);
    optimizer.loadStateDict(given);
    expect(optimizer.paramGroups[0].lr).toBe(7);
  });

  test("behind the load see what was loaded", () => {
    const { parameter, optimizer } = started();
    const steps: unknown[] = [];
    optimizer.registerLoadStateDictPostHook(({ state }) => {
      steps.push(state.get(parameter)?.step);
    });
    optimizer.loadStateDict(saved());
    expect(steps).toEqual([2]);
  });

  test("that return a wrong dict make the load fail, and nothing is changed", () => {
    const act = ({ optimizer }: { optimizer: Adam }) => {
      optimizer.registerLoadStateDictPreHook((_, dict) => ({ ...dict, param_groups: [] }));
      optimizer.loadStateDict(optimizer.stateDict());
    };
    const message = /different number of parameter groups: expected 3, found 0$/;
    expectRejection({ name: "", act, type: RangeError, code: "ERR_STATE_MISMATCH", message });
  });
});
