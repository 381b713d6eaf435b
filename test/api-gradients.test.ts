/** Gradients: by reference, by copy, none, and of frozen parameters. */

import { Adam, clipGradNorm, getTotalNorm, Parameter, SGD, SparseTensor, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";

/** One step is lr · sign of the gradient: betas of 0 and an eps of 0 leave nothing else. */
const SIGN = { lr: 1, eps: 0, betas: [0, 0] } as const;

describe("a tensor is kept by reference", () => {
  test("so that what is written into it before the step is what the step sees", () => {
    const parameter = Parameter.from([10, 10]);
    const optimizer = new Adam([parameter], SIGN);
    const gradient = Tensor.from([1, 1]);
    parameter.grad = gradient;
    expect(parameter.grad).toBe(gradient);
    gradient.set([1, -1]);
    optimizer.step();
    expect([...parameter.data]).toEqual([9, 11]);
    gradient.data[0] = -5;
    optimizer.step();
    expect([...parameter.data]).toEqual([10, 12]);
  });

  test("and is never written to, by a step or by a gradient that is copied later", () => {
    const parameter = Parameter.from([10, 10]);
    const optimizer = new Adam([parameter], { ...SIGN, maximize: true, weightDecay: 1 });
    const gradient = Tensor.from([3, -4]);
    parameter.grad = gradient;
    optimizer.step();
    parameter.grad = [7, 7];
    expect(parameter.grad).not.toBe(gradient);
    optimizer.step();
    expect([...gradient.data]).toEqual([3, -4]);
  });

  test("and may be the gradient of several parameters", () => {
    const [first, second] = [Parameter.from([1, 1]), Parameter.from([1, 1])];
    first.grad = second.grad = Tensor.from([1, -1]);
    new Adam([first, second], SIGN).step();
    expect([...first.data, ...second.data]).toEqual([0, 2, 0, 2]);
  });

  test("and stays alive after the parameter is disposed", () => {
    const parameter = Parameter.from([1]);
    const gradient = Tensor.from([5]);
    parameter.grad = gradient;
    parameter.dispose();
    expect(gradient.item()).toBe(5);
    expect(parameter.grad).toBeNull();
  });
});

describe("an array is copied", () => {
  test("so that what happens to it afterwards is nothing to the step", () => {
    const parameter = Parameter.from([10, 10]);
    const optimizer = new Adam([parameter], SIGN);
    const array = Float32Array.of(1, -1);
    parameter.grad = array;
    array.fill(0);
    optimizer.step();
    expect([...parameter.data]).toEqual([9, 11]);
  });

  test("into a buffer that the parameter keeps, also across zeroGrad", () => {
    const parameter = Parameter.from([1, 2]);
    const optimizer = new Adam([parameter]);
    parameter.grad = [1, 2];
    const buffer = parameter.grad;
    for (const array of [[3, 4], Float32Array.of(5, 6)]) {
      optimizer.zeroGrad();
      expect(parameter.grad).toBeNull();
      parameter.grad = array;
      expect(parameter.grad).toBe(buffer);
      expect([...(buffer as Tensor).data]).toEqual([...array]);
    }
  });

  test("from nested arrays of any make, flat ones, and numbers for parameters without dimensions", () => {
    const matrix = Parameter.zeros([2, 2]);
    for (const grad of [
      [
        [1, 2],
        [3, 4],
      ],
      [1, 2, 3, 4],
      Float32Array.of(1, 2, 3, 4),
      [Float64Array.of(1, 2), Int8Array.of(3, 4)],
    ]) {
      matrix.grad = grad;
      expect([...(matrix.grad as Tensor).data]).toEqual([1, 2, 3, 4]);
    }
    const scalar = Parameter.from(1);
    scalar.grad = 0.5;
    expect(scalar.grad?.data[0]).toBe(0.5);
  });

  test("also if it shows the memory it is copied to", () => {
    const parameter = Parameter.from([1, -2]);
    parameter.grad = parameter.data;
    parameter.grad = (parameter.grad as Tensor).data;
    new Adam([parameter], SIGN).step();
    expect([...parameter.data]).toEqual([0, -1]);
  });
});

describe("a sparse tensor is copied, both ways", () => {
  const shape = [4];
  const sparse = (indices: number[], values: number[]) => SparseTensor.coo(indices, values, { shape });

  test.each([0, 0.9])("so that writing into either is nothing to a step, nor to a norm (momentum %d)", (momentum) => {
    const parameter = Parameter.zeros(shape);
    const optimizer = new SGD([parameter], { lr: 1, momentum });
    const given = sparse([0, 2], [3, 4]);
    parameter.grad = given;
    const got = parameter.grad as SparseTensor;
    expect(parameter.grad).toBe(got);
    for (const each of [given, got]) {
      each.values[0] = 50;
      (each.indices[0] as Int32Array)[0] = 3;
    }
    expect(clipGradNorm([parameter], 100)).toBe(5);
    optimizer.step();
    expect([...parameter.data]).toEqual([-3, 0, -4, 0]);
    parameter.accumulateGrad(sparse([0], [1]));
    expect(getTotalNorm([parameter.grad as SparseTensor])).toBeCloseTo(Math.hypot(4, 4), 6);
  });

  test("so that slices which were made the same afterwards are added up before the step", () => {
    const parameter = Parameter.zeros(shape);
    const changed = sparse([0, 2], [3, 4]).coalesce();
    (changed.indices[0] as Int32Array)[0] = 2;
    parameter.grad = changed;
    new SGD([parameter], { lr: 1 }).step();
    expect([...parameter.data]).toEqual([0, 0, -7, 0]);
  });

  test("and cannot become another one", () => {
    const tensor = sparse([0], [1]);
    for (const [name, value] of Object.entries({ shape: [100], dtype: "float64", values: new Float32Array(9) })) {
      expect(() => Object.assign(tensor, { [name]: value }), name).toThrow(TypeError);
    }
    expect(() => Object.assign(tensor.indices, [Int32Array.of(99)])).toThrow(TypeError);
  });
});

describe("the buffer of a copied array", () => {
  test("becomes another parameter's gradient when it is assigned there, and is not written to any more", () => {
    const [first, second] = [Parameter.from([10, 10]), Parameter.from([10, 10])];
    first.grad = [1, -1];
    second.grad = first.grad;
    first.grad = [-1, 1];
    new Adam([first, second], SIGN).step();
    expect([...first.data]).toEqual([11, 9]);
    expect([...second.data]).toEqual([9, 11]);
    first.dispose();
    expect([...(second.grad as Tensor).data]).toEqual([1, -1]);
  });

  test("becomes a tensor like any other when it was taken away and is assigned again", () => {
    const parameter = Parameter.from([10, 10]);
    parameter.grad = [1, -1];
    const kept = parameter.grad as Tensor;
    parameter.grad = null;
    parameter.grad = kept;
    parameter.grad = [7, 7];
    expect([...kept.data]).toEqual([1, -1]);
  });
});

describe("without gradient", () => {
  test("a parameter is skipped wholly: no count, no decay, no state", () => {
    const [stepped, skipped] = [Parameter.from([1]), Parameter.from([1])];
    const optimizer = new Adam([stepped, skipped], { weightDecay: 0.5, decoupledWeightDecay: true, lr: 1 });
    stepped.grad = [0];
    for (let i = 0; i < 3; i++) optimizer.step();
    expect([stepped.item(), skipped.item()]).toEqual([0.125, 1]);
    expect(optimizer.state.get(stepped)?.step).toBe(3);
    expect(optimizer.state.has(skipped)).toBe(false);
  });

  test("a parameter that gets one late counts from there", () => {
    const [early, late, alone] = [Parameter.from([1]), Parameter.from([1]), Parameter.from([1])];
    const optimizer = new Adam([early, late], { exact: true });
    const other = new Adam([alone], { exact: true });
    for (let step = 0; step < 5; step++) {
      early.grad = [step];
      if (step >= 2) late.grad = alone.grad = Tensor.from([step]);
      optimizer.step();
      if (step >= 2) other.step();
    }
    expect([early, late].map((each) => optimizer.state.get(each)?.step)).toEqual([5, 3]);
    expect(late.item()).toBe(alone.item());
  });
});

describe("zeroGrad", () => {
  test("takes gradients away, and a step then does nothing", () => {
    const [copied, referred] = [Parameter.from([1]), Parameter.from([1])];
    const optimizer = new Adam([{ params: copied }, { params: referred }], SIGN);
    const gradient = Tensor.from([3]);
    copied.grad = [1];
    referred.grad = gradient;
    optimizer.zeroGrad();
    optimizer.step();
    expect([copied.grad, referred.grad, copied.item(), referred.item(), gradient.item()]).toEqual([
      null,
      null,
      1,
      1,
      3,
    ]);
    copied.grad = [1];
    optimizer.zeroGrad({ setToNone: true });
    expect(copied.grad).toBeNull();
  });

  test("with setToNone: false fills them with zeros, which count as gradients", () => {
    const [copied, referred, none] = [Parameter.from([1]), Parameter.from([1]), Parameter.from([1])];
    const optimizer = new Adam([copied, referred, none]);
    const gradient = Tensor.from([3]);
    copied.grad = [1];
    referred.grad = gradient;
    optimizer.zeroGrad({ setToNone: false });
    expect([copied.grad?.data[0], referred.grad, gradient.item(), none.grad]).toEqual([0, gradient, 0, null]);
    optimizer.step();
    expect([copied, referred, none].map((each) => optimizer.state.get(each)?.step)).toEqual([1, 1, undefined]);
  });

  test("also empties the gradients of frozen parameters", () => {
    const frozen = Parameter.from([1], { requiresGrad: false });
    frozen.grad = [1];
    new Adam([frozen]).zeroGrad();
    expect(frozen.grad).toBeNull();
  });
});

describe("a frozen parameter", () => {
  test("is left alone even if it has a gradient, until it is thawed", () => {
    const parameter = Parameter.from([10], { requiresGrad: false });
    const optimizer = new Adam([parameter], SIGN);
    parameter.grad = [1];
    optimizer.step();
    expect([parameter.item(), optimizer.state.size]).toEqual([10, 0]);
    parameter.requiresGrad = true;
    optimizer.step();
    expect([parameter.item(), optimizer.state.get(parameter)?.step]).toEqual([9, 1]);
  });

  test("keeps state and count while it is frozen again", () => {
    const parameter = Parameter.from([10]);
    const optimizer = new Adam([parameter], SIGN);
    parameter.grad = [1];
    optimizer.step();
    parameter.requiresGrad = false;
    optimizer.step();
    parameter.grad = [-1];
    optimizer.step();
    expect([parameter.item(), optimizer.state.get(parameter)?.step]).toEqual([9, 1]);
    parameter.requiresGrad = true;
    optimizer.step();
    expect([parameter.item(), optimizer.state.get(parameter)?.step]).toEqual([10, 2]);
  });
});
