/** Files that PyTorch wrote: read to the last bit, and gone on from as PyTorch itself went on. */

import { readFileSync } from "node:fs";
import { Adam, AdamW, ExponentialLR, Parameter, type StateDict, StepLR } from "adam-wasm";
import { load } from "adam-wasm/checkpoint";
import { loadTorch } from "adam-wasm/checkpoint/torch";
import { describe, expect, test } from "vitest";
import { expectSameBits, floats, fromHex } from "./support/bits.js";

const read = (name: string) => readFileSync(new URL(`vectors/${name}`, import.meta.url));

interface Expected {
  readonly saved_at: number;
  readonly end: number;
  readonly runs: Readonly<
    Record<string, { readonly params: Readonly<Record<string, readonly string[]>>; readonly lr: readonly number[] }>
  >;
}

const EXPECTED = JSON.parse(read("checkpoints.json").toString()) as Expected;

/** Exact in float32, and different in every element and step. */
const gradient = (step: number, length: number) =>
  Array.from({ length }, (_, i) => (((7 * i + 3 * step) % 11) - 5) / 8);

describe("a run of torch's goes on here with torch's bits", () => {
  const weight = () => Parameter.zeros([2, 3]);
  const bias = () => Parameter.zeros([2]);
  const modelOf = ([weight, bias]: readonly Parameter[]) => ({ "layer.weight": weight, "layer.bias": bias });
  test.each([
    [
      "torch-adamw.pt",
      loadTorch,
      () => {
        const params = [weight(), bias()];
        const optimizer = new AdamW(params, { amsgrad: true });
        return { params, optimizer, scheduler: new StepLR(optimizer, { stepSize: 1 }) };
      },
    ],
    [
      "torch-adam.safetensors",
      load,
      () => {
        const params = [weight(), bias()];
        const optimizer = new Adam([{ params: [params[0]] }, { params: [params[1]] }]);
        return { params, optimizer, scheduler: new ExponentialLR(optimizer, { gamma: 0.5 }) };
      },
    ],
  ] as const)("%s", (name, read_, fresh) => {
    const { params, optimizer, scheduler } = fresh();
    const model = modelOf(params);
    const { epoch } = read_<{ epoch: number }>(read(name), { model, optimizer, scheduler });
    expect(epoch).toBe(EXPECTED.saved_at);
    for (const group of optimizer.paramGroups) group.exact = true;
    for (let step = EXPECTED.saved_at + 1; step <= EXPECTED.end; step++) {
      for (const param of params) param.grad = gradient(step, param.length);
      optimizer.step();
      scheduler.step();
    }
    const expected = EXPECTED.runs[name];
    for (const [key, param] of Object.entries(model)) {
      expectSameBits(floats("float32", param.data), fromHex(expected.params[key], "float32"), key);
    }
    expect(scheduler.getLastLR()).toEqual(expected.lr);
  });
});

describe("values of torch's", () => {
  const values = loadTorch<Record<string, Record<string, unknown>>>(read("torch-values.pt"));

  test("in every dtype, 16-bit floats widened", () => {
    const of = (dtype: string, data: object) => ({ dtype, shape: [3], data });
    expect(values.dtypes).toEqual({
      float64: of("float64", Float64Array.of(0, 1, 2)),
      float32: of("float32", Float32Array.of(0, 1, 2)),
      float16: of("float32", Float32Array.of(0, 1, 2)),
      bfloat16: of("float32", Float32Array.of(0, 1, 2)),
      int64: of("int64", BigInt64Array.of(0n, 1n, 2n)),
      int32: of("int32", Int32Array.of(0, 1, 2)),
      int16: of("int16", Int16Array.of(0, 1, 2)),
      int8: of("int8", Int8Array.of(0, 1, 2)),
      uint8: of("uint8", Uint8Array.of(0, 1, 2)),
      bool: of("bool", Uint8Array.of(0, 1, 1)),
      complex64: of("complex64", Float32Array.of(0, 0, 1, 0, 2, 0)),
      uint16: of("uint16", Uint16Array.of(0, 1, 2)),
      uint32: of("uint32", Uint32Array.of(0, 1, 2)),
      uint64: of("uint64", BigUint64Array.of(0n, 1n, 2n)),
      float8_e4m3fn: of("float8_e4m3fn", Uint8Array.of(0, 0x38, 0x40)),
    });
  });

  test("in views with any strides, row by row", () => {
    const float32 = (shape: number[], ...data: number[]) => ({
      dtype: "float32",
      shape,
      data: Float32Array.from(data),
    });
    expect(values.views).toEqual({
      transposed: float32([4, 3], 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11),
      row: float32([4], 4, 5, 6, 7),
      column: float32([3], 1, 5, 9),
      corner: float32([2, 2], 6, 7, 10, 11),
      repeated: float32([2, 3], 5, 5, 5, 5, 5, 5),
      complex: { dtype: "complex64", shape: [2, 2], data: Float32Array.of(0, -0, 4, -4, 1, -1, 5, -5) },
      scalar: { dtype: "int64", shape: [], data: BigInt64Array.of(7n) },
      empty: float32([0, 3]),
    });
    expect(values.parameter).toEqual(float32([4], 0, 1, 2, 3));
  });

  test("of optimizers are what loadStateDict takes", () => {
    const optimizer = new AdamW([Parameter.zeros([2, 3]), Parameter.zeros([2])], { amsgrad: true });
    const { optimizer: dict } = loadTorch<{ optimizer: StateDict }>(read("torch-adamw.pt"));
    optimizer.loadStateDict(dict);
    expect(optimizer.stateDict().state).toEqual(dict.state);
  });

  test("that are plain, tuples as arrays", () => {
    expect(values.plain).toStrictEqual({
      none: null,
      integers: [0, 255, 256, 65536, -1, 2 ** 40, -(2 ** 40), 2n ** 70n],
      floats: [0.5, -0, Number.POSITIVE_INFINITY],
      text: "é😀",
      tuple: [1, [2, 3], []],
      bools: [true, false],
      shape: [3, 4],
      1: "a number as a key",
    });
  });
});

test("a file of torch's that is given to load is shown the way", () => {
  expect(() => load(read("torch-adamw.pt"))).toThrow(/; files of torch\.save are for loadTorch \(header-/);
});
