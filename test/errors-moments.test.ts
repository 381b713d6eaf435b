/** Right calls at the wrong moment: after dispose, and an option that comes too late. */

import { Adam, NAdam, Parameter, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { PACKAGES } from "./support/packages.js";
import { expectError, expectRejection, type Rejection, thrownBy } from "./support/rejects.js";
import { snapshotOf, type Training, training } from "./support/training.js";

test("a disposed parameter stops the step before any group moves", () => {
  const act = ({ optimizer }: Training) => optimizer.step();
  const message = "Parameter of shape [1] was disposed and cannot be used";
  const dispose = ({ late }: Training) => late.dispose();
  expectRejection({ name: "", act, type: Error, code: "ERR_DISPOSED", message, thenStepThrows: true }, dispose);
});

describe("after dispose", () => {
  const uses: Readonly<Record<string, readonly [use: (optimizer: Adam) => unknown, act: string]>> = {
    step: [(optimizer) => optimizer.step(), "call step() of"],
    addParamGroup: [
      (optimizer) => optimizer.addParamGroup({ params: [Parameter.zeros([1])] }),
      "call addParamGroup() of",
    ],
    zeroGrad: [(optimizer) => optimizer.zeroGrad(), "call zeroGrad() of"],
    "an option": [(optimizer) => Object.assign(optimizer.paramGroups[0], { lr: 1 }), "set lr of"],
  };
  test.each(Object.entries(uses))("%s is rejected", (_, [use, act]) => {
    const subject = training();
    const { optimizer, parameters } = subject;
    optimizer.dispose();
    const before = snapshotOf(subject);
    const message = `cannot ${act} Adam: it was disposed`;
    expectError(
      thrownBy(() => use(optimizer)),
      { type: Error, code: "ERR_DISPOSED", message },
    );
    expect(snapshotOf(subject)).toStrictEqual(before);
    expect(parameters.every(({ data }) => data.length > 0)).toBe(true);
  });

  test("a closure does not run", () => {
    const { optimizer } = training();
    optimizer.dispose();
    let runs = 0;
    expect(() => optimizer.step(() => runs++)).toThrow();
    expect(runs).toBe(0);
  });

  test("state is gone, also for those who hold a part of it", () => {
    const { optimizer, bias } = training();
    const { expAvg } = optimizer.state.get(bias) as { expAvg: Tensor };
    optimizer.dispose();
    expect(optimizer.state.size).toBe(0);
    expect(optimizer.state.get(bias)).toBeUndefined();
    const message = "Tensor of shape [3] was disposed and cannot be used";
    expectError(
      thrownBy(() => expAvg.data),
      { type: Error, code: "ERR_DISPOSED", message },
    );
  });

  test("numbers of a state that somebody has kept are gone, and the kernel works on", () => {
    const [parameter, loaded] = [Parameter.from([1]), Parameter.from([1])];
    const optimizers = [new NAdam([parameter]), new NAdam([loaded])] as const;
    const kept = optimizers.map((optimizer) => {
      const [own] = optimizer.paramGroups[0]?.params ?? [];
      (own as Parameter).grad = [1];
      optimizer.step();
      return optimizer.state.get(own as Parameter);
    });
    optimizers[0].dispose();
    optimizers[1].loadStateDict(optimizers[1].stateDict());
    const message = "this state was disposed and cannot be used";
    for (const state of kept) {
      for (const read of [() => state?.step, () => state?.muProduct]) {
        expectError(thrownBy(read), { type: Error, code: "ERR_DISPOSED", message });
      }
    }
    optimizers[1].step();
    expect(optimizers[1].state.get(loaded)?.step).toBe(2);
  });

  test("it can be disposed again, and its parameters belong to another optimizer as before", () => {
    const { optimizer, bias, parameters } = training();
    optimizer.dispose();
    optimizer.dispose();
    optimizer[Symbol.dispose]();
    const next = new Adam(parameters);
    next.step();
    expect(next.state.get(bias)?.step).toBe(1);
  });
});

describe("amsgrad", () => {
  const message =
    'amsgrad cannot be turned on after the first step: Parameter "weight" has no maximum of its second moment';
  const turnOn: Rejection["act"] = ({ optimizer }) => {
    optimizer.paramGroups[0].amsgrad = true;
  };

  test("is rejected once there is state, and stays off", () => {
    expectRejection({ name: "", act: turnOn, type: RangeError, code: "ERR_OPTION", message });
  });

  test("is rejected if only one parameter of the group has state", () => {
    const [first, second] = [Parameter.from([1]), Parameter.from([2], { name: "weight" })];
    const optimizer = new Adam([first, second]);
    second.grad = [1];
    optimizer.step();
    const act = () => Object.assign(optimizer.paramGroups[0], { amsgrad: true });
    expectError(thrownBy(act), { type: RangeError, code: "ERR_OPTION", message });
    expect(optimizer.paramGroups[0].amsgrad).toBe(false);
    first.grad = [1];
    optimizer.step();
    expect(optimizer.state.get(first)?.maxExpAvgSq).toBeUndefined();
  });

  test("may be turned on before, and is then as if it had been on from the start", () => {
    const run = (from: boolean) => {
      const parameter = Parameter.from([1, 2]);
      const optimizer = new Adam([parameter], { amsgrad: from });
      optimizer.paramGroups[0].amsgrad = true;
      for (const grad of [
        [3, 1],
        [0.1, 2],
        [1, -1],
      ]) {
        parameter.grad = grad;
        optimizer.step();
      }
      const state = optimizer.state.get(parameter);
      return [parameter, state?.expAvg, state?.expAvgSq, state?.maxExpAvgSq].map((tensor) => [
        ...(tensor as Tensor).data,
      ]);
    };
    expect(run(false)).toEqual(run(true));
  });

  test.each(PACKAGES)("may be turned off before, and is then as if it had never been on: %s", (_, from) => {
    const parameter = from.Parameter.from([1], { name: "weight" });
    const optimizer = new from.Adam([parameter], { amsgrad: true });
    optimizer.paramGroups[0].amsgrad = false;
    parameter.grad = [1];
    optimizer.step();
    expect(Object.keys(optimizer.stateDict().state[0])).toEqual(["step", "exp_avg", "exp_avg_sq"]);
    const act = () => Object.assign(optimizer.paramGroups[0], { amsgrad: true });
    expectError(thrownBy(act), { type: RangeError, code: "ERR_OPTION", message });
  });

  test("may be turned off and on again", () => {
    const { optimizer, scale } = training();
    const group = optimizer.paramGroups[1];
    group.amsgrad = false;
    optimizer.step();
    group.amsgrad = true;
    optimizer.step();
    expect(optimizer.state.get(scale)).toMatchObject({ step: 4, maxExpAvgSq: expect.any(Tensor) });
  });
});
