/** Tensors: what they are made of, and what is in them. */

import { Parameter, Tensor, type TensorValues } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";

describe("a tensor is made", () => {
  const rows: readonly (readonly [name: string, tensor: Tensor, shape: number[], dtype: string, values: number[]])[] = [
    ["from a number", Tensor.from(5), [], "float32", [5]],
    ["from numbers", Tensor.from([1, 2]), [2], "float32", [1, 2]],
    [
      "from rows",
      Tensor.from([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      [2, 3],
      "float32",
      [1, 2, 3, 4, 5, 6],
    ],
    ["from rows of typed arrays", Tensor.from([Int8Array.of(1, 2), [3, 4]]), [2, 2], "float32", [1, 2, 3, 4]],
    ["from four dimensions", Tensor.from([[[[1], [2]]]]), [1, 1, 2, 1], "float32", [1, 2]],
    ["from float32 as it is", Tensor.from(Float32Array.of(0.1)), [1], "float32", [Math.fround(0.1)]],
    ["from float64 as it is", Tensor.from(Float64Array.of(0.1)), [1], "float64", [0.1]],
    [
      "from float64 by rounding",
      Tensor.from(Float64Array.of(0.1), { dtype: "float32" }),
      [1],
      "float32",
      [Math.fround(0.1)],
    ],
    ["from integers for a dtype", Tensor.from(Uint8Array.of(255), { dtype: "float64" }), [1], "float64", [255]],
    ["from plain numbers as float64", Tensor.from([0.1], { dtype: "float64" }), [1], "float64", [0.1]],
    ["from flat values in a shape", Tensor.from([1, 2, 3, 4], { shape: [2, 2] }), [2, 2], "float32", [1, 2, 3, 4]],
    ["from one value in a shape of none", Tensor.from([7], { shape: [] }), [], "float32", [7]],
    ["from what is no finite number", Tensor.from([Number.NaN, -0]), [2], "float32", [Number.NaN, -0]],
    ["from nothing", Tensor.from([]), [0], "float32", []],
    ["of zeros", Tensor.zeros([2, 2]), [2, 2], "float32", [0, 0, 0, 0]],
    ["of float64 zeros", Tensor.zeros([1], { dtype: "float64" }), [1], "float64", [0]],
    ["of no zeros", Tensor.zeros([3, 0]), [3, 0], "float32", []],
    ["as a parameter", Parameter.from([[1], [2]]), [2, 1], "float32", [1, 2]],
    ["as a parameter of zeros", Parameter.zeros([2], { dtype: "float64" }), [2], "float64", [0, 0]],
  ];
  test.each(rows)("%s", (_, tensor, shape, dtype, values) => {
    expect(tensor).toMatchObject({ shape, dtype, length: values.length });
    expect([...tensor.data]).toEqual(values);
    expect(tensor.data).toBeInstanceOf(dtype === "float32" ? Float32Array : Float64Array);
  });

  test("with zeros also where something was before", () => {
    const dirty = Array.from({ length: 20 }, () => Tensor.from(new Float32Array(100).fill(7)));
    for (const tensor of dirty) tensor.dispose();
    for (let i = 0; i < 20; i++) expect(Tensor.zeros([100]).data.every((x) => Object.is(x, 0))).toBe(true);
  });

  test("with a shape of its own that nobody changes", () => {
    const shape = [2, 3];
    const tensor = Tensor.zeros(shape);
    shape[0] = 7;
    expect(tensor.shape).toEqual([2, 3]);
    expect(() => (tensor.shape as number[]).push(1)).toThrow(TypeError);
  });
});

describe("a parameter", () => {
  test("is a tensor with a gradient, and has a name if it was given one", () => {
    const parameter = Parameter.from([1], { name: "weight", requiresGrad: false });
    expect(parameter).toBeInstanceOf(Tensor);
    expect(parameter).toMatchObject({ name: "weight", requiresGrad: false, grad: null });
    expect(Parameter.zeros([1])).toMatchObject({ name: undefined, requiresGrad: true, grad: null });
  });

  test("is initialised in place by whoever writes into its data", () => {
    const parameter = Parameter.zeros([3]);
    parameter.data.set([1, 2, 3]);
    parameter.data[1] = 7;
    expect([...parameter.data]).toEqual([1, 7, 3]);
  });
});

describe("values are written", () => {
  test("by set, in the tensor's shape or flat", () => {
    const tensor = Tensor.zeros([2, 2]);
    const sources: readonly TensorValues[] = [
      [
        [1, 2],
        [3, 4],
      ],
      [1, 2, 3, 4],
      Float32Array.of(1, 2, 3, 4),
    ];
    for (const values of sources) {
      tensor.fill(9);
      expect([...tensor.data]).toEqual([9, 9, 9, 9]);
      tensor.set(values);
      expect([...tensor.data]).toEqual([1, 2, 3, 4]);
    }
  });

  test("rounded to the dtype, once", () => {
    const [single, double] = [Tensor.zeros([]), Tensor.zeros([], { dtype: "float64" })];
    for (const tensor of [single, double]) tensor.set(0.1);
    expect([single.item(), double.item()]).toEqual([Math.fround(0.1), 0.1]);
  });

  test("by way of a view of another tensor or of itself", () => {
    const [one, other] = [Tensor.from([1, 2]), Tensor.zeros([2])];
    other.set(one.data);
    other.set(other.data);
    expect([...other.data]).toEqual([1, 2]);
  });

  test("by way of several views of itself", () => {
    const tensor = Tensor.from([1, 2, 3, 4], { shape: [2, 2] });
    tensor.set([tensor.data.subarray(2, 4), tensor.data.subarray(0, 2)]);
    expect([...tensor.data]).toEqual([3, 4, 1, 2]);
  });
});

test("item is the number in a tensor of one element, of whatever shape", () => {
  expect([Tensor.from(3).item(), Tensor.from([4]).item(), Tensor.from([[[5]]]).item()]).toEqual([3, 4, 5]);
});

test("arithmetic takes the number in a tensor of one element, and is an error with others", () => {
  const scalar = Parameter.from(3);
  const [one, two] = [scalar, Tensor.from([1, 2])] as unknown as number[];
  expect([one * 2, Math.max(one, 1), one > 2, -one, one + 1]).toEqual([6, 3, true, -3, 4]);
  expectError(
    thrownBy(() => two * 2),
    { type: RangeError, code: "ERR_SHAPE", message: "a Tensor with 2 elements cannot be converted to a number" },
  );
  expect(() => two < 3).toThrow(RangeError);
  scalar.grad = 4;
  scalar.grad = (scalar.grad as unknown as number) * 0.5;
  expect((scalar.grad as Tensor).item()).toBe(2);
  expect(`${two} and ${String(two)}`).toBe("tensor([1, 2]) and tensor([1, 2])");
  const plus = (left: string, right: number) => left + right;
  expect([`${one}`, plus("of ", one), plus("of ", two)]).toEqual([scalar.toString(), "of 3", "of tensor([1, 2])"]);
});
