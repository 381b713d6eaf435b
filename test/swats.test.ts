/** SWATS: its estimate, when it settles, and what SGD takes over. */

import { Adam, AdamW, Parameter, SGD, SWATS, type Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { normals } from "./support/noise.js";
import { expectRejection } from "./support/rejects.js";

const float64 = (values: readonly number[]) => Parameter.from(Float64Array.from(values));

describe("the estimate", () => {
  test("after the first step is the rate at which SGD's step, projected on Adam's, is Adam's", () => {
    const param = float64([0, 0]);
    const swats = new SWATS(new Adam([param], { lr: 1e-3 }));
    expect(swats.lr).toBeNaN();
    param.grad = Float64Array.of(1, 2);
    swats.step();
    expect(swats.lr).toBeCloseTo((2 / 3) * 1e-3, 10);
    expect(swats.settled).toBe(false);
  });

  test("is SGD's learning rate exactly where Adam steps along the gradient", () => {
    const param = float64([0, 0, 0]);
    const swats = new SWATS(new Adam([param], { lr: 1e-2, eps: 0 }));
    for (let step = 1; step <= 3; step++) {
      param.grad = Float64Array.of(4, -4, 4);
      swats.step();
      expect(swats.lr).toBeCloseTo(1e-2 / 4, 12);
    }
    expect(swats.settled).toBe(true);
  });

  test("is an average with bias correction, over all parameters that have a gradient, and both ways", () => {
    for (const maximize of [false, true]) {
      const params = [float64(normals(1, 0, 5)), float64(normals(2, 0, 3)), float64([9])];
      const adam = new AdamW(params, { betas: [0.8, 0.9], maximize, lr: 0.01 });
      const swats = new SWATS(adam);
      let average = 0;
      for (let step = 1; step <= 20; step++) {
        params[0].grad = Float64Array.from(normals(3, step, 5));
        params[1].grad = Float64Array.from(normals(4, step, 3));
        const before = params.map(({ data }) => data.slice());
        swats.step();
        let [length, along] = [0, 0];
        for (const [i, { data, grad }] of params.slice(0, 2).entries()) {
          for (const [k, x] of data.entries()) {
            const change = x - before[i][k];
            length += change ** 2;
            along += (maximize ? change : -change) * ((grad as Parameter).data[k] as number);
          }
        }
        average = 0.9 * average + 0.1 * (length / along);
        expect(swats.lr).toBeCloseTo(average / (1 - 0.9 ** step), 12);
      }
      expect(params[2].data[0]).toBe(9);
    }
  });

  test("learns nothing from a step without gradients, or one that moves nothing", () => {
    const param = float64([1]);
    const swats = new SWATS(new Adam([param]));
    swats.step();
    param.grad = Float64Array.of(0);
    swats.step();
    expect(swats.stateDict()).toEqual({ step: 0, average: 0, settled: false });
  });
});

describe("the hand-over", () => {
  /** Adam on a gradient that never changes: it settles in the second step. */
  function settled() {
    const param = Parameter.from(Float64Array.of(1, 2), { name: "weight" });
    const adam = new Adam([{ params: [["weight", param]], name: "all", weightDecay: 0.1 }], {
      betas: [0.8, 0.99],
      eps: 0,
    });
    const swats = new SWATS(adam, { tolerance: 1e-6 });
    while (!swats.settled) {
      param.grad = Float64Array.of(3, 3);
      swats.step();
    }
    return { param, adam, swats };
  }

  test("makes SGD on the same groups, with momentum β₁ and empty buffers; Adam keeps its state", () => {
    const { param, adam, swats } = settled();
    const [count, { lr }] = [adam.state.get(param)?.step, swats];
    const sgd = swats.toSGD();
    expect(sgd).toBeInstanceOf(SGD);
    const [group] = sgd.paramGroups;
    expect(group).toMatchObject({ name: "all", momentum: 0.8, dampening: 0, weightDecay: 0.1, maximize: false });
    expect([...(group.paramNames ?? [])]).toEqual(["weight"]);
    expect(group.lr).toBeCloseTo(0.2 * lr, 15);
    expect(sgd.state.get(param)).toBeUndefined();
    expect(adam.state.get(param)?.step).toBe(count);

    const before = param.data.slice();
    param.grad = Float64Array.of(3, 3);
    sgd.step();
    for (const [i, x] of param.data.entries()) expect(x).toBeCloseTo(before[i] - group.lr * (3 + 0.1 * before[i]), 12);
  });

  test("goes on after a checkpoint as if there had been none", () => {
    const run = (stopAt: number) => {
      const param = float64([0, 0]);
      let adam = new Adam([param], { eps: 1e-3 });
      let swats = new SWATS(adam);
      for (let step = 1; step <= 20; step++) {
        if (step === stopAt) {
          const [saved, watched] = [adam.stateDict(), structuredClone(swats.stateDict())];
          adam = new Adam([param]);
          adam.loadStateDict(saved);
          swats = new SWATS(adam);
          swats.loadStateDict(watched);
        }
        param.grad = Float64Array.of(1, 1 / step);
        swats.step();
      }
      return { lr: swats.lr, data: [...param.data] };
    };
    expect(run(10)).toEqual(run(0));
  });

  test("is refused before anything has settled", () => {
    const swats = new SWATS(new Adam([float64([1])]));
    expectRejection({
      name: "",
      act: () => swats.toSGD(),
      type: Error,
      code: "ERR_OPTION",
      message: "the learning rate has not settled yet: it is NaN now",
    });
  });
});

describe("errors", () => {
  const swats = () => new SWATS(new Adam([float64([1])]));
  test.each([
    ["SGD", () => new SWATS(new SGD([float64([1])]) as never), TypeError, "ERR_OPTION"],
    ["a negative tolerance", () => new SWATS(new Adam([float64([1])]), { tolerance: -1 }), RangeError, "ERR_OPTION"],
    ["an unknown option", () => new SWATS(new Adam([float64([1])]), { tol: 1 } as never), TypeError, "ERR_OPTION"],
    [
      "a dict with half a step",
      () => swats().loadStateDict({ step: 0.5, average: 0, settled: false }),
      RangeError,
      "ERR_STATE_MISMATCH",
    ],
    [
      "a dict that has settled without a step",
      () => swats().loadStateDict({ step: 0, average: 0, settled: true }),
      RangeError,
      "ERR_STATE_MISMATCH",
    ],
    [
      "a dict that has settled at a rate below 0",
      () => swats().loadStateDict({ step: 5, average: -1, settled: true }),
      RangeError,
      "ERR_STATE_MISMATCH",
    ],
    ["a dict of something else", () => swats().loadStateDict({} as never), RangeError, "ERR_STATE_MISMATCH"],
  ] as const)("%s is refused", (_, act, type, code) => {
    expect(act).toThrow(expect.objectContaining({ code, constructor: type }));
  });
});

describe("takes the place of Adam in a loop", () => {
  test("step has Adam's closure, gradScale and result, and zeroGrad is Adam's", () => {
    const [watched, plain] = [float64([1, 2]), float64([1, 2])];
    const adam = new Adam([plain], { eps: 1e-2 });
    const swats = new SWATS(new Adam([watched], { eps: 1e-2 }));
    const closure = (param: Parameter) => () => {
      param.grad = Float64Array.of(3, -1);
      return 7;
    };
    expect(swats.step(closure(watched))).toBe(7);
    adam.step(closure(plain));
    swats.step(undefined, { gradScale: 0.1 });
    adam.step(undefined, { gradScale: 0.1 });
    expect([...watched.data]).toEqual([...plain.data]);
    swats.zeroGrad();
    expect(watched.grad).toBeNull();
  });

  test("zeroGrad fills gradients behind the hooks, and a hook that throws takes nothing back", () => {
    const [param, same] = [float64([0, 0]), float64([0, 0])];
    const adam = new Adam([param]);
    const [swats, unbroken] = [new SWATS(adam), new SWATS(new Adam([same]))];
    const seen: number[][] = [];
    adam.registerStepPostHook(() => {
      seen.push([...(param.grad as Tensor).data]);
      if (seen.length === 2) throw new Error("a mistake");
    });
    for (const [i, grad] of [Float64Array.of(4, 8), Float64Array.of(1, 2), Float64Array.of(3, 1)].entries()) {
      param.grad = grad;
      same.grad = grad;
      const step = () => swats.step(undefined, { zeroGrad: true });
      if (i === 1) expect(step).toThrow(expect.objectContaining({ code: "ERR_HOOK" }));
      else step();
      unbroken.step();
      expect([...(param.grad as Tensor).data]).toEqual([0, 0]);
      expect([...param.data, swats.lr]).toEqual([...same.data, unbroken.lr]);
    }
    expect(seen).toEqual([
      [4, 8],
      [1, 2],
      [3, 1],
    ]);
  });

  test("the estimate stays what it was when somebody changes betas", () => {
    const param = float64([0]);
    const adam = new Adam([param]);
    const swats = new SWATS(adam, { tolerance: 1e9 });
    for (let step = 0; step < 3; step++) {
      param.grad = Float64Array.of(1);
      swats.step();
    }
    expect(swats.settled).toBe(true);
    const { lr } = swats;
    adam.paramGroups[0].betas = [0.5, 0.5];
    expect(swats.lr).toBe(lr);
  });

  test("the estimate is that of the scaled gradient", () => {
    const [scaled, plain] = [float64([0, 0]), float64([0, 0])];
    const [a, b] = [new SWATS(new Adam([scaled])), new SWATS(new Adam([plain]))];
    scaled.grad = Float64Array.of(4, 8);
    a.step(undefined, { gradScale: 0.25 });
    plain.grad = Float64Array.of(1, 2);
    b.step();
    expect(a.lr).toBeCloseTo(b.lr, 15);
  });

  test("groups keep the proportion of their learning rates, and one at 0 stays at 0", () => {
    const params = [float64([1]), float64([1]), float64([1])];
    const groups = [0.01, 0.005, 0].map((lr, i) => ({ params: [params[i]], lr }));
    const swats = new SWATS(new Adam(groups, { eps: 0 }), { tolerance: 1e-6 });
    while (!swats.settled) {
      for (const param of params) param.grad = Float64Array.of(2);
      swats.step();
    }
    const rates = swats.toSGD().paramGroups.map(({ lr }) => lr);
    expect(rates[0]).toBeCloseTo(0.1 * swats.lr, 15);
    expect(rates[1]).toBeCloseTo(rates[0] / 2, 15);
    expect(rates[2]).toBe(0);
  });
});
