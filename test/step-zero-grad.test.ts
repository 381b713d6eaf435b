/** `step(closure, { zeroGrad: true })`: the step and `zeroGrad({ setToNone: false })` in one, bit for bit. */

import { Adam, Parameter, SGD, SparseTensor, SWATS, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectSameBits, type Floats, floats } from "./support/bits.js";
import { FAMILY, WAYS } from "./support/family.js";
import { normals } from "./support/noise.js";
import { gradientFor, PACKAGES, stateOf } from "./support/packages.js";

/** Less than a vector of either dtype, whole vectors, and some with a rest. */
const LENGTHS = [1, 2, 3, 4, 5, 17, 1000, 1003];
const STEPS = 33;
const TO_ZERO = { setToNone: false };

/** A copy, which survives the growth of memory. */
const kept = (value: unknown) => (typeof value === "number" ? Float64Array.of(value) : (value as Floats).slice());

describe.each(PACKAGES)("with the %s kernel", (_, from) => {
  describe.each(["float32", "float64"] as const)("%s", (dtype) => {
    test.each(Object.entries(WAYS))("%s", (_, { optimizer: name, options }) => {
      const member = FAMILY[name];
      const train = (inOne: boolean) => {
        const params = LENGTHS.map((length, i) => from.Parameter.from(floats(dtype, normals(i, 0, length))));
        const optimizer = member.create(from, params, options);
        for (let step = 1; step <= STEPS; step += step < 3 ? 1 : 15) {
          for (const [i, param] of params.entries()) {
            // One has none in the second step, so that counts differ between rows from there on.
            const grad = gradientFor(member, from, floats(dtype, normals(100 + i, step, param.length)));
            param.grad = step === 2 && i === 2 ? null : grad;
          }
          if (inOne) optimizer.step(undefined, { gradScale: 0.5, zeroGrad: true });
          else {
            optimizer.step(undefined, { gradScale: 0.5 });
            optimizer.zeroGrad(TO_ZERO);
          }
          for (const { grad } of params) {
            if (grad instanceof from.Tensor) expect(grad.data.every((value) => Object.is(value, 0))).toBe(true);
            else expect(grad?.values ?? []).toHaveLength(0);
          }
        }
        return params.flatMap((param) => [param.data, ...Object.values(stateOf(optimizer, param))].map(kept));
      };
      const [apart, inOne] = [false, true].map(train);
      expect(inOne).toHaveLength(apart.length);
      for (const [i, values] of apart.entries()) expectSameBits(inOne[i], values, `array ${i}`);
    });
  });
});

test("gradients that are views keep what lies beside them", () => {
  const flat = Tensor.from([1, 2, 3, 4, 5, 6, 7]);
  const parameter = Parameter.from([1, 1, 1]);
  parameter.grad = flat.view(2, [3]);
  new Adam([parameter]).step(undefined, { zeroGrad: true });
  expect([...flat.data]).toEqual([1, 2, 0, 0, 0, 6, 7]);
});

test("what the step leaves alone is zeroed as well: frozen parameters, and sparse gradients", () => {
  const frozen = Parameter.from([1, 2], { requiresGrad: false });
  const sparse = Parameter.from([1, 2, 3]);
  const without = Parameter.from([1]);
  frozen.grad = [3, 4];
  sparse.grad = SparseTensor.coo([0, 2], [1, 1], { shape: [3] });
  for (const options of [{}, { momentum: 0.9 }]) {
    new SGD([frozen, sparse, without], { lr: 1, ...options }).step(undefined, { zeroGrad: true });
    expect([...(frozen.grad as Tensor).data]).toEqual([0, 0]);
    expect((sparse.grad as unknown as SparseTensor).values).toHaveLength(0);
    expect(without.grad).toBeNull();
  }
  expect([[...frozen.data], [...sparse.data]]).toEqual([
    [1, 2],
    [0, 2, 2],
  ]);
});

test("two steps behind one another, the second with what zeros leave of a sparse gradient", () => {
  const train = (inOne: boolean) => {
    const parameter = Parameter.from([1, 2, 3]);
    const optimizer = new SGD([parameter], { lr: 0.1, momentum: 0.9 });
    parameter.grad = SparseTensor.coo([0, 2], [1, 1], { shape: [3] });
    for (let step = 0; step < 3; step++) {
      optimizer.step(undefined, { zeroGrad: inOne });
      if (!inOne) optimizer.zeroGrad(TO_ZERO);
    }
    return [...parameter.data];
  };
  // v = 1, 0.9, 0.81: the momentum goes on.
  for (const inOne of [false, true]) {
    for (const [i, value] of [1 - 0.271, 2, 3 - 0.271].entries()) expect(train(inOne)[i]).toBeCloseTo(value, 6);
  }
});

