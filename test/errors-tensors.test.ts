/** Wrong values, shapes and dtypes of tensors, and tensors that were disposed. */

import { Parameter, SparseTensor, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectError, type Rejection, thrownBy } from "./support/rejects.js";
import { bytesOf, parameterSnapshot } from "./support/snapshot.js";

type Make = (values: unknown, options?: unknown) => Tensor;
type Expected = readonly [type: ErrorConstructor, code: string, message: Rejection["message"]];

const FROM: Readonly<Record<string, Make>> = {
  "Tensor.from": (values, options) => Tensor.from(values as number[], options as object),
  "Parameter.from": (values, options) => Parameter.from(values as number[], options as object),
};
const ZEROS: Readonly<Record<string, (shape: unknown, options?: unknown) => Tensor>> = {
  "Tensor.zeros": (shape, options) => Tensor.zeros(shape as number[], options as object),
  "Parameter.zeros": (shape, options) => Parameter.zeros(shape as number[], options as object),
};

function expectThrown(act: () => unknown, [type, code, message]: Expected) {
  expectError(thrownBy(act), { type, code, message });
}

function detached() {
  const array = new Float32Array(3);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}

/** Behind the end of a buffer that has shrunk. */
function outOfBounds() {
  const buffer = Reflect.construct(ArrayBuffer, [12, { maxByteLength: 12 }]);
  const array = new Float32Array(buffer, 0, 3);
  buffer.resize(8);
  return array;
}

describe.each(Object.entries(FROM))("%s rejects", (what, make) => {
  const NUMBERS = `the argument of ${what} must be numbers in an array or typed array, got`;
  const rows: readonly (readonly [name: string, values: unknown, options: unknown, ...Expected])[] = [
    ["nothing", undefined, {}, TypeError, "ERR_DTYPE", `${NUMBERS} undefined`],
    ["null", null, {}, TypeError, "ERR_DTYPE", `${NUMBERS} null`],
    ["a string", "12", {}, TypeError, "ERR_DTYPE", `${NUMBERS} "12"`],
    ["a set", new Set([1]), {}, TypeError, "ERR_DTYPE", `${NUMBERS} an object (Set)`],
    ["a tensor", Tensor.zeros([1]), {}, TypeError, "ERR_DTYPE", `${NUMBERS} an object (Tensor); pass its data`],
    [
      "what a state dict holds",
      { dtype: "float32", shape: [1], data: Float32Array.of(1) },
      {},
      TypeError,
      "ERR_DTYPE",
      `${NUMBERS} an object (Object); pass its data`,
    ],
    [
      "a tensor of TensorFlow.js or jax-js",
      { dtype: "float32", shape: [1], data: async () => [1], dataSync: () => [1] },
      {},
      TypeError,
      "ERR_DTYPE",
      `${NUMBERS} an object (Object); pass its dataSync()`,
    ],
    ["a size", [1], { size: [1] }, TypeError, "ERR_OPTION", `${what} has no option "size"; did you mean "shape"?`],
    ["big integers", BigInt64Array.of(1n), {}, TypeError, "ERR_DTYPE", `${NUMBERS} an object (BigInt64Array)`],
    ["a DataView", new DataView(new ArrayBuffer(8)), {}, TypeError, "ERR_DTYPE", `${NUMBERS} an object (DataView)`],
    ["strings", ["1"], {}, TypeError, "ERR_DTYPE", `the argument of ${what} must hold numbers only, got "1"`],
    [
      "ragged rows",
      [[1, 2], [3]],
      {},
      RangeError,
      "ERR_SHAPE",
      `the argument of ${what} is ragged: expected 2 elements at depth 1, got 1`,
    ],
    [
      "rows after a number",
      [1, [2]],
      {},
      TypeError,
      "ERR_DTYPE",
      `the argument of ${what} must hold numbers only, got [2]`,
    ],
    [
      "integers of no dtype",
      Int32Array.of(1),
      {},
      TypeError,
      "ERR_DTYPE",
      `${what} does not guess a dtype for Int32Array; name one: { dtype: "float32" }`,
    ],
    [
      "values that do not fill the shape",
      [1, 2, 3],
      { shape: [2, 2] },
      RangeError,
      "ERR_SHAPE",
      `the argument of ${what} has shape [3], expected [2,2]`,
    ],
    [
      "rows for another shape of as many",
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { shape: [3, 2] },
      RangeError,
      "ERR_SHAPE",
      `the argument of ${what} has shape [2,3], expected [3,2]`,
    ],
    ["a detached array", detached(), {}, TypeError, "ERR_DETACHED", /is a detached array/],
    ["a detached array with a shape", detached(), { shape: [3] }, TypeError, "ERR_DETACHED", /is a detached array/],
    ["an array out of bounds", outOfBounds(), {}, TypeError, "ERR_DETACHED", /is a detached array/],
    ["a detached row", [detached()], {}, TypeError, "ERR_DETACHED", /is a detached array/],
    [
      "a shape that is a number",
      [1],
      { shape: 1 },
      TypeError,
      "ERR_SHAPE",
      "shape must be an array of integers, got 1",
    ],
    [
      "a dtype that is none",
      [1],
      { dtype: "float16" },
      TypeError,
      "ERR_DTYPE",
      'dtype must be "float32" or "float64", got "float16"',
    ],
    [
      "an option that is none",
      [1],
      { dType: "float64" },
      TypeError,
      "ERR_OPTION",
      `${what} has no option "dType"; did you mean "dtype"?`,
    ],
    [
      "options that are no object",
      [1],
      [2],
      TypeError,
      "ERR_OPTION",
      new RegExp(`^options of ${what} must be an object, got \\[2\\]; known are shape, dtype`),
    ],
  ];
  test.each(rows)("%s", (_, values, options, ...expected) => expectThrown(() => make(values, options), expected));
});

