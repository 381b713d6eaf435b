/** Arrays that another realm made (an iframe, a `vm` context, the host of a Jest test) are arrays like any other. */

import { runInNewContext, runInThisContext } from "node:vm";
import { Adam, Parameter, SparseTensor, Tensor } from "adam-wasm";
import { load, save, serialize } from "adam-wasm/checkpoint";
import { expect, test } from "vitest";
import { expectRejection } from "./support/rejects.js";

const elsewhere = <T>(expression: string, names = {}) => runInNewContext(`(${expression})`, names) as T;
const floats = () => elsewhere<Float32Array>("Float32Array.of(1, 2, 3)");

test("values of another realm have the dtype of their name", () => {
  expect(floats()).not.toBeInstanceOf(Float32Array);
  expect(Tensor.from(floats()).data).toEqual(Float32Array.of(1, 2, 3));
  expect(Tensor.from(elsewhere<Float64Array>("Float64Array.of(0.1)")).data).toEqual(Float64Array.of(0.1));
  const tensor = Tensor.zeros([3]);
  tensor.set(floats());
  expect(tensor.data).toEqual(Float32Array.of(1, 2, 3));
});

test("gradients of another realm are assigned, again and again, and added", () => {
  const weight = Parameter.zeros([3]);
  for (const _ of [1, 2]) weight.grad = floats();
  weight.accumulateGrad(floats());
  expect((weight.grad as unknown as Tensor).data).toEqual(Float32Array.of(2, 4, 6));
  weight.grad = SparseTensor.coo([elsewhere<Int32Array>("Int32Array.of(2, 0, 1)")], floats());
  expect((weight.grad as unknown as SparseTensor).toDense().data).toEqual(Float32Array.of(2, 3, 1));
});

test("state dicts and checkpoints of another realm are loaded", () => {
  const weight = Parameter.zeros([3]);
  const optimizer = new Adam([weight]);
  weight.grad = [1, 2, 3];
  optimizer.step();
  const { state, param_groups } = optimizer.stateDict();
  const entry = { step: 7, exp_avg: { shape: [3], data: floats() }, exp_avg_sq: { shape: [3], data: floats() } };
  optimizer.loadStateDict({ state: { ...state, 0: entry }, param_groups });
  expect(optimizer.state.get(weight)).toMatchObject({ step: 7, expAvg: { data: Float32Array.of(1, 2, 3) } });

  const bytes = elsewhere<Uint8Array>("Uint8Array.from(bytes)", { bytes: save({ optimizer, epoch: 3 }) });
  expect(load(bytes, { optimizer })).toMatchObject({ epoch: 3 });
  const tensor = { dtype: "float32", shape: [3], data: floats() } as const;
  expect(serialize({ tensor })).toEqual(serialize({ tensor: { ...tensor, data: Float32Array.of(1, 2, 3) } }));
});

test.each(["new BigInt64Array(3)", "new BigUint64Array(3)", "new DataView(new ArrayBuffer(12))"])(
  "%s is refused as the one of this realm is",
  (expression) => {
    for (const values of [elsewhere(expression), runInThisContext(expression)]) {
      expectRejection({
        name: "",
        act: () => Tensor.from(values as never, { dtype: "float32" }),
        type: TypeError,
        code: "ERR_DTYPE",
        message: `the argument of Tensor.from must be numbers in an array or typed array, got an object (${expression.split(/[ (]/)[1]})`,
      });
    }
  },
);
