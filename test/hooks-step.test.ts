/** Step hooks: when they run, in which order, and what they may change. */

import {
  Adam,
  type HookHandle,
  type Optimizer,
  Parameter,
  registerOptimizerStepPostHook,
  registerOptimizerStepPreHook,
  SGD,
} from "adam-wasm";
import { afterEach, describe, expect, test } from "vitest";
import { started } from "./support/dicts.js";
import { expectRejection, thrownBy } from "./support/rejects.js";

/** Handles of hooks that concern every optimizer, taken out behind each test. */
const handles: HookHandle[] = [];
afterEach(() => {
  for (const handle of handles.splice(0)) handle.remove();
});

describe("step hooks", () => {
  test("run in torch's order: of all optimizers, own, the step, own, of all optimizers", () => {
    const { parameter, optimizer } = started();
    const calls: string[] = [];
    const note = (what: string) => () => {
      calls.push(`${what} ${optimizer.state.get(parameter)?.step ?? 0}`);
    };
    optimizer.registerStepPostHook(note("post"));
    optimizer.registerStepPostHook(note("post again"));
    optimizer.registerStepPreHook(note("pre"));
    optimizer.registerStepPreHook(note("pre again"));
    handles.push(registerOptimizerStepPostHook(note("global post")), registerOptimizerStepPreHook(note("global pre")));
    optimizer.step(note("closure"));
    expect(calls).toEqual([
      "global pre 0",
      "pre 0",
      "pre again 0",
      "closure 0",
      "post 1",
      "post again 1",
      "global post 1",
    ]);
  });

  test("are given the optimizer, and the closure before the step", () => {
    const { optimizer } = started();
    const seen: unknown[] = [];
    const note = (...args: unknown[]) => {
      seen.push(args);
    };
    optimizer.registerStepPreHook(note);
    optimizer.registerStepPostHook(note);
    const closure = () => 1;
    optimizer.step();
    optimizer.step(closure);
    expect(seen).toEqual([[optimizer, undefined], [optimizer], [optimizer, closure], [optimizer]]);
  });

  test("may put another closure in its place, one after the other", () => {
    const { optimizer } = started();
    const add = (summand: number) => (_: unknown, closure?: () => unknown) => ({
      closure: () => (closure?.() as number) + summand,
    });
    handles.push(registerOptimizerStepPreHook(add(10)));
    optimizer.registerStepPreHook(add(100));
    expect(optimizer.step(() => 1)).toBe(111);
    optimizer.registerStepPreHook(() => ({ closure: undefined }));
    expect(optimizer.step(() => 1)).toBeUndefined();
  });

  test("may set gradients and options for the step they precede", () => {
    const { parameter, optimizer } = started();
    optimizer.registerStepPreHook(() => {
      optimizer.paramGroups[0].lr = 0;
      parameter.grad = null;
    });
    optimizer.step();
    expect([...parameter.data]).toEqual([1, 2]);
    expect(optimizer.state.size).toBe(0);
  });

  test("of all optimizers run for each of them, also those made later", () => {
    const seen: unknown[] = [];
    const note = (optimizer: unknown) => {
      seen.push(optimizer);
    };
    handles.push(registerOptimizerStepPreHook(note), registerOptimizerStepPostHook(note));
    const optimizers: Optimizer[] = [new Adam([Parameter.from([1])]), new SGD([Parameter.from([1])])];
    for (const optimizer of optimizers) optimizer.step();
    expect(seen).toEqual(optimizers.flatMap((optimizer) => [optimizer, optimizer]));
  });
});

test.each([1, "closure", () => 1, {}, [1]])("a step pre-hook must not return %o", (result) => {
  const act = ({ optimizer }: { optimizer: Adam }) => {
    const handle = optimizer.registerStepPreHook(() => result as never);
    try {
      optimizer.step();
    } finally {
      handle.remove();
    }
  };
  const message = /^a step pre-hook must return nothing or { closure }, but got /;
  expectRejection({ name: "", act, type: TypeError, code: "ERR_OPTION", message });
});

test("a step within a hook is refused, before and behind the step", () => {
  for (const register of ["registerStepPreHook", "registerStepPostHook"] as const) {
    const { optimizer } = started();
    const errors: unknown[] = [];
    optimizer[register](() => {
      errors.push(thrownBy(() => optimizer.step()));
    });
    optimizer.step();
    expect(errors).toMatchObject([{ code: "ERR_REENTRANT" }]);
  }
});
