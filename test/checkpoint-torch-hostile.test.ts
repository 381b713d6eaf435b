/** Files that only look like torch's: nothing in them is run, and nothing of them is read half. */

import { readFileSync } from "node:fs";
import { loadTorch } from "adam-wasm/checkpoint/torch";
import { describe, expect, test } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";
import { integer, named, pickle, sparse, tensor, text, torchFile, tuple, zip } from "./support/torch-file.js";

const FILE = readFileSync(new URL("vectors/torch-adamw.pt", import.meta.url));
const FOUR = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
const deep = (open: string, depth: number) => `${open}`.repeat(depth);

describe("by hand", () => {
  test.each([{}, { is64: true }])("a file is read: %o", (flaws) => {
    const file = torchFile(tensor("0", 1, [3], [1]), { 0: FOUR }, flaws);
    expect(loadTorch(file)).toEqual({ x: { dtype: "float32", shape: [3], data: Float32Array.of(2, 3, 4) } });
  });

  test("a storage at an odd address, and a pickle that refers to what was there before", () => {
    const value = Buffer.concat([Buffer.from("("), tensor("0", 0, [2], [1]), Buffer.from("q\x07h\x07t")]);
    const one = { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) };
    for (const padding of ["", "1", "12", "123"]) {
      expect(loadTorch(torchFile(value, { [padding]: FOUR, 0: FOUR }))).toEqual({ x: [one, one] });
    }
  });
});

describe("sparse tensors", () => {
  const indices = (...values: number[]) => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  const LONG = named("torch", "LongStorage");
  /** Two slices of two elements in 3 × 2. */
  const file = (at: readonly number[], size = [3, 2], layout?: string, shape = [1, 2]) =>
    torchFile(sparse(tensor("1", 0, shape, [2, 1], LONG), tensor("0", 0, [2, 2], [2, 1]), size, layout), {
      0: FOUR,
      1: indices(...at),
    });

  test("are read as dense ones, and slices that come twice are added up", () => {
    const data = (...values: number[]) => ({ x: { dtype: "float32", shape: [3, 2], data: Float32Array.from(values) } });
    expect(loadTorch(file([2, 0]))).toEqual(data(3, 4, 0, 0, 1, 2));
    expect(loadTorch(file([1, 1]))).toEqual(data(0, 0, 4, 6, 0, 0));
  });

  test.each([
    ["an index behind the end", file([0, 3])],
    ["a negative index", file([-1, 0])],
    ["slices of another shape", file([0, 1], [3, 3])],
    ["more indices than dimensions", file([0, 1], [3], undefined)],
    ["another number of indices", file([0, 1, 2], [3, 2], undefined, [1, 3])],
    ["another layout", file([0, 1], [3, 2], "torch.sparse_csr")],
    ["a dense tensor that is far larger than the file", file([0, 1], [2 ** 30, 2])],
    [
      "indices that are floats",
      torchFile(sparse(tensor("0", 0, [1, 2], [2, 1]), tensor("0", 0, [2, 2], [2, 1]), [3, 2]), { 0: FOUR }),
    ],
    [
      "more elements than can be counted, and none",
      torchFile(
        sparse(tensor("1", 0, [40, 0], [1, 1], LONG), tensor("0", 0, [0, 0], [1, 1]), [
          ...Array(40).fill(2 ** 31 - 1),
          0,
        ]),
        { 0: FOUR, 1: indices() },
      ),
    ],
    ["no parts", torchFile(`${named("torch._utils", "_rebuild_sparse_tensor")}NN\x86R`)],
  ])("are refused with %s", (_, bytes) => {
    expectError(
      thrownBy(() => loadTorch(bytes)),
      { type: Error, code: "ERR_CHECKPOINT", message: /sparse tensor/ },
    );
  });
});

