/** Growth of memory kills views and nothing else. */

import { Adam, Parameter, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { grow, memory } from "./support/linear-memory.js";
import { snapshotOf, training } from "./support/training.js";

describe("when memory grows", () => {
  test("old views are dead, and data has everything again", () => {
    const tensor = Tensor.from([1, 2, 3]);
    const { data } = tensor;
    expect(tensor.data).toBe(data);
    grow();
    expect(data).toHaveLength(0);
    expect([...tensor.data]).toEqual([1, 2, 3]);
    expect(tensor.data).toBe(tensor.data);
  });

  test("parameters, gradients and state are as before, and training goes on", () => {
    // One after the other: growth happens to all that there is.
    const bits = [() => {}, grow].map((beforeStep) => {
      const subject = training();
      const { optimizer, bias, late, parameters } = subject;
      for (let step = 0; step < 3; step++) {
        const before = snapshotOf(subject);
        beforeStep();
        expect(snapshotOf(subject)).toStrictEqual(before);
        bias.grad = [step, 1, -1];
        late.grad = step === 1 ? [2] : null;
        optimizer.step();
      }
      const states = [...optimizer.state.values()];
      return [
        ...parameters.map(({ data }) => [...data]),
        ...states.map(({ step, expAvg, expAvgSq }) => [step, ...expAvg.data, ...expAvgSq.data]),
      ];
    });
    expect(bits[1]).toEqual(bits[0]);
    expect(bits[0]).toHaveLength(9);
  });

  test("tensors without elements still have data", () => {
    const tensor = Tensor.zeros([0]);
    grow();
    expect(tensor.data.buffer).toBe(memory());
  });
});

/** Calls `copy` until memory has grown within it a few times. */
function whileMemoryGrows(copy: (keep: unknown[]) => void) {
  const kept: unknown[] = [];
  for (let growths = 0; growths < 3; ) {
    const before = memory();
    copy(kept);
    if (memory() !== before) growths++;
  }
}

describe("memory may grow between a view that is read and what is made of it", () => {
  const LENGTH = 50_000;
  const source = Tensor.from(Float32Array.from({ length: LENGTH }, (_, i) => i));

  test("in Tensor.from and Parameter.from", () => {
    for (const make of [Tensor, Parameter]) {
      whileMemoryGrows((kept) => {
        const copy = make.from(source.data, { shape: [LENGTH / 2, 2] });
        kept.push(copy);
        expect(copy.data.subarray(-2)).toEqual(Float32Array.of(LENGTH - 2, LENGTH - 1));
      });
    }
  });

  test("in Tensor.from of rows", () => {
    whileMemoryGrows((kept) => {
      const rows = Tensor.from([[source.data], [source.data]]);
      kept.push(rows);
      expect(rows.data.at(-1)).toBe(LENGTH - 1);
    });
  });

  test("in a gradient that is copied for the first time", () => {
    const parameters = Array.from({ length: 200 }, () => Parameter.zeros([LENGTH]));
    const before = memory();
    for (const parameter of parameters) {
      parameter.grad = source.data;
      expect(parameter.grad?.data.at(-1)).toBe(LENGTH - 1);
    }
    expect(memory() === before).toBe(false);
    for (const parameter of parameters) parameter.dispose();
  });
});

test("a step with gradients for all does not grow memory", () => {
  const parameters = Array.from({ length: 50 }, () => Parameter.zeros([100_000]));
  const optimizer = new Adam(parameters);
  for (const parameter of parameters) parameter.grad = Tensor.zeros([100_000]);
  const before = memory();
  optimizer.step();
  expect(memory() === before).toBe(true);
  expect(optimizer.state.size).toBe(50);
  optimizer.dispose();
});

test("a parameter that is thawed gets its moments at its first step, which may grow memory", () => {
  const parameter = Parameter.zeros([memory().byteLength / 4], { requiresGrad: false });
  const optimizer = new Adam([parameter], { lr: 1, eps: 0, betas: [0, 0] });
  const gradient = Tensor.zeros(parameter.shape);
  gradient.fill(-1);
  parameter.grad = gradient;
  parameter.requiresGrad = true;
  const before = memory();
  optimizer.step();
  expect(memory() === before).toBe(false);
  expect([parameter.data[0], parameter.data.at(-1), optimizer.state.get(parameter)?.step]).toEqual([1, 1, 1]);
});
