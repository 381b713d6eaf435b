/** A small file in which every byte goes wrong in every way: the reader throws, or returns whole tensors. */

import { deserialize, serialize } from "adam-wasm/checkpoint";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contentOf, fileOf } from "./support/safetensors.js";

const FILE = serialize(
  {
    weight: { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, -2, 3, Number.NaN) },
    step: { dtype: "int64", shape: [], data: BigInt64Array.of(2n ** 62n) },
    mask: { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) },
  },
  { note: "é" },
);
const HEADER_END = 8 + FILE[0];

/** What the reader makes of bytes: the content, or the code of its error. */
function outcome(bytes: Uint8Array): ReturnType<typeof contentOf> | string {
  try {
    return contentOf(deserialize(bytes));
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const WHOLE = outcome(FILE) as ReturnType<typeof contentOf>;

/** The file with another byte. */
function damaged(at: number, value: number): Uint8Array {
  const file = FILE.slice();
  file[at] = value;
  return file;
}

describe("damage", () => {
  test("to the length: no truncation is read", () => {
    for (let length = 0; length < FILE.length; length++) {
      expect(outcome(FILE.subarray(0, length)), `${length} bytes`).toBe("ERR_CHECKPOINT");
    }
  });

  test("to the length: no byte too many is read", () => {
    for (const extra of [1, 7, 8, 1000]) {
      const longer = new Uint8Array(FILE.length + extra);
      longer.set(FILE);
      expect(outcome(longer)).toBe("ERR_CHECKPOINT");
    }
  });

  test("to the header: each other value of each byte is an error, or leaves whole tensors", () => {
    let read = 0;
    for (let at = 0; at < HEADER_END; at++) {
      for (let value = 0; value < 256; value++) {
        if (value === FILE[at]) continue;
        const result = outcome(damaged(at, value));
        if (result === "ERR_CHECKPOINT") continue;
        read++;
        const { tensors } = result as typeof WHOLE;
        const sizes = [...tensors.values()].map(([, , bytes]) => bytes);
        // Another name or text, another type or shape of the same size: all bytes of the data are still there, in order.
        expect(sizes.join(""), `byte ${at} as ${value}`).toBe([...WHOLE.tensors.values()].map(([, , b]) => b).join(""));
        expect(tensors.size).toBe(3);
      }
    }
    expect(read).toBeGreaterThan(100);
  });

  test("to the data: another value in one element, and nothing else", () => {
    for (let at = HEADER_END; at < FILE.length; at++) {
      const result = outcome(damaged(at, FILE[at] ^ 0x10)) as typeof WHOLE;
      expect([...result.tensors].filter(([name, row]) => row[2] !== WHOLE.tensors.get(name)?.[2])).toHaveLength(1);
    }
  });
});

describe("headers at random", () => {
  /** JSON of the right vocabulary in any arrangement. */
  const token = fc.constantFrom(
    ...['"a"', '"__metadata__"', '"dtype"', '"F32"', '"U8"', '"shape"', '"data_offsets"', "0", "1", "4", "-1", "1e0"],
    ...["{", "}", "[", "]", ",", ":", " ", '"dtype":"U8"', '"shape":[1]', '"data_offsets":[0,1]', "null", '"\\u0061"'],
  );

  test("are an error, or what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.array(token, { maxLength: 24 }), (tokens) => {
        const header = `{${tokens.join("")}}`;
        const result = outcome(fileOf(header, Uint8Array.of(7)));
        if (result === "ERR_CHECKPOINT") return;
        const { __metadata__: _, ...tensors } = JSON.parse(header);
        expect([...(result as typeof WHOLE).tensors.keys()]).toEqual(Object.keys(tensors));
      }),
      { numRuns: 20_000 },
    );
  });
});
