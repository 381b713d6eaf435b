/** Writing safetensors files: the same tensors are the same bytes, and what cannot be read again is not written. */

import { Parameter, SparseTensor } from "adam-wasm";
import { deserialize, type NamedTensors, type StoredTensor, serialize } from "adam-wasm/checkpoint";
import { describe, expect, test } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";
import { contentOf } from "./support/safetensors.js";

const uint8 = (...values: number[]): StoredTensor => ({
  dtype: "uint8",
  shape: [values.length],
  data: Uint8Array.from(values),
});

/** One of every type, in the order of a file. */
const ALL: Readonly<Record<string, StoredTensor>> = {
  a_uint64: { dtype: "uint64", shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
  a_int64: { dtype: "int64", shape: [1], data: BigInt64Array.of(-(2n ** 63n)) },
  a_float64: {
    dtype: "float64",
    shape: [2],
    data: new Float64Array(BigUint64Array.of(0x7ff8_0000_0000_0123n, 1n).buffer),
  },
  a_complex64: { dtype: "complex64", shape: [1], data: Float32Array.of(1, -0) },
  a_float32: { dtype: "float32", shape: [2], data: new Float32Array(Uint32Array.of(0xffc0_1234, 0x7fa0_0001).buffer) },
  a_uint32: { dtype: "uint32", shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
  a_int32: { dtype: "int32", shape: [1], data: Int32Array.of(-(2 ** 31)) },
  a_bfloat16: { dtype: "bfloat16", shape: [1], data: Uint16Array.of(0x3f80) },
  a_float16: { dtype: "float16", shape: [1], data: Uint16Array.of(0x3c00) },
  a_uint16: { dtype: "uint16", shape: [1], data: Uint16Array.of(65535) },
  a_int16: { dtype: "int16", shape: [1], data: Int16Array.of(-32768) },
  a_float8_e5m2fnuz: { dtype: "float8_e5m2fnuz", shape: [1], data: Uint8Array.of(0x80) },
  a_float8_e4m3fnuz: { dtype: "float8_e4m3fnuz", shape: [1], data: Uint8Array.of(0x80) },
  a_float8_e8m0fnu: { dtype: "float8_e8m0fnu", shape: [1], data: Uint8Array.of(0xff) },
  a_float8_e4m3fn: { dtype: "float8_e4m3fn", shape: [1], data: Uint8Array.of(0x7f) },
  a_float8_e5m2: { dtype: "float8_e5m2", shape: [1], data: Uint8Array.of(0x7f) },
  a_int8: { dtype: "int8", shape: [1], data: Int8Array.of(-128) },
  a_uint8: { dtype: "uint8", shape: [1], data: Uint8Array.of(255) },
  a_bool: { dtype: "bool", shape: [], data: Uint8Array.of(1) },
};

const headerOf = (file: Uint8Array) => new TextDecoder().decode(file.subarray(8, 8 + file[0] + 256 * file[1]));

describe("the writer", () => {
  test("writes every type with all its bits, NaN payloads and 64-bit integers among them", () => {
    const { tensors } = contentOf(deserialize(serialize(ALL)));
    expect([...tensors.keys()]).toEqual(Object.keys(ALL));
    for (const [name, { dtype, shape, data }] of Object.entries(ALL)) {
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
      expect(tensors.get(name)).toEqual([dtype, shape, bytes]);
    }
  });

  test("writes the header of the reference implementation: large elements first, then by name, padded to 8", () => {
    const file = serialize(
      {
        b: uint8(1),
        a: uint8(2, 3),
        n: ALL.a_int64,
        "é\n": { dtype: "float32", shape: [0, 3], data: new Float32Array() },
      },
      { z: "1", format: 'p"t' },
    );
    expect(headerOf(file)).toBe(
      '{"__metadata__":{"format":"p\\"t","z":"1"},"n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},' +
        '"é\\n":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]},"a":{"dtype":"U8","shape":[2],"data_offsets":[8,10]},' +
        '"b":{"dtype":"U8","shape":[1],"data_offsets":[10,11]}}    ',
    );
    expect([...file.subarray(-3)]).toEqual([2, 3, 1]);
  });

  test("writes the same bytes in whatever order and form tensors and texts come", () => {
    const expected = serialize(ALL, { a: "1", b: "2" });
    const backwards = Object.entries(ALL).reverse();
    for (const tensors of [backwards, new Map(backwards), new Set(backwards), Object.fromEntries(backwards)]) {
      expect(serialize(tensors as NamedTensors, { b: "2", a: "1" })).toEqual(expected);
    }
  });

  test("sorts names by code points, as the reference implementation does", () => {
    const names = ["", "Z", "a", "a.b", "aa", "é", "\uffff", "\u{1f600}", "\u{1f600}a"];
    const file = serialize([...names].reverse().map((name) => [name, uint8(1)] as const));
    expect([...deserialize(file).tensors.keys()]).toEqual(names);
  });

  test("writes names and texts that trip other programs", () => {
    const names = ["__proto__", "constructor", "\\", '"', "\u0000\u007f\u2028", "x".repeat(4096)];
    const file = serialize(
      names.map((name) => [name, uint8(1)] as const),
      { ["__proto__"]: "\ud83d\ude00" },
    );
    const { tensors, metadata } = deserialize(file);
    expect([...tensors.keys()].sort()).toEqual([...names].sort());
    expect([...metadata]).toEqual([["__proto__", "\ud83d\ude00"]]);
  });

  test("writes parameters as they are", () => {
    const weight = Parameter.from(
      [
        [1, 2],
        [3, 4],
      ],
      { name: "weight" },
    );
    const { tensors } = deserialize(serialize({ weight }));
    expect(tensors.get("weight")).toEqual({ dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
    weight.dispose();
  });

  test("writes nothing at all, too", () => {
    expect(headerOf(serialize({}))).toBe("{}      ");
  });
});

describe("the writer refuses", () => {
  const rows: readonly (readonly [string, unknown, unknown, ErrorConstructor, string, RegExp])[] = [
    ["the name of the metadata", { __metadata__: uint8(1) }, {}, RangeError, "ERR_OPTION", /__metadata__/],
    ["half of a surrogate pair", { "\ud800": uint8(1) }, {}, RangeError, "ERR_OPTION", /half of a surrogate pair/],
    ["the same in a text", {}, { a: "\udc00" }, RangeError, "ERR_OPTION", /half of a surrogate pair/],
    ["a name of more than 4096 bytes", { ["x".repeat(4097)]: uint8(1) }, {}, RangeError, "ERR_LIMIT", /4096 bytes/],
    [
      "one name twice",
      [
        ["a", uint8(1)],
        ["a", uint8(2)],
      ],
      {},
      RangeError,
      "ERR_OPTION",
      /two tensors have the name "a"/,
    ],
    ["a name that is no string", [[1, uint8(1)]], {}, TypeError, "ERR_OPTION", /must be a string, got 1/],
    [
      "a text that is no string",
      {},
      { epoch: 3 },
      TypeError,
      "ERR_OPTION",
      /"epoch" of the metadata must be a string, got 3/,
    ],
    ["no tensors", null, {}, TypeError, "ERR_OPTION", /tensors must be an object, got null/],
    ["a tensor that is none", { a: null }, {}, TypeError, "ERR_DTYPE", /dtype that files do not have: undefined/],
    ["an unknown dtype", { a: { ...uint8(1), dtype: "int4" } }, {}, TypeError, "ERR_DTYPE", /do not have: "int4"/],
    ["a sparse tensor", { a: SparseTensor.coo([1, 0], [10, 20]) }, {}, TypeError, "ERR_DTYPE", /"a" is sparse/],
    ["data of another type", { a: { ...uint8(1), dtype: "int8" } }, {}, TypeError, "ERR_DTYPE", /Int8Array/],
    ["another shape", { a: { ...uint8(1), shape: [2] } }, {}, RangeError, "ERR_SHAPE", /shape \[2\] and 1 elements/],
    ["no shape", { a: { ...uint8(1), shape: undefined } }, {}, TypeError, "ERR_SHAPE", /shape must be an array/],
    [
      "65 dimensions",
      { a: { ...uint8(1), shape: Array(65).fill(1) } },
      {},
      RangeError,
      "ERR_SHAPE",
      /no file can hold/,
    ],
  ];
  test.each(rows)("%s", (_, tensors, metadata, type, code, message) => {
    const error = thrownBy(() => serialize(tensors as never, metadata as never));
    expectError(error, { type, code, message });
  });

  test("more tensors than are read", () => {
    const many = Array.from({ length: 250_001 }, (_, i) => [`${i}`, uint8(1)] as const);
    expectError(
      thrownBy(() => serialize(many)),
      {
        type: RangeError,
        code: "ERR_LIMIT",
        message: "a file holds 250000 tensors at most, got 250001",
      },
    );
  });
});
