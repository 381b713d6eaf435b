/** Who disposes gets the memory back: however often things are made and disposed, it does not grow. */

import { Adam, Parameter, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { memory } from "./support/linear-memory.js";

const COUNT = 10_000;
/** Until free room has found the shape that it keeps. */
const WARM_UP = 1000;
const SIZES = [0, 1, 7, 16, 100, 1023, 4096, 5000, 20_000];

function expectNoGrowth(cycle: (index: number) => void, tolerance = 0) {
  for (let index = 0; index < WARM_UP; index++) cycle(index);
  const limit = memory().byteLength + tolerance;
  for (let index = WARM_UP; index < WARM_UP + COUNT; index++) cycle(index);
  expect(memory().byteLength).toBeLessThanOrEqual(limit);
}

const sizeOf = (index: number) => SIZES[index % SIZES.length];

describe(`${COUNT} times made and disposed:`, () => {
  test("tensors of all sizes", () => {
    expectNoGrowth((index) => Tensor.zeros([sizeOf(index)], { dtype: index % 2 ? "float32" : "float64" }).dispose());
  });

  test("parameters with a gradient that they copied", () => {
    expectNoGrowth((index) => {
      const parameter = Parameter.zeros([sizeOf(index)]);
      parameter.grad = new Float32Array(parameter.length);
      parameter.dispose();
    });
  });

  test("optimizers, stepped and not", () => {
    const parameters = SIZES.map((size) => Parameter.zeros([size]));
    for (const parameter of parameters) parameter.grad = new Float32Array(parameter.length);
    expectNoGrowth((index) => {
      const optimizer = new Adam(parameters.slice(0, 1 + (index % parameters.length)), { amsgrad: index % 2 === 0 });
      if (index % 3 === 0) optimizer.step();
      optimizer.dispose();
    });
  });

  test("optimizers whose groups were added, frozen ones among them", () => {
    const parameters = [7, 1023, 5000].map((size) => Parameter.zeros([size], { requiresGrad: size % 2 === 1 }));
    expectNoGrowth(() => {
      const optimizer = new Adam([{ params: [] }]);
      for (const params of parameters) optimizer.addParamGroup({ params });
      optimizer.dispose();
    });
  });

  test("things that live for a while, disposed in another order", () => {
    const alive: Tensor[] = [];
    expectNoGrowth((index) => {
      alive.push(Tensor.zeros([sizeOf(7 * index)]));
      if (alive.length >= 64) for (let i = 0; i < 32; i++) alive.splice((i * 17) % alive.length, 1)[0].dispose();
      // 140 MB go through here; holes between the living shift, and may now and then cost a page.
    }, 2 ** 20);
  });

  test("optimizers that were refused", () => {
    const parameter = Parameter.zeros([20_000]);
    expectNoGrowth((index) => {
      const params = [{ params: parameter }, { params: index % 2 ? parameter : (1 as never) }];
      expect(() => new Adam(params)).toThrow();
    });
  });
});
