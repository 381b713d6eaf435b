/** Steps: closures, options between steps, groups, several optimizers, disposal. */

import { Adam, AdamW, backend, Parameter, setFlushDenormal, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { training } from "./support/training.js";

const SIGN = { lr: 1, eps: 0, betas: [0, 0] } as const;

describe("step", () => {
  test("returns what its closure returned, and undefined without one", () => {
    const optimizer = new Adam([Parameter.from([1])]);
    const loss = { value: 1 };
    expect(optimizer.step(() => loss)).toBe(loss);
    expect(optimizer.step(() => null)).toBeNull();
    expect(optimizer.step(() => undefined)).toBeUndefined();
    expect(optimizer.step()).toBeUndefined();
  });

  test("runs its closure once, before it looks at gradients", () => {
    const parameter = Parameter.from([10]);
    const optimizer = new Adam([parameter], SIGN);
    let runs = 0;
    optimizer.step(() => {
      runs++;
      expect(parameter.item()).toBe(10);
      parameter.grad = [-1];
    });
    expect([runs, parameter.item()]).toEqual([1, 11]);
  });

  test("moves the values under a view that was taken before", () => {
    const parameter = Parameter.from([10, 20]);
    const { data } = parameter;
    parameter.grad = [1, -1];
    new Adam([parameter], SIGN).step();
    expect([...data]).toEqual([9, 21]);
    expect(parameter.data).toBe(data);
  });

  test("takes parameters of any shape: of none, of no elements, of many dimensions", () => {
    const shapes = [[], [0], [3, 0, 2], [1, 1, 1], [2, 1, 3, 2]];
    const parameters = shapes.map((shape) => Parameter.zeros(shape));
    const optimizer = new Adam(parameters, SIGN);
    for (const parameter of parameters) parameter.grad = new Float32Array(parameter.length).fill(-1);
    optimizer.step();
    expect(parameters.map(({ data }) => [...data])).toEqual(
      [0, 1, 2, 3, 4].map((i) => Array([1, 0, 0, 1, 12][i]).fill(1)),
    );
    expect(parameters.map((each) => optimizer.state.get(each)?.step)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("options that are assigned between steps take effect at the next", () => {
  function moved(assign: Partial<Adam["defaults"]>, options: Partial<Adam["defaults"]> = {}): number {
    const parameter = Parameter.from([16]);
    const optimizer = new Adam([parameter], { ...SIGN, ...options });
    parameter.grad = [2];
    optimizer.step();
    const before = parameter.item();
    Object.assign(optimizer.paramGroups[0], assign);
    optimizer.step();
    return parameter.item() - before;
  }

  test("as if each step read them anew", () => {
    expect(moved({})).toBe(-1);
    expect(moved({ lr: 0.25 })).toBe(-0.25);
    expect(moved({ maximize: true })).toBe(1);
    expect(moved({ eps: 2 })).toBe(-0.5);
    expect(moved({ betas: [0.5, 0] }, { betas: [0.5, 0] })).toBe(-1);
    expect(moved({ weightDecay: 0.5, decoupledWeightDecay: true })).toBe(-8.5);
    expect(moved({ weightDecay: 0.5, decoupledWeightDecay: true, lr: 0 })).toBe(0);
  });

  test("and only in the group they are assigned to", () => {
    const [first, second] = [Parameter.from([10]), Parameter.from([10])];
    const optimizer = new Adam([{ params: first }, { params: second, maximize: true }], SIGN);
    optimizer.paramGroups[0].lr = 4;
    first.grad = second.grad = Tensor.from([1]);
    optimizer.step();
    expect([first.item(), second.item()]).toEqual([6, 11]);
  });
});

describe("a group that is added", () => {
  test("counts its steps from there, and leaves the others alone", () => {
    const [alone, together] = [training(), training()];
    const added = Parameter.from([10]);
    together.optimizer.addParamGroup({ params: added, ...SIGN });
    added.grad = [1];
    for (const { optimizer } of [alone, together]) optimizer.step();
    expect([added.item(), together.optimizer.state.get(added)?.step]).toEqual([9, 1]);
    expect(together.parameters.map(({ data }) => [...data])).toEqual(alone.parameters.map(({ data }) => [...data]));
    expect(together.optimizer.state.get(together.bias)?.step).toBe(3);
  });
});

test("two optimizers may share a parameter, each with a state of its own", () => {
  const parameter = Parameter.from([10]);
  const [down, up] = [new Adam([parameter], SIGN), new Adam([parameter], { ...SIGN, maximize: true, lr: 4 })];
  parameter.grad = [1];
  down.step();
  up.step();
  up.step();
  expect([parameter.item(), down.state.get(parameter)?.step, up.state.get(parameter)?.step]).toEqual([17, 1, 2]);
  down.dispose();
  up.step();
  expect(parameter.item()).toBe(21);
});

test("Adam with decoupledWeightDecay is AdamW", () => {
  const [adam, adamw] = [Parameter.from([1, -2, 3]), Parameter.from([1, -2, 3])];
  const options = { lr: 0.1, weightDecay: 0.3 };
  const optimizers = [new Adam([adam], { ...options, decoupledWeightDecay: true }), new AdamW([adamw], options)];
  adam.grad = adamw.grad = Tensor.from([0.1, 0, -5]);
  for (const optimizer of optimizers) for (let i = 0; i < 3; i++) optimizer.step();
  expect([...adamw.data]).toEqual([...adam.data]);
});

test("everything disposable is disposed by Symbol.dispose", () => {
  const parameter = Parameter.from([1]);
  const optimizer = new Adam([parameter]);
  optimizer[Symbol.dispose]();
  expect(() => optimizer.step()).toThrow("disposed");
  expect(parameter.item()).toBe(1);
  parameter[Symbol.dispose]();
  expect(() => parameter.data).toThrow("disposed");
});

test("backend says that the module runs", () => {
  expect(backend()).toEqual({ kind: "wasm", reason: null });
  expect(Object.isFrozen(backend())).toBe(true);
});

describe("setFlushDenormal", () => {
  test("takes a boolean and nothing else", () => {
    for (const mode of [undefined, null, 1, "true"]) {
      expect(() => setFlushDenormal(mode as never)).toThrow(
        expect.objectContaining({
          code: "ERR_OPTION",
          message: expect.stringContaining("setFlushDenormal takes a boolean, got "),
        }),
      );
    }
  });

  test("decides for the steps from then on whether subnormal moments are zeroed, as every 32nd does", () => {
    const left = (mode: boolean) => {
      const parameter = Parameter.from([1]);
      const optimizer = new Adam([parameter], { betas: [0.5, 0.5] });
      parameter.grad = [2 ** -110];
      expect(setFlushDenormal(true)).toBe(true);
      optimizer.step();
      parameter.grad = [0];
      for (let step = 2; step < 32; step++) optimizer.step();
      expect(optimizer.state.get(parameter)?.expAvg.item()).toBe(2 ** -141);
      setFlushDenormal(mode);
      optimizer.step();
      setFlushDenormal(true);
      return optimizer.state.get(parameter)?.expAvg.item();
    };
    expect([left(false), left(true)]).toEqual([2 ** -142, 0]);
  });
});
