/** Closures: what they may return, and what may be called inside one. */

import { Adam, Parameter } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectError, expectRejection, thrownBy } from "./support/rejects.js";
import { snapshotOf, type Training, training } from "./support/training.js";

describe("a closure is rejected", () => {
  test.each([null, 1, "loss", {}, Promise.resolve(1)])("that is %o", (closure) => {
    const act = ({ optimizer }: Training) => optimizer.step(closure as never);
    expectRejection({
      name: "",
      act,
      type: TypeError,
      code: "ERR_OPTION",
      message: /^closure must be a function, got /,
    });
  });

  const promises: Readonly<Record<string, () => unknown>> = {
    "is async": async () => 1,
    "returns a Promise": () => Promise.resolve(1),
    // biome-ignore lint/suspicious/noThenProperty: the fault itself
    "returns what can be awaited": () => ({ then: (keep: (value: number) => void) => keep(1) }),
  };
  test.each(Object.entries(promises))("that %s", (_, closure) => {
    const message =
      "the closure returned a Promise, and the step would run on old gradients: await the loss first, then call step()";
    expectRejection({
      name: "",
      act: ({ optimizer }) => optimizer.step(closure),
      type: TypeError,
      code: "ERR_OPTION",
      message,
    });
  });

  test.each([new Error("no loss"), "no loss", null])("that throws %o, and what it threw comes through", (thrown) => {
    const subject = training();
    const before = snapshotOf(subject);
    let caught: unknown = "nothing";
    try {
      subject.optimizer.step(() => {
        throw thrown;
      });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(thrown);
    expect(snapshotOf(subject)).toStrictEqual(before);
    subject.optimizer.step();
    expect(subject.optimizer.state.get(subject.bias)?.step).toBe(3);
  });
});

const CALLS: Readonly<Record<string, (optimizer: Adam) => unknown>> = {
  step: (optimizer) => optimizer.step(),
  "step with a closure": (optimizer) => optimizer.step(() => 1),
  addParamGroup: (optimizer) => optimizer.addParamGroup({ params: [Parameter.zeros([1])] }),
  dispose: (optimizer) => optimizer.dispose(),
};

describe("inside a closure", () => {
  test.each(Object.entries(CALLS))(
    "%s is rejected, and the outer step is that of a closure which did not try",
    (name, use) => {
      const [disturbed, twin] = [training(), training()];
      const result = disturbed.optimizer.step(() => {
        const before = snapshotOf(disturbed);
        const error = thrownBy(() => use(disturbed.optimizer));
        const message = `cannot call ${name.split(" ")[0]}() of Adam while it is in the middle of step()`;
        expectError(error, { type: Error, code: "ERR_REENTRANT", message });
        expect(snapshotOf(disturbed)).toStrictEqual(before);
        return 42;
      });
      expect(result).toBe(42);
      twin.optimizer.step();
      expect(snapshotOf(disturbed).parameters.map(({ data }) => data)).toEqual(
        snapshotOf(twin).parameters.map(({ data }) => data),
      );
      expect(disturbed.optimizer.state.get(disturbed.bias)?.step).toBe(3);
      expect(disturbed.optimizer.paramGroups).toHaveLength(3);
    },
  );

  test("an error of theirs that is not caught ends the outer step before it moves", () => {
    const act = ({ optimizer }: Training) => optimizer.step(() => optimizer.step());
    const message = "cannot call step() of Adam while it is in the middle of step()";
    expectRejection({ name: "", act, type: Error, code: "ERR_REENTRANT", message });
  });

  test("zeroGrad and new gradients are what a closure is for", () => {
    const { optimizer, weight, bias, scale } = training();
    const before = weight.data.slice();
    optimizer.step(() => {
      optimizer.zeroGrad();
      bias.grad = [1, 1, 1];
    });
    expect(weight.data).toEqual(before);
    expect([weight, bias, scale].map((each) => optimizer.state.get(each)?.step)).toEqual([2, 3, 2]);
  });

  test("options that are assigned are those of this step", () => {
    const parameter = Parameter.from([1]);
    const optimizer = new Adam([parameter], { lr: 1, eps: 0 });
    parameter.grad = [1];
    optimizer.step(() => {
      optimizer.paramGroups[0].lr = 0.25;
    });
    expect(parameter.item()).toBe(0.75);
  });

  test("another optimizer may step", () => {
    const [mine, other] = [training(), training()];
    mine.optimizer.step(() => other.optimizer.step());
    expect(mine.optimizer.state.get(mine.bias)?.step).toBe(3);
    expect(other.optimizer.state.get(other.bias)?.step).toBe(3);
  });

  test("a gradient or parameter that it disposes stops the step before any group moves", () => {
    for (const dispose of [({ scale }: Training) => scale.grad?.dispose(), ({ late }: Training) => late.dispose()]) {
      const subject = training();
      const { optimizer, weight, bias } = subject;
      const before = snapshotOf({ ...subject, parameters: [weight, bias] });
      const error = thrownBy(() => optimizer.step(() => dispose(subject)));
      expectError(error, { type: Error, code: "ERR_DISPOSED", message: /was disposed and cannot be used$/ });
      expect(snapshotOf({ ...subject, parameters: [weight, bias] })).toStrictEqual(before);
    }
  });
});