test.each([
  ["the same tensor", (shared: Tensor) => [shared, shared]],
  ["views that overlap", (shared: Tensor) => [shared.view(0, [20_000]), shared.view(5, [20_000])]],
])("gradients that are %s are zeroed after the step of all", (_, gradientsOf) => {
  const train = (inOne: boolean) => {
    const shared = Tensor.from(normals(9, 0, 20_005));
    const gradients = gradientsOf(shared);
    const params = gradients.map(({ length }, i) => Parameter.from(normals(i, 0, length)));
    const optimizer = new Adam([{ params: params[0] }, { params: params[1] }]);
    params.forEach((param, i) => {
      param.grad = gradients[i];
    });
    for (let step = 0; step < 2; step++) {
      optimizer.step(undefined, { zeroGrad: inOne });
      if (!inOne) optimizer.zeroGrad(TO_ZERO);
      expect(gradients.every(({ data }) => data.every((x) => x === 0))).toBe(true);
      shared.set(normals(10, step, 20_005));
    }
    return params.map(({ data }) => data.slice() as Floats);
  };
  const [apart, inOne] = [false, true].map(train);
  for (const [i, values] of apart.entries()) expectSameBits(inOne[i], values, `parameter ${i}`);
});

test("gradients that share memory since a group was added are zeroed after the step, too", () => {
  const gradient = Tensor.from([1]);
  const [one, other] = [0, 1].map(() => Parameter.from([0]));
  for (const parameter of [one, other]) parameter.grad = gradient;
  const optimizer = new SGD([one], { lr: 1 });
  optimizer.step(undefined, { zeroGrad: true });
  optimizer.addParamGroup({ params: other });
  gradient.fill(1);
  optimizer.step(undefined, { zeroGrad: true });
  expect([one.item(), other.item(), gradient.item()]).toEqual([-2, -1, 0]);
});

test("options that are undefined are not given", () => {
  const parameter = Parameter.from([1]);
  parameter.grad = [2];
  new SGD([parameter], { lr: 1 }).step(undefined, { gradScale: undefined, zeroGrad: undefined });
  expect([parameter.item(), (parameter.grad as Tensor).item()]).toEqual([-1, 2]);
});

test("SWATS looks at the gradients before they are gone", () => {
  const train = (inOne: boolean) => {
    const parameter = Parameter.from([1, -2]);
    const adam = new Adam([parameter], { lr: 0.1 });
    const swats = new SWATS(adam);
    for (let step = 0; step < 5; step++) {
      parameter.grad = Array.from(parameter.data, (x) => 2 * x);
      swats.step(undefined, inOne ? { zeroGrad: true } : {});
      expect([...(parameter.grad as Tensor).data].some((x) => x !== 0)).toBe(!inOne);
    }
    return swats.lr;
  };
  expect(train(true)).toBe(train(false));
});

describe("refused, with everything as it was", () => {
  const training = () => {
    const parameter = Parameter.from([1, 2]);
    const frozen = Parameter.from([5], { requiresGrad: false });
    const optimizer = new Adam([parameter, frozen]);
    parameter.grad = [1, 1];
    frozen.grad = Tensor.from([7]);
    return { parameter, frozen, optimizer };
  };
  const expectUntouched = ({ parameter, optimizer }: ReturnType<typeof training>) => {
    expect([...parameter.data]).toEqual([1, 2]);
    expect([...(parameter.grad as Tensor).data]).toEqual([1, 1]);
    expect(optimizer.state.size).toBe(0);
  };

  test.each([1, "true", null])("zeroGrad: %o", (zeroGrad) => {
    const all = training();
    expect(() => all.optimizer.step(undefined, { zeroGrad } as never)).toThrow(
      expect.objectContaining({ code: "ERR_OPTION", message: expect.stringMatching(/^zeroGrad must be a boolean/) }),
    );
    expectUntouched(all);
  });

  test("a gradient that was disposed, also of a frozen parameter", () => {
    const all = training();
    (all.frozen.grad as Tensor).dispose();
    expect(() => all.optimizer.step(undefined, { zeroGrad: true })).toThrow(
      expect.objectContaining({ code: "ERR_DISPOSED" }),
    );
    expectUntouched(all);
  });
});
