/** Averages of parameters: torch's lerp, on the module and in plain JavaScript, and everything around it. */

import { Adam, AveragedModel, Parameter } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectSameBits, type Floats } from "./support/bits.js";
import { grow } from "./support/linear-memory.js";
import { normals } from "./support/noise.js";
import { PLATFORMS, type Platform } from "./support/platforms.js";
import { expectError, thrownBy } from "./support/rejects.js";

const UPDATES = 40;
const DTYPES = { float32: Float32Array, float64: Float64Array };

/** Values of a parameter at an update. */
const valuesAt = (dtype: keyof typeof DTYPES, length: number, update: number) =>
  DTYPES[dtype].from(normals(7, update, length));

/** Averages after some updates of two parameters, one of each dtype. */
function averaged(decay?: number) {
  const params = [Parameter.from(valuesAt("float32", 11, 0)), Parameter.from(valuesAt("float64", 7, 0))];
  const average = new AveragedModel(params, { decay });
  const update = (n: number) => {
    for (const parameter of params) parameter.set(valuesAt(parameter.dtype, parameter.length, n));
    average.updateParameters();
  };
  return { params, average, update };
}

/** torch's lerp, every operation rounded. */
function lerp(from: Floats, to: Floats, exact: number): Floats {
  const round = from instanceof Float32Array ? Math.fround : (x: number) => x;
  const weight = round(exact);
  return from.map((a, i) => {
    const b = to[i] as number;
    const difference = round(b - a);
    return weight < 0.5 ? a + round(weight * difference) : b - round(difference * round(1 - weight));
  }) as Floats;
}

describe.each([undefined, 0.999, 0.9, 0.5, 0.1, 0, 1])("decay %s", (decay) => {
  test("is torch's lerp, to the bit", () => {
    const { params, average, update } = averaged(decay);
    const expected = params.map(({ dtype, length }) => valuesAt(dtype, length, 1) as Floats);
    update(1);
    for (let n = 2; n <= UPDATES; n++) {
      update(n);
      const weight = decay === undefined ? 1 / n : 1 - decay;
      params.forEach((parameter, i) => {
        expected[i] = lerp(expected[i] as Floats, parameter.data, weight);
      });
    }
    average.averages.forEach(({ data }, i) => {
      expectSameBits(data, expected[i] as Floats, `parameter ${i}`);
    });
    expect(average.nAveraged).toBe(UPDATES);
  });

  test("goes on from a state dict as if nothing had been", () => {
    const [whole, first, second] = [averaged(decay), averaged(decay), averaged(decay)];
    for (let n = 1; n <= UPDATES; n++) whole.update(n);
    for (let n = 1; n <= 13; n++) first.update(n);
    second.average.loadStateDict(structuredClone(first.average.stateDict()));
    for (let n = 14; n <= UPDATES; n++) second.update(n);
    expect(second.average.stateDict()).toStrictEqual(whole.average.stateDict());
  });
});

test("equal averages are the mean", () => {
  const { params, average, update } = averaged();
  for (let n = 1; n <= UPDATES; n++) update(n);
  const wide = params[1] as Parameter;
  average.averages[1]?.data.forEach((value, i) => {
    let sum = 0;
    for (let n = 1; n <= UPDATES; n++) sum += valuesAt("float64", wide.length, n)[i] as number;
    expect(value).toBeCloseTo(sum / UPDATES, 14);
  });
});

test("module and plain JavaScript give the same bits for every length", () => {
  const averages = ({ kernel }: Platform, dtype: keyof typeof DTYPES, length: number, weight: number) => {
    const TypedArray = DTYPES[dtype];
    const bytes = length * TypedArray.BYTES_PER_ELEMENT;
    const pointers = [kernel.allocate(bytes, 0), kernel.allocate(bytes, 0)] as const;
    const table = kernel.allocate(24, 0);
    const view = (i: 0 | 1) => new TypedArray(kernel.memory.buffer, pointers[i], length);
    const code = dtype === "float32" ? 0 : 1;
    new Uint32Array(kernel.memory.buffer, table, 6).set([pointers[0], length, code, pointers[1], length, code]);
    view(0).set(valuesAt(dtype, length, 1));
    view(1).set(valuesAt(dtype, length, 2));
    kernel.averageParams(table, 1, weight);
    const result = view(1).slice();
    for (const pointer of pointers) kernel.deallocate(pointer, bytes);
    kernel.deallocate(table, 24);
    return result;
  };
  for (const dtype of ["float32", "float64"] as const) {
    for (const weight of [0, 0.001, 1 / 3, 0.5, 0.7, 1]) {
      for (let length = 1; length < 40; length++) {
        const [module, javascript] = PLATFORMS.map((platform) => averages(platform, dtype, length, weight));
        expectSameBits(module as Floats, javascript as Floats, `${dtype}, ${length} elements, weight ${weight}`);
      }
    }
  }
});

