/** What a checkpoint holds comes back as it was: tensors by their bits, numbers by theirs, state dicts as a whole. */

import {
  Adam,
  AveragedModel,
  CosineAnnealingLR,
  NAdam,
  Parameter,
  ReduceLROnPlateau,
  SparseTensor,
  type StateDict,
} from "adam-wasm";
import { deserialize, load, type StoredTensor, save, serialize } from "adam-wasm/checkpoint";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";
import { training } from "./support/training.js";

const tensor = (...values: number[]): StoredTensor => ({
  dtype: "float32",
  shape: [values.length],
  data: Float32Array.from(values),
});
const namesIn = (bytes: Uint8Array) => [...deserialize(bytes).tensors.keys()].sort();
/** A file with such a text in place of what `save` writes. */
const withText = (checkpoint: string, tensors = {}, version = "1") =>
  serialize(tensors, { checkpoint, checkpoint_version: version });

describe("plain values come back", () => {
  test.each([
    ["numbers that JSON lacks", { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY, d: -0 }],
    ["numbers at the ends", { a: 5e-324, b: Number.MAX_VALUE, c: 2 ** 53 + 2, d: 0.1 + 0.2, e: 1e21, f: -1e-7 }],
    ["words", { a: null, b: true, c: false, d: "", e: 'é\n"\\\u2028\u0000😀' }],
    ["nesting", { a: [[], {}, [{}], { b: [] }], c: { d: { e: { f: [1, [2]] } } } }],
    ["keys that trip other programs", JSON.parse('{"__proto__":{"a":1},"constructor":2,"":3,"a.b":{"c":4},"0":5}')],
  ])("%s", (_, value) => {
    const loaded = load(save({ value }));
    expect(loaded).toStrictEqual({ value });
    expect(Object.getPrototypeOf(loaded)).toBe(Object.prototype);
  });

  test("any JSON, and any number", () => {
    const numbers = fc.dictionary(fc.string(), fc.array(fc.double()));
    fc.assert(
      fc.property(
        fc.json().map((text) => JSON.parse(text)),
        numbers,
        (json, more) => {
          expect(load(save({ json, more: { ...more } }))).toStrictEqual({ json, more: { ...more } });
        },
      ),
      { numRuns: 300 },
    );
  });

  test("without what is undefined", () => {
    expect(load(save({ a: undefined, b: { c: undefined, d: 1 } }))).toStrictEqual({ b: { d: 1 } });
  });
});

describe("tensors", () => {
  test("have the names that their keys make, at any depth and in arrays", () => {
    const value = {
      a: tensor(1),
      b: { "layer.0.weight": tensor(2), c: { d: tensor(3) } },
      e: [tensor(4), 5, [tensor(6)]],
    };
    const bytes = save(value);
    expect(namesIn(bytes)).toEqual(["a", "b.c.d", "b.layer.0.weight", "e.0", "e.2.0"]);
    expect(load(bytes)).toStrictEqual(value);
  });

  test("come back as views of the bytes, with NaN payloads", () => {
    const data = new Float32Array(Uint32Array.of(0x7fc0_1234, 0xffa0_0001, 0x8000_0000).buffer);
    const bytes = save({ a: { dtype: "float32", shape: [3], data } });
    const { a } = load<{ a: StoredTensor }>(bytes);
    expect([...new Uint32Array(a.data.slice().buffer)]).toEqual([0x7fc0_1234, 0xffa0_0001, 0x8000_0000]);
    expect(a.data.buffer).toBe(bytes.buffer);
  });

  test("of 16-bit floats are widened to float32", () => {
    const bits = [0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0xbc01, 0x7bff, 0x7c00, 0xfc00];
    const half: StoredTensor = { dtype: "float16", shape: [2, 5], data: Uint16Array.from(bits) };
    const brain: StoredTensor = { dtype: "bfloat16", shape: [4], data: Uint16Array.of(0x3f80, 0x8000, 0x0001, 0xff80) };
    const loaded = load<Record<string, StoredTensor>>(serialize({ half, brain }));
    expect(loaded.half).toEqual({
      dtype: "float32",
      shape: [2, 5],
      data: Float32Array.of(0, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 1, -1 - 2 ** -10, 65504, Infinity, -Infinity),
    });
    expect(loaded.brain.data).toEqual(Float32Array.of(1, -0, 2 ** -133, Number.NEGATIVE_INFINITY));
    const nan = load<{ nan: StoredTensor }>(serialize({ nan: { ...half, shape: [1], data: Uint16Array.of(0xfe01) } }));
    expect(new Uint32Array(nan.nan.data.buffer)[0]).toBe(0xffc0_2000);
  });

  test("of other programs' files are all at the top", () => {
    const file = serialize({ "layer.weight": tensor(1), "layer.bias": tensor(2) }, { format: "pt", note: "not {JSON" });
    expect(load(file)).toEqual({ "layer.weight": tensor(1), "layer.bias": tensor(2) });
  });
});