describe.each(Object.entries(ZEROS))("%s rejects", (what, make) => {
  const rows: readonly (readonly [name: string, shape: unknown, options: unknown, ...Expected])[] = [
    ["no shape", undefined, {}, TypeError, "ERR_SHAPE", "shape must be an array of integers, got undefined"],
    ["a number", 3, {}, TypeError, "ERR_SHAPE", "shape must be an array of integers, got 3"],
    ["a negative extent", [2, -1], {}, RangeError, "ERR_SHAPE", "shape must hold integers from 0 up, got [2, -1]"],
    ["a fraction", [1.5], {}, RangeError, "ERR_SHAPE", "shape must hold integers from 0 up, got [1.5]"],
    ["NaN", [Number.NaN], {}, RangeError, "ERR_SHAPE", "shape must hold integers from 0 up, got [NaN]"],
    ["a string", ["3"], {}, RangeError, "ERR_SHAPE", 'shape must hold integers from 0 up, got ["3"]'],
    [
      "an integer dtype",
      [3],
      { dtype: "int32" },
      TypeError,
      "ERR_DTYPE",
      'dtype must be "float32" or "float64", got "int32"',
    ],
    ["a null dtype", [3], { dtype: null }, TypeError, "ERR_DTYPE", 'dtype must be "float32" or "float64", got null'],
    [
      "a shape as an option",
      [3],
      { shape: [3] },
      TypeError,
      "ERR_OPTION",
      new RegExp(`^${what} has no option "shape"`),
    ],
  ];
  test.each(rows)("%s", (_, shape, options, ...expected) => {
    // Values and null are told apart by what the option names, and not by chance.
    expectThrown(() => make(shape, options), expected);
  });
});