describe("parameters and averages", () => {
  test("begin as copies, and the first update takes the parameters as they are", () => {
    const parameter = Parameter.from([1, 2]);
    const average = new AveragedModel(parameter, { decay: 0.9 });
    expect([...(average.averages[0]?.data ?? [])]).toEqual([1, 2]);
    parameter.set([Number.POSITIVE_INFINITY, 4]);
    average.updateParameters();
    expect([...(average.averages[0]?.data ?? [])]).toEqual([Number.POSITIVE_INFINITY, 4]);
  });

  test("swap places and swap back, and averages can be written into the parameters", () => {
    const { params, average, update } = averaged(0.5);
    update(1);
    update(2);
    const [weights, averages] = [params, average.averages].map((list) => list.map(({ data }) => [...data]));
    const now = () => [params, average.averages].map((list) => list.map(({ data }) => [...data]));
    average.swap();
    expect(now()).toEqual([averages, weights]);
    average.swap();
    expect(now()).toEqual([weights, averages]);
    average.copyTo();
    expect(now()).toEqual([averages, averages]);
  });

  test("are not taken for each other between two swaps: what would is refused, and all is as before", () => {
    const { params, average, update } = averaged(0.5);
    update(1);
    const dict = average.stateDict();
    const weights = params.map(({ data }) => [...data]);
    average.swap();
    for (const method of ["updateParameters", "copyTo", "stateDict", "loadStateDict"] as const) {
      const message = `cannot call ${method}() of an AveragedModel that is swapped: swap() back first`;
      const error = thrownBy(() => average[method](dict));
      expectError(error, { type: Error, code: "ERR_REENTRANT", message });
    }
    average.swap();
    expect(average.stateDict()).toEqual(dict);
    expect(params.map(({ data }) => [...data])).toEqual(weights);
    average.updateParameters();
    expect(average.nAveraged).toBe(2);
  });

  test("survive growth of memory, frozen and empty parameters, and training", () => {
    const params = [Parameter.from([1, 2]), Parameter.zeros([0]), Parameter.from([3], { requiresGrad: false })];
    const average = new AveragedModel(params, { decay: 0.5 });
    const optimizer = new Adam(params, { lr: 1 });
    for (let i = 0; i < 2; i++) {
      (params[0] as Parameter).grad = [1, -1];
      optimizer.step();
      grow();
      average.updateParameters();
    }
    const [first, , frozen] = average.averages.map(({ data }) => [...data]);
    expect(first?.[0]).toBeCloseTo(-0.5, 6);
    expect(first?.[1]).toBeCloseTo(3.5, 6);
    expect(frozen).toEqual([3]);
    const empty = new AveragedModel([Parameter.zeros([0])]);
    empty.updateParameters();
    empty.updateParameters();
    expect(empty.nAveraged).toBe(2);
  });
});