describe("state dicts", () => {
  test("of optimizers have torch's names for their tensors, and torch's dtypes for their counts", () => {
    const { optimizer } = training();
    const bytes = save({ optimizer });
    expect(namesIn(bytes)).toEqual(
      [0, 1, 2].flatMap((id) =>
        ["exp_avg", "exp_avg_sq", ...(id === 2 ? ["max_exp_avg_sq"] : []), "step"].map(
          (key) => `optimizer.state.${id}.${key}`,
        ),
      ),
    );
    const { tensors, metadata } = deserialize(bytes);
    expect(tensors.get("optimizer.state.0.step")).toEqual({ dtype: "float32", shape: [], data: Float32Array.of(2) });
    expect(JSON.parse(metadata.get("checkpoint") ?? "").optimizer.param_groups[1]).toMatchObject({
      lr: 0.01,
      betas: [0.8, 0.99],
      amsgrad: true,
      params: [2],
    });
    expect(load(bytes)).toEqual({ optimizer: optimizer.stateDict() });
    expect(load(save({ optimizer: optimizer.stateDict() }))).toEqual({ optimizer: optimizer.stateDict() });
    expect(load(save({ all: [{ optimizer }] }))).toEqual({ all: [{ optimizer: optimizer.stateDict() }] });
  });

  test("of schedulers and averages are saved with what they are of", () => {
    const weight = Parameter.from([1, 2]);
    const optimizer = new NAdam([weight]);
    const parts = {
      optimizer,
      cosine: new CosineAnnealingLR(optimizer, { tMax: 5 }),
      plateau: new ReduceLROnPlateau(optimizer),
      average: new AveragedModel(weight),
    };
    weight.grad = [1, Number.NaN];
    optimizer.step();
    parts.average.updateParameters();
    const dicts = Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.stateDict()]));
    expect(load(save(parts))).toEqual(dicts);
    expect(load<typeof dicts>(save(parts)).plateau).toMatchObject({ best: Number.POSITIVE_INFINITY });
  });

  test("are equal bytes when they are equal", () => {
    expect(save({ optimizer: training().optimizer })).toEqual(save({ optimizer: training().optimizer }));
  });

  test("keep the keys that nobody here knows, tensors among them", () => {
    const { optimizer } = training();
    const dict = optimizer.stateDict();
    Object.assign(dict.param_groups[0], { note: { x: [Number.NaN, "é"] }, zero: -0 });
    Object.assign(dict.state[0], { my_norm: tensor(1, 2), my_count: 7, my_list: [1] });
    const bytes = save({ optimizer: dict });
    expect(namesIn(bytes)).toContain("optimizer.state.0.my_norm");
    const { optimizer: loaded } = load<{ optimizer: StateDict }>(bytes);
    expect(loaded).toEqual(dict);
    optimizer.loadStateDict(loaded);
    expect(load(save({ optimizer }))).toEqual({ optimizer: dict });
  });
});