describe("a parameter rejects", () => {
  const rows: readonly (readonly [options: object, message: string])[] = [
    [{ name: 1 }, "name must be a string, got 1"],
    [{ name: null }, "name must be a string, got null"],
    [{ requiresGrad: 0 }, "requiresGrad must be a boolean, got 0"],
    [{ requiresGrad: null }, "requiresGrad must be a boolean, got null"],
  ];
  test.each(rows)("%o", (options, message) => {
    expectThrown(() => Parameter.from([1], options), [TypeError, "ERR_OPTION", message]);
    expectThrown(() => Parameter.zeros([1], options), [TypeError, "ERR_OPTION", message]);
  });

  test("requiresGrad under torch's name", () => {
    const parameter = Parameter.from([1]);
    const message = 'Parameter has no option "requires_grad"; did you mean "requiresGrad"?';
    expectThrown(() => Object.assign(parameter, { requires_grad: false }), [TypeError, "ERR_OPTION", message]);
    expect(parameter.requiresGrad).toBe(true);
  });

  test("a requiresGrad of the wrong kind later on", () => {
    const parameter = Parameter.from([1]);
    const message = 'requiresGrad must be a boolean, got "no"';
    expectThrown(() => Object.assign(parameter, { requiresGrad: "no" }), [TypeError, "ERR_OPTION", message]);
    expect(parameter.requiresGrad).toBe(true);
  });
});

