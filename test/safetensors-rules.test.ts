/** Reading safetensors files that an enemy wrote: each breaks a rule of the format, or keeps it in an unusual way. */

import { readFileSync } from "node:fs";
import { deserialize } from "adam-wasm/checkpoint";
import { describe, expect, test } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";
import { contentOf, fileOf } from "./support/safetensors.js";

interface Case {
  readonly row: string;
  readonly name: string;
  readonly file?: string;
  readonly length?: string;
  readonly header?: string;
  readonly headerHex?: string;
  readonly data?: string;
  readonly expect: {
    readonly code?: string;
    readonly rule?: string;
    readonly tensors?: Readonly<Record<string, readonly [dtype: string, shape: readonly number[], bytes: string]>>;
    readonly metadata?: Readonly<Record<string, string>>;
  };
}

const { cases } = JSON.parse(readFileSync(new URL("vectors/safetensors.json", import.meta.url), "utf8")) as {
  cases: Case[];
};
const hex = (digits: string) => new Uint8Array(Buffer.from(digits, "hex"));
const bytesOf = ({ file, length, header, headerHex, data = "" }: Case) =>
  file !== undefined
    ? hex(file)
    : fileOf(header ?? hex(headerHex as string), hex(data), length === undefined ? undefined : BigInt(length));
const refused = cases.filter((each) => each.expect.code !== undefined);
const accepted = cases.filter((each) => each.expect.code === undefined);
const title = (each: Case) => [`${each.row}: ${each.name}`, each] as const;

describe("the reader refuses", () => {
  test.each(refused.map(title))("%s", (_, each) => {
    const { code, rule } = each.expect;
    const error = thrownBy(() => deserialize(bytesOf(each)));
    expectError(error, { type: Error, code: code as string, message: new RegExp(`^[^\\n]+ \\(${rule}\\)$`) });
  });

  test("H17: an object that nests 100,000 deep", () => {
    const error = thrownBy(() => deserialize(fileOf('{"a":'.repeat(100_000))));
    expectError(error, { type: Error, code: "ERR_CHECKPOINT", message: /\(json\)$/ });
  });

  test.each([
    [
      "tensors",
      (rows: string[]) => `{${rows.map((name) => `"${name}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)}}`,
    ],
    ["texts", (rows: string[]) => `{"__metadata__":{${rows.map((name) => `"${name}":""`)}}}`],
  ])("H17: more than 250,000 %s", (what, header) => {
    const names = Array.from({ length: 250_001 }, (_, i) => `n${i}`);
    expect(thrownBy(() => deserialize(fileOf(header(names)))).message).toBe(
      `the header has more than 250000 ${what} (count)`,
    );
    expect(deserialize(fileOf(header(names.slice(1))))).toBeDefined();
  });

  test.each([
    ["nothing", undefined],
    ["a string", "{}"],
    ["an array of numbers", [0]],
    ["a Float32Array", new Float32Array(4)],
    ["an object with a length", { byteLength: 4 }],
  ])("what is not bytes: %s", (_, bytes) => {
    const error = thrownBy(() => deserialize(bytes as never));
    expectError(error, {
      type: TypeError,
      code: "ERR_OPTION",
      message: /^a checkpoint is read from a Uint8Array or an ArrayBuffer, got /,
    });
  });

  test("bytes that were given away, as to a worker", () => {
    const bytes = fileOf("{}");
    structuredClone(bytes, { transfer: [bytes.buffer] });
    const message = "the bytes of the checkpoint are detached: their memory was transferred";
    for (const each of [bytes, bytes.buffer]) {
      expectError(
        thrownBy(() => deserialize(each)),
        { type: TypeError, code: "ERR_DETACHED", message },
      );
    }
  });
});

describe("the reader accepts", () => {
  test.each(accepted.map(title))("%s", (_, each) => {
    const { tensors, metadata } = contentOf(deserialize(bytesOf(each)));
    expect(tensors).toEqual(new Map(Object.entries(each.expect.tensors ?? {})));
    if (each.expect.metadata !== undefined) expect(metadata).toEqual(new Map(Object.entries(each.expect.metadata)));
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7])("a file that begins %i bytes into its memory", (offset) => {
    const file = fileOf('{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}} ', new Uint8Array(8).fill(0x40));
    const memory = new Uint8Array(offset + file.length);
    memory.set(file, offset);
    const { data } = deserialize(memory.subarray(offset)).tensors.get("a") ?? {};
    expect(data).toEqual(Float64Array.of(32.501960784313724));
    // Where the elements are aligned there is no copy.
    expect(data?.buffer === memory.buffer).toBe((offset + file.length) % 8 === 0);
  });

  test("a Buffer of Node's at an odd address", () => {
    const file = fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', new Uint8Array(4).fill(0x40));
    for (const offset of [0, 1, 2, 3]) {
      const buffer = Buffer.alloc(offset + file.length);
      buffer.set(file, offset);
      expect(deserialize(buffer.subarray(offset)).tensors.get("a")?.data).toEqual(Float32Array.of(3.003921508789063));
    }
  });

  test("an ArrayBuffer, and memory that is shared", () => {
    const file = fileOf('{"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', hex("07"));
    const shared = new SharedArrayBuffer(file.length);
    new Uint8Array(shared).set(file);
    for (const memory of [file.buffer, shared, new Uint8Array(shared)]) {
      expect(contentOf(deserialize(memory)).tensors).toEqual(new Map([["a", ["uint8", [1], "07"]]]));
    }
  });
});

test("the vectors have every rule of the format", () => {
  const rules = new Set(refused.map((each) => each.expect.rule));
  expect([...rules].sort()).toEqual(RULES);
});

const RULES = [
  "dtype",
  "duplicate-key",
  "header-length",
  "header-too-large",
  "hole",
  "integer",
  "json",
  "metadata",
  "name",
  "offset-overlap",
  "offsets",
  "shape",
  "shape-overflow",
  "size-mismatch",
  "too-small",
  "truncated",
  "utf-8",
];