describe("step counts", () => {
  const dictOf = (step: unknown) => ({ state: { 0: { step } }, param_groups: [{ params: [0] }] });
  const savedStep = (bytes: Uint8Array) => deserialize(bytes).tensors.get("o.state.0.step");

  test.each([1, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1, 2 ** 40 + 1, Number.MAX_SAFE_INTEGER])("of %i survive", (step) => {
    const bytes = save({ o: dictOf(step) });
    // Float32 is torch's; where it could not count on, float64 can.
    expect(savedStep(bytes)?.dtype).toBe(step < 2 ** 24 ? "float32" : "float64");
    expect(load(bytes)).toEqual({ o: dictOf(step) });
  });

  test.each<[string, StoredTensor, unknown]>([
    ["float64", { dtype: "float64", shape: [], data: Float64Array.of(7) }, 7],
    ["int32", { dtype: "int32", shape: [], data: Int32Array.of(7) }, 7],
    ["int64", { dtype: "int64", shape: [], data: BigInt64Array.of(2n ** 53n - 1n) }, 2 ** 53 - 1],
    [
      "int64 that no number holds",
      { dtype: "int64", shape: [], data: BigInt64Array.of(2n ** 53n + 1n) },
      2n ** 53n + 1n,
    ],
    ["uint64 that no number holds", { dtype: "uint64", shape: [], data: BigUint64Array.of(2n ** 63n) }, 2n ** 63n],
  ])("are read from %s", (_, step, expected) => {
    const text = '{"o":{"state":{"0":{}},"param_groups":[{"params":[0]}]}}';
    expect(load(withText(text, { "o.state.0.step": step }))).toEqual({ o: dictOf(expected) });
  });

  test("of float32 that cannot count on come with a warning", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const step = { dtype: "float32", shape: [], data: Float32Array.of(2 ** 24) };
    const text = '{"o":{"state":{"0":{}},"param_groups":[]}}';
    load(withText(text, { "o.state.0.step": { ...step, data: Float32Array.of(2 ** 24 - 1) } }));
    expect(warn).not.toHaveBeenCalled();
    load(withText(text, { "o.state.0.step": step }));
    expect(warn.mock.calls).toEqual([[expect.stringContaining("a float32 step of 16777216 was loaded")]]);
    warn.mockRestore();
  });
});