test("a tensor that torch would conjugate or negate while it reads it is not taken for what lies there", () => {
  const bit = (name: string, isSet: string) =>
    Buffer.concat([Buffer.from("}"), text(name), Buffer.from(`${isSet}s`, "latin1")]);
  const file = (metadata: Uint8Array) => torchFile(tensor("0", 0, [4], [1], undefined, metadata), { 0: FOUR });
  expect(() => loadTorch(file(bit("neg", "\x88")))).toThrow(/torch's "neg" bit/);
  expect(() => loadTorch(file(bit("conj", "\x88")))).toThrow(/torch's "conj" bit/);
  expect(loadTorch(file(bit("neg", "\x89")))).toMatchObject({ x: { data: Float32Array.of(1, 2, 3, 4) } });
});

describe("nothing of it is believed that changes afterwards", () => {
  test("entries over the same bytes are refused before these are read, or many would take for ever", () => {
    const entries = ["a/data.pkl", "a/x"].map((name) => [name, pickle("}")] as const);
    expect(() => loadTorch(zip(entries, { offset: 0, crc: 1 }))).toThrow(/overlap at byte 0/);
    expect(() => loadTorch(zip(entries, { crc: 1 }))).toThrow(/damaged/);
  });

  test("a list of extents that grows when the tensor is made", () => {
    const made = tensor("0", 0, "]q\x01K\x02a", [1]);
    const value = Buffer.concat([Buffer.from("("), made, Buffer.from("h\x01K\x07at")]);
    const loaded = loadTorch(torchFile(value, { 0: FOUR }));
    expect(loaded).toEqual({ x: [{ dtype: "float32", shape: [2], data: Float32Array.of(1, 2) }, [2, 7]] });
  });
});

/** A pair of twice the value before it, kept as the next one. */
const doubled = (i: number) => {
  const [before, next] = [i, i + 1].map((index) => String.fromCharCode(index));
  return `h${before}h${before}\x86q${next}a`;
};
const file = (...instructions: string[]) => zip([["a/data.pkl", pickle(...instructions)]]);
const rows: readonly (readonly [string, Uint8Array, string])[] = [
  ["nothing", new Uint8Array(), "zip"],
  ["a pickle without its archive", pickle("}"), "zip"],
  ["an archive of something else", zip([["a/b", FOUR]]), "zip"],
  ["compressed entries", torchFile("N", {}, { method: 8 }), "zip"],
  ["an entry with the checksum of another", torchFile("N", {}, { crc: 1 }), "zip"],
  ["an entry behind the end", torchFile("N", {}, { size: 1e6 }), "zip"],
  ["the same in 64 bits", torchFile("N", {}, { size: 2 ** 40, is64: true }), "zip"],
  ["an entry that begins nowhere", torchFile("N", {}, { offset: 5 }), "zip"],
  [
    "entries over the same bytes",
    zip(
      [
        ["a/data.pkl", pickle("}")],
        ["a/x", pickle("}")],
      ],
      { offset: 0 },
    ),
    "zip",
  ],
  [
    "two entries with one name",
    zip([
      ["a/data.pkl", pickle("}")],
      ["a/data.pkl", pickle("}")],
    ]),
    "zip",
  ],
  [
    "bytes in another order",
    zip([
      ["a/data.pkl", pickle("}")],
      ["a/byteorder", Buffer.from("big")],
    ]),
    "storage",
  ],
  ["a call of the system", torchFile(`${named("os", "system")}(${text("true").toString("latin1")}tR`), "pickle"],
  ["a call of eval", torchFile(named("builtins", "eval")), "pickle"],
  ["a name of prototypes", torchFile(named("__proto__", "toString")), "pickle"],
  ["a call of a value", torchFile("K\x01)R"), "pickle"],
  ["a call with what is no tuple", torchFile(`${named("collections", "OrderedDict")}NR`), "pickle"],
  ["a call with 17 arguments", torchFile(`${named("collections", "OrderedDict")}(${"N".repeat(17)}tR`), "pickle"],
  ["a function as a value", torchFile(named("collections", "OrderedDict")), "pickle"],
  ["a type as a value", torchFile(named("torch", "FloatStorage")), "pickle"],
  ["attributes of a number", torchFile("K\x01}b"), "pickle"],
  ["another protocol", zip([["a/data.pkl", Buffer.from("\x80\x04}.", "latin1")]]), "pickle"],
  ["an unknown instruction", torchFile("\x93"), "pickle"],
  ["an instruction that makes objects", torchFile(`${named("collections", "OrderedDict")})\x81`), "pickle"],
  ["no end", zip([["a/data.pkl", pickle("}").subarray(0, -1)]]), "pickle"],
  ["a text without its end", zip([["a/data.pkl", Buffer.from("\x80\x02X\xff\xff\xff\xff", "latin1")]]), "pickle"],
  ["a text that is not UTF-8", torchFile("X\x01\x00\x00\x00\xff"), "pickle"],
  ["a name without its end", zip([["a/data.pkl", Buffer.from("\x80\x02cos", "latin1")]]), "pickle"],
  ["too few values", file("s"), "pickle"],
  ["two values", file("NN"), "pickle"],
  ["no values", file(), "pickle"],
  ["a mark as a value", file("("), "pickle"],
  ["no mark", file("Nt"), "pickle"],
  ["a mark in a pair", file("(N\x86"), "pickle"],
  ["items of a number", file("K\x01Na"), "pickle"],
  ["members of a list", file("]NNs"), "pickle"],
  ["half a member", file("}(Nu"), "pickle"],
  ["a reference to nothing", file("h\x00"), "pickle"],
  ["a list that holds itself", torchFile("]q\x00h\x00a"), "pickle"],
  ["a dict that holds itself", torchFile("}q\x00K\x01h\x00s"), "pickle"],
  ["endless nesting", torchFile(`${deep("]", 1000)}${"a".repeat(999)}`), "pickle"],
  ["a billion laughs", torchFile(`]]q\x00a${Array.from({ length: 40 }, (_, i) => doubled(i)).join("")}`), "pickle"],
  ["a key that is a list", torchFile("}]Ns"), "pickle"],
  [
    "the same key as a number and as text",
    torchFile(Buffer.concat([Buffer.from("}K\x01Ns"), text("1"), Buffer.from("Ns")])),
    "pickle",
  ],
  ["a value that is no dict", zip([["a/data.pkl", pickle("]")]]), "layout"],
  ["a storage that is not there", torchFile(tensor("1", 0, [1], [1]), { 0: FOUR }), "storage"],
  [
    "a storage of no type",
    torchFile(Buffer.concat([tuple(text("storage"), "N", text("0")), Buffer.from("Q")]), { 0: FOUR }),
    "storage",
  ],
  [
    "a storage as a value",
    torchFile(Buffer.concat([tuple(text("storage"), named("torch", "FloatStorage"), text("0")), Buffer.from("Q")]), {
      0: FOUR,
    }),
    "pickle",
  ],
  [
    "a tensor without dtype",
    torchFile(tensor("0", 0, [1], [1], named("torch.storage", "UntypedStorage")), { 0: FOUR }),
    "dtype",
  ],
  ["a tensor of no storage", torchFile(`${named("torch._utils", "_rebuild_tensor_v2")}(NK\x00))tR`), "storage"],
  ["a tensor that reaches out of its storage", torchFile(tensor("0", 0, [5], [1]), { 0: FOUR }), "storage"],
  ["the same by its offset", torchFile(tensor("0", 4, [1], [1]), { 0: FOUR }), "storage"],
  ["the same by its stride", torchFile(tensor("0", 0, [2], [4]), { 0: FOUR }), "storage"],
  ["a negative offset", torchFile(tensor("0", -1, [1], [1]), { 0: FOUR }), "storage"],
  ["a negative stride", torchFile(tensor("0", 3, [4], [-1]), { 0: FOUR }), "storage"],
  ["a negative extent", torchFile(tensor("0", 0, [-1], [1]), { 0: FOUR }), "storage"],
  ["strides for other dimensions", torchFile(tensor("0", 0, [2, 2], [1]), { 0: FOUR }), "storage"],
  ["65 dimensions", torchFile(tensor("0", 0, Array(65).fill(1), Array(65).fill(1)), { 0: FOUR }), "storage"],
  ["one element a billion times", torchFile(tensor("0", 0, [2 ** 30], [0]), { 0: FOUR }), "storage"],
  [
    "one element more often than can be counted",
    torchFile(tensor("0", 0, Array(40).fill(2 ** 30), Array(40).fill(0)), { 0: FOUR }),
    "storage",
  ],
];

describe("loadTorch refuses", () => {
  test.each(rows)("%s", (_, bytes, rule) => {
    expectError(
      thrownBy(() => loadTorch(bytes)),
      {
        type: Error,
        code: "ERR_CHECKPOINT",
        message: new RegExp(`^.+ \\(${rule}\\)$`),
      },
    );
  });

  test("to restore from a damaged file, wherever a bit is wrong", () => {
    const whole = JSON.stringify(loadTorch(FILE));
    let refused = 0;
    for (let at = 0; at < FILE.length; at++) {
      const damaged = Uint8Array.from(FILE);
      damaged[at] ^= 1 << (at % 8);
      try {
        // What is not covered by a checksum is not read.
        expect(JSON.stringify(loadTorch(damaged)), `byte ${at}`).toBe(whole);
      } catch (error) {
        if ((error as { code?: string }).code !== "ERR_CHECKPOINT") throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  test("to read what was cut off", () => {
    for (let length = 0; length < FILE.length; length++) {
      expect(thrownBy(() => loadTorch(FILE.subarray(0, length))).code, `${length} bytes`).toBe("ERR_CHECKPOINT");
    }
  });

  test("values that no pickle of a state dict has, whatever they say", () => {
    const value = Buffer.concat([integer(1), Buffer.from("}"), text("__proto__"), Buffer.from("Nss")]);
    expect(() => loadTorch(torchFile(value))).toThrow();
    const proto = torchFile(
      Buffer.concat([Buffer.from("}"), text("__proto__"), Buffer.from("}"), text("polluted"), Buffer.from("K\x01ss")]),
    );
    const { x } = loadTorch<{ x: object }>(proto);
    expect(Object.keys(x)).toEqual(["__proto__"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