describe("writing into a tensor rejects", () => {
  const tensor = Tensor.from([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const before = bytesOf(tensor);
  const rows: readonly (readonly [values: unknown, ...Expected])[] = [
    [[1, 2], RangeError, "ERR_SHAPE", "values has shape [2], expected [2,3]"],
    [
      [
        [9, 9, 9],
        [9, 9],
      ],
      RangeError,
      "ERR_SHAPE",
      "values is ragged: expected 3 elements at depth 1, got 2",
    ],
    [
      [
        [9, 9, 9],
        [9, 9, "9"],
      ],
      TypeError,
      "ERR_DTYPE",
      'values must hold numbers only, got "9"',
    ],
    [new Float64Array(6), TypeError, "ERR_DTYPE", "values must be a float32 array, got Float64Array"],
    [new Int8Array(6), TypeError, "ERR_DTYPE", "values must be a float32 array, got Int8Array"],
    [detached(), TypeError, "ERR_DETACHED", /^values is a detached array/],
    [null, TypeError, "ERR_DTYPE", "values must be numbers in an array or typed array, got null"],
  ];
  test.each(rows)("%o", (values, ...expected) => {
    expectThrown(() => tensor.set(values as number[]), expected);
    expect(bytesOf(tensor)).toBe(before);
  });

  test("what is no number, to fill it with", () => {
    expectThrown(() => tensor.fill("1" as never), [TypeError, "ERR_DTYPE", 'fill takes a number, got "1"']);
    expect(bytesOf(tensor)).toBe(before);
  });

  test("new, which is not how one is made", () => {
    const words = (name: string) => `a ${name} is made by ${name}.from(values) or ${name}.zeros(shape), not by new`;
    for (const [name, Class] of Object.entries({ Tensor, Parameter })) {
      const construct = Class as unknown as new (values: unknown) => unknown;
      for (const values of [[1, 2], undefined]) {
        expectThrown(() => new construct(values), [TypeError, "ERR_OPTION", words(name)]);
      }
    }
    const construct = SparseTensor as unknown as new (...args: unknown[]) => unknown;
    for (const args of [[], [[3, 7], [1, 2], [9]], [[[3, 7]], [1, 2]]]) {
      expectThrown(
        () => new construct(...args),
        [TypeError, "ERR_OPTION", "a SparseTensor is made by SparseTensor.coo(indices, values, { shape }), not by new"],
      );
    }
  });

  test("item() of more or fewer elements than one", () => {
    const words = (length: number) => `a Tensor with ${length} elements cannot be converted to a number`;
    expectThrown(() => tensor.item(), [RangeError, "ERR_SHAPE", words(6)]);
    expectThrown(() => Tensor.zeros([0]).item(), [RangeError, "ERR_SHAPE", words(0)]);
  });
});

describe("a shape that is another one each time it is read", () => {
  /** [2], and after so many looks at it [1000]. */
  const shifty = (looks: number) =>
    new Proxy([2], { get: (shape, key) => (key === "0" && looks-- <= 0 ? 1000 : Reflect.get(shape, key)) });

  test.each<[string, (shape: number[]) => { readonly shape: readonly number[]; readonly data: Float32Array }]>([
    ["Tensor.zeros", (shape) => Tensor.zeros(shape)],
    ["Parameter.zeros", (shape) => Parameter.zeros(shape)],
    ["Tensor.from", (shape) => Tensor.from([0, 0], { shape })],
    ["view", (shape) => Tensor.zeros([4]).view(2, shape)],
    ["Parameter.view", (shape) => Parameter.view(Tensor.zeros([4]), 2, shape)],
    [
      "SparseTensor.coo",
      (shape) =>
        SparseTensor.coo([0], [[0, 0]], {
          shape: new Proxy([1, 2], { get: (both, key) => (key === "1" ? shape[0] : Reflect.get(both, key)) }),
        }),
    ],
  ])("makes a tensor of one of them by %s, or none", (_, make) => {
    const beside = Array.from({ length: 50 }, () => Tensor.from([7, 7, 7, 7]));
    let count = 0;
    for (let looks = 0; looks < 20; looks++) {
      let made: ReturnType<typeof make>;
      try {
        made = make(shifty(looks));
      } catch (error) {
        expect(error).toMatchObject({ code: "ERR_SHAPE" });
        continue;
      }
      expect(made.data).toHaveLength(made.shape.reduce((a, b) => a * b));
      made.data.fill(1);
      count++;
    }
    expect(count).toBeGreaterThan(0);
    for (const each of beside) expect([...each.data]).toEqual([7, 7, 7, 7]);
  });
});

describe("a disposed tensor", () => {
  const gone = Tensor.from([1, 2]);
  gone.dispose();
  const uses: Readonly<Record<string, () => unknown>> = {
    data: () => gone.data,
    set: () => gone.set([1, 2]),
    fill: () => gone.fill(1),
    item: () => gone.item(),
  };
  test.each(Object.entries(uses))("rejects %s", (_, use) => {
    expectThrown(use, [Error, "ERR_DISPOSED", "Tensor of shape [2] was disposed and cannot be used"]);
  });

  test("can be disposed again, and still says what it was", () => {
    gone.dispose();
    gone[Symbol.dispose]();
    expect(gone).toMatchObject({ shape: [2], dtype: "float32", length: 2 });
    expect(String(gone)).toBe("tensor(disposed, size=[2])");
  });

  test("gives its memory back once: disposing it twice takes nothing from its successor", () => {
    const first = Parameter.from([1, 2, 3, 4]);
    first.dispose();
    const second = Parameter.from([5, 6, 7, 8]);
    const before = parameterSnapshot(second);
    first.dispose();
    const third = Parameter.from([9, 9, 9, 9]);
    expect(parameterSnapshot(second)).toStrictEqual(before);
    expect([...third.data]).toEqual([9, 9, 9, 9]);
  });
});

describe("what a tensor is cannot be assigned, also where code is not strict", () => {
  // Functions made of text are not strict, unless they say so.
  const assign = (tensor: Tensor, name: string, value: unknown) =>
    new Function("tensor", "value", `tensor.${name} = value`)(tensor, value);

  test.each([
    ["length", 64],
    ["shape", [64]],
    ["dtype", "float64"],
    ["pointer", 8],
    ["sparsePointer", 8],
    ["byteLength", 64],
  ])("%s", (name, value) => {
    for (const tensor of [Tensor.from([1, 2]), Parameter.from([1, 2])]) {
      assign(tensor, name, value);
      expect(() => Object.assign(tensor, { [name]: value })).toThrow(TypeError);
      expect(tensor).toMatchObject({ length: 2, shape: [2], dtype: "float32", byteLength: 8, sparsePointer: 0 });
      expect([...tensor.data]).toEqual([1, 2]);
    }
  });

  test.each([
    ["data", "data of Parameter of shape [2] cannot be assigned; use set(values), which copies them"],
    ["gradient", 'Parameter has no option "gradient"; did you mean "grad"?'],
  ])("%s, which says what is meant", (name, message) => {
    const parameter = Parameter.from([1, 2]);
    expectThrown(() => assign(parameter, name, [5, 5]), [TypeError, "ERR_OPTION", message]);
    expect([...parameter.data]).toEqual([1, 2]);
    parameter.grad = [3, 4];
    expect([...(parameter.grad as Tensor).data]).toEqual([3, 4]);
  });
});