describe("save refuses", () => {
  const circle: Record<string, unknown> = {};
  circle.circle = circle;
  test.each<[string, unknown, ErrorConstructor, string, RegExp]>([
    ["what is no object", [1], TypeError, "ERR_OPTION", /a checkpoint must be a plain object, got \[1\]/],
    ["a function", { a: { b: () => 1 } }, TypeError, "ERR_OPTION", /cannot hold checkpoint\.a\.b, which is function b/],
    // Its values look like those of a dense one.
    [
      "a sparse tensor",
      { a: SparseTensor.coo([1, 0], [10, 20]) },
      TypeError,
      "ERR_OPTION",
      /cannot hold checkpoint\.a/,
    ],
    ["a bigint", { a: 1n }, TypeError, "ERR_OPTION", /cannot hold checkpoint\.a, which is 1n/],
    [
      "a typed array",
      { a: new Float32Array(1) },
      TypeError,
      "ERR_OPTION",
      /checkpoint\.a, which is an object \(Float32Array\)/,
    ],
    ["a Map", { a: [new Map()] }, TypeError, "ERR_OPTION", /checkpoint\.a\.0, which is an object \(Map\)/],
    [
      "an object of a class",
      { a: new (class A {})() },
      TypeError,
      "ERR_OPTION",
      /checkpoint\.a, which is an object \(Object\) of a class: pass { \.\.\.it }, or give it stateDict/,
    ],
    ["a circle", circle, RangeError, "ERR_LIMIT", /nests 64 deep at most/],
    ["half of a surrogate pair", { a: "\ud800" }, RangeError, "ERR_OPTION", /half of a surrogate pair/],
    ["an object of tensors with a dot in its key", { "a.b": { c: tensor(1) } }, RangeError, "ERR_OPTION", /"a\.b"/],
    ["the same in an array", { "a.b": [tensor(1)] }, RangeError, "ERR_OPTION", /names an object of tensors/],
    [
      "a tensor whose name leads elsewhere",
      { a: {}, "a.b": tensor(1) },
      RangeError,
      "ERR_OPTION",
      /a tensor beside "a"/,
    ],
    [
      "a tensor that is none",
      { a: { ...tensor(1), shape: [2] } },
      RangeError,
      "ERR_SHAPE",
      /tensor "a" has shape \[2\]/,
    ],
  ])("%s", (_, checkpoint, type, code, message) => {
    expectError(
      thrownBy(() => save(checkpoint as never)),
      { type, code, message },
    );
  });

  test("an unknown option", () => {
    const error = thrownBy(() => save({}, { epsilonhat: true } as never));
    expectError(error, { type: TypeError, code: "ERR_OPTION", message: /did you mean "epsilonHat"\?/ });
  });

  test("an option that is no boolean", () => {
    const error = thrownBy(() => save({}, { epsilonHat: 1 } as never));
    expectError(error, { type: TypeError, code: "ERR_OPTION", message: "epsilonHat must be a boolean, got 1" });
  });

  test("an optimizer with epsilonHat, which PyTorch lacks, unless that is known", () => {
    const optimizer = new Adam([{ params: Parameter.from([1]) }, { params: Parameter.from([1]), epsilonHat: true }]);
    for (const saved of [optimizer, optimizer.stateDict()]) {
      const error = thrownBy(() => save({ optimizer: saved }));
      expectError(error, { type: RangeError, code: "ERR_OPTION", message: /^optimizer has epsilonHat, which PyTorch/ });
    }
    expect(load(save({ optimizer }, { epsilonHat: true }))).toEqual({ optimizer: optimizer.stateDict() });
  });
});

describe("load refuses", () => {
  const rows: readonly (readonly [string, Uint8Array, string])[] = [
    ["bytes that are no safetensors file", new Uint8Array(3), "too-small"],
    ["a newer version", withText("{}", {}, "2"), "version"],
    ["a text that is no object", withText("[]"), "layout"],
    ["a text that is no JSON", withText("{'a':1}"), "json"],
    ["words that only begin right", withText('{"a":nullo}'), "json"],
    ["numbers that are none", withText('{"a":01}'), "json"],
    ["a number without end", withText(`{"a":${"1".repeat(401)}}`), "json"],
    ["something behind the text", withText("{}{}"), "json"],
    ["a duplicate key", withText('{"a":{"b":1,"b":2}}'), "duplicate-key"],
    ["endless nesting", withText(`{"a":${"[".repeat(100_000)}`), "json"],
    ["a tensor in the place of a value", withText('{"a":1}', { a: tensor(1) }), "layout"],
    ["a tensor in the place of an object", withText('{"a":{"b":{}}}', { "a.b": tensor(1) }), "layout"],
    ["a tensor in no place of an array", withText('{"a":[null]}', { "a.1": tensor(1) }), "layout"],
    ["a tensor in a taken place of an array", withText('{"a":[1]}', { "a.0": tensor(1) }), "layout"],
    ["a tensor in the place of a length", withText('{"a":[null]}', { "a.length": tensor(1) }), "layout"],
  ];
  test.each(rows)("%s", (_, bytes, rule) => {
    const error = thrownBy(() => load(bytes));
    expectError(error, { type: Error, code: "ERR_CHECKPOINT", message: new RegExp(`\\(${rule}\\)$`) });
  });

  test("nothing that pollutes prototypes: such names are keys like others", () => {
    const text = '{"__proto__":{"polluted":1},"a":{}}';
    const loaded = load(withText(text, { "__proto__.x": tensor(1), "a.__proto__": tensor(2) }));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.keys(loaded)).toEqual(["__proto__", "a"]);
    expect(Object.keys(loaded.a as object)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(loaded.a)).toBe(Object.prototype);
  });
});
