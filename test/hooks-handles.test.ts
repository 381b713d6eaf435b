/** Handles of hooks, and hooks that throw. */

import { type Adam, type HookHandle, registerOptimizerStepPostHook, registerOptimizerStepPreHook } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { saved, started } from "./support/dicts.js";
import { expectError, expectRejection, thrownBy } from "./support/rejects.js";

describe("a handle", () => {
  const KINDS: Readonly<Record<string, (optimizer: Adam, hook: () => undefined) => HookHandle>> = {
    registerStepPreHook: (o, hook) => o.registerStepPreHook(hook),
    registerStepPostHook: (o, hook) => o.registerStepPostHook(hook),
    registerStateDictPreHook: (o, hook) => o.registerStateDictPreHook(hook),
    registerStateDictPostHook: (o, hook) => o.registerStateDictPostHook(hook),
    registerLoadStateDictPreHook: (o, hook) => o.registerLoadStateDictPreHook(hook),
    registerLoadStateDictPostHook: (o, hook) => o.registerLoadStateDictPostHook(hook),
    registerOptimizerStepPreHook: (_, hook) => registerOptimizerStepPreHook(hook),
    registerOptimizerStepPostHook: (_, hook) => registerOptimizerStepPostHook(hook),
  };
  const all = (optimizer: Adam) => {
    optimizer.step();
    optimizer.loadStateDict(optimizer.stateDict());
  };

  test.each(Object.entries(KINDS))("of %s takes out its own hook, once and for all", (_, register) => {
    const { optimizer } = started();
    let calls = 0;
    const hook = () => {
      calls++;
      return undefined;
    };
    const [first, second] = [register(optimizer, hook), register(optimizer, hook)];
    all(optimizer);
    expect(calls).toBe(2);
    first.remove();
    first.remove();
    all(optimizer);
    expect(calls).toBe(3);
    second.remove();
    all(optimizer);
    expect(calls).toBe(3);
  });

  test("used in the middle of a step works from the next one on", () => {
    const { optimizer } = started();
    const calls: string[] = [];
    optimizer.registerStepPreHook(() => {
      second.remove();
      calls.push("first");
    });
    const second = optimizer.registerStepPreHook(() => {
      calls.push("second");
    });
    optimizer.step();
    optimizer.step();
    expect(calls).toEqual(["first", "second", "first"]);
  });

  test.each(Object.entries(KINDS))("is not given by %s for what is no function", (_, register) => {
    const message = 'a hook must be a function, got "hook"';
    expectRejection({
      name: "",
      act: ({ optimizer }) => register(optimizer, "hook" as never),
      type: TypeError,
      code: "ERR_OPTION",
      message,
    });
  });

  test.each([
    ["prepend: 1", { prepend: 1 }, "prepend must be a boolean, got 1"],
    ["another option", { before: true }, 'a hook has no option "before"; known are prepend'],
    ["true", true, "options of a hook must be an object, got true; known are prepend"],
  ])("is not given for options that are %s", (_, options, message) => {
    const act = ({ optimizer }: { optimizer: Adam }) => optimizer.registerStateDictPreHook(() => {}, options as never);
    expectRejection({ name: "", act, type: TypeError, code: "ERR_OPTION", message });
  });
});

describe("a hook that throws", () => {
  const failure = new Error("broken hook");
  const fail = () => {
    throw failure;
  };

  test("before a step or a load lets its error through, and nothing is changed", () => {
    for (const register of ["registerStepPreHook", "registerLoadStateDictPreHook"] as const) {
      const { parameter, optimizer } = started();
      const dict = optimizer.stateDict();
      const handle = optimizer[register](fail);
      expect(
        thrownBy(() => (register === "registerStepPreHook" ? optimizer.step() : optimizer.loadStateDict(saved()))),
      ).toBe(failure);
      expect([[...parameter.data], optimizer.stateDict()]).toEqual([[1, 2], dict]);
      handle.remove();
      optimizer.step();
      expect(optimizer.state.get(parameter)?.step).toBe(1);
    }
  });

  test("behind a step: the step is done, and the error says so", () => {
    const { parameter, optimizer } = started();
    optimizer.registerStepPostHook(fail);
    const error = thrownBy(() => optimizer.step());
    expectError(error, {
      type: Error,
      code: "ERR_HOOK",
      message: "a step post-hook threw after the step was done: Error: broken hook",
    });
    expect(error.cause).toBe(failure);
    expect(optimizer.state.get(parameter)?.step).toBe(1);
  });

  test("behind a load: the dict is loaded, and the error says so", () => {
    const { optimizer } = started();
    const handle = optimizer.registerLoadStateDictPostHook(fail);
    const error = thrownBy(() => optimizer.loadStateDict(saved()));
    const message = "a load-state-dict post-hook threw after the state dict was loaded: Error: broken hook";
    expectError(error, { type: Error, code: "ERR_HOOK", message });
    expect(error.cause).toBe(failure);
    expect(optimizer.stateDict()).toEqual(saved());
    handle.remove();
    optimizer.step();
  });
});