describe("refusals", () => {
  const parameter = Parameter.from([1, 2]);
  const REFUSED: readonly [string, () => unknown, ErrorConstructor, string, RegExp][] = [
    [
      "a decay above 1",
      () => new AveragedModel(parameter, { decay: 1.1 }),
      RangeError,
      "ERR_OPTION",
      /Invalid decay value 1\.1 provided/,
    ],
    [
      "a decay below 0",
      () => new AveragedModel(parameter, { decay: -0.1 }),
      RangeError,
      "ERR_OPTION",
      /value in \[0,1\]/,
    ],
    ["NaN", () => new AveragedModel(parameter, { decay: Number.NaN }), RangeError, "ERR_OPTION", /NaN/],
    [
      "a decay in words",
      () => new AveragedModel(parameter, { decay: "0.9" as never }),
      TypeError,
      "ERR_OPTION",
      /"0\.9"/,
    ],
    [
      "other options",
      () => new AveragedModel(parameter, { momentum: 1 } as never),
      TypeError,
      "ERR_OPTION",
      /no option "momentum"/,
    ],
    ["no parameters", () => new AveragedModel([]), RangeError, "ERR_OPTION", /empty/],
    [
      "what is no parameter",
      () => new AveragedModel([new Float32Array(2)] as never),
      TypeError,
      "ERR_OPTION",
      /Float32Array/,
    ],
    ["a parameter twice", () => new AveragedModel([parameter, parameter]), RangeError, "ERR_ALIAS", /more than once/],
  ];
  test.each(REFUSED)("%s", (_, act, type, code, message) => {
    expectError(thrownBy(act), { type, code, message });
  });

  test("parameters that overlap", () => {
    const flat = Parameter.from([1, 2, 3]);
    expectError(
      thrownBy(() => new AveragedModel([Parameter.view(flat, 0, [2]), Parameter.view(flat, 1, [2])])),
      { type: RangeError, code: "ERR_ALIAS", message: /overlap/ },
    );
  });

  test.each(["updateParameters", "copyTo", "swap", "stateDict"] as const)("%s after disposal", (method) => {
    const own = Parameter.from([1, 2]);
    const [disposed, orphaned] = [new AveragedModel(own), new AveragedModel(own)];
    disposed.dispose();
    disposed.dispose();
    expectError(
      thrownBy(() => disposed[method]()),
      { type: Error, code: "ERR_DISPOSED", message: /AveragedModel was/ },
    );
    own.dispose();
    expectError(
      thrownBy(() => orphaned[method]()),
      { type: Error, code: "ERR_DISPOSED", message: /Parameter/ },
    );
  });

  const good = () => new AveragedModel(parameter).stateDict();
  const tensor = { dtype: "float32", shape: [2], data: new Float32Array(2) };
  test.each([
    ["no dict", null, TypeError, "ERR_OPTION"],
    ["a negative count", { ...good(), n_averaged: -1 }, RangeError, "ERR_STATE_MISMATCH"],
    ["a broken count", { ...good(), n_averaged: 0.5 }, RangeError, "ERR_STATE_MISMATCH"],
    ["no averages", { n_averaged: 1 }, RangeError, "ERR_STATE_MISMATCH"],
    ["another number of averages", { n_averaged: 1, averages: [tensor, tensor] }, RangeError, "ERR_STATE_MISMATCH"],
    ["another shape", { n_averaged: 1, averages: [{ ...tensor, shape: [1, 2] }] }, RangeError, "ERR_STATE_MISMATCH"],
    [
      "another dtype",
      { n_averaged: 1, averages: [{ ...tensor, data: new Float64Array(2) }] },
      RangeError,
      "ERR_STATE_MISMATCH",
    ],
  ] as const)("a state dict with %s", (_, dict, type, code) => {
    const average = new AveragedModel(parameter);
    const before = average.stateDict();
    expectError(
      thrownBy(() => average.loadStateDict(dict as never)),
      { type, code, message: /./ },
    );
    expect(average.stateDict()).toStrictEqual(before);
  });
});

test("disposal swaps back what is left, if a parameter was disposed meanwhile", () => {
  const [gone, kept] = [Parameter.from([1]), Parameter.from([2])];
  const model = new AveragedModel([gone, kept]);
  model.updateParameters();
  kept.set([10]);
  model.swap();
  gone.dispose();
  expect(thrownBy(() => model.swap())).toMatchObject({ code: "ERR_DISPOSED" });
  model.dispose();
  expect([...kept.data]).toEqual([10]);
  kept.dispose();
});

test("the decay may be changed between updates, to what the constructor takes", () => {
  const parameter = Parameter.from([0], { dtype: "float64" });
  const model = new AveragedModel(parameter, { decay: 0.5 });
  model.updateParameters();
  parameter.fill(1);
  model.decay = 0.75;
  model.updateParameters();
  expect(model.averages[0]?.item()).toBe(0.25);
  for (const wrong of [Number.NaN, 7, -1, "0.5", undefined]) {
    expect(thrownBy(() => Object.assign(model, { decay: wrong }))).toMatchObject({ code: "ERR_OPTION" });
  }
  expect(model.decay).toBe(0.75);
  for (const name of ["params", "averages", "nAveraged"]) {
    expect(() => Object.assign(model, { [name]: [] })).toThrow(TypeError);
  }
});

test("disposal swaps back: the parameters are the trained ones", () => {
  const parameter = Parameter.from([4]);
  const model = new AveragedModel(parameter);
  model.updateParameters();
  parameter.set([10]);
  model.swap();
  expect([...parameter.data]).toEqual([4]);
  model.dispose();
  expect([...parameter.data]).toEqual([10]);
  parameter.dispose();
});
