/** Wrong gradients: each is refused at assignment, and the gradient of before stays. */

import { Parameter, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectError, expectRejection, type Rejection, thrownBy } from "./support/rejects.js";
import type { Training } from "./support/training.js";

const SHAPE_OF_BIAS = (shape: string) => `the gradient of Parameter "bias" has shape [${shape}], expected [3]`;
const DTYPE_OF_BIAS = (what: string) => `the gradient of Parameter "bias" must be ${what}`;
const DETACHED = /^the gradient of Parameter "bias" is a detached array/;

function detached() {
  const array = new Float32Array(3);
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}

/** A view that was made before the memory it shows grew. */
function stale() {
  const { data } = Tensor.from([1, 2, 3]);
  const kept: Tensor[] = [];
  while (data.length > 0) kept.push(Tensor.zeros([10_000]));
  for (const tensor of kept) tensor.dispose();
  return data;
}

const gone = () => {
  const tensor = Tensor.zeros([3]);
  tensor.dispose();
  return tensor;
};

type Row = readonly [
  name: string,
  grad: (training: Training) => unknown,
  type: ErrorConstructor,
  code: string,
  message: Rejection["message"],
];

const ROWS: readonly Row[] = [
  ["too few elements", () => [1, 2], RangeError, "ERR_SHAPE", SHAPE_OF_BIAS("2")],
  ["too many elements", () => new Float32Array(4), RangeError, "ERR_SHAPE", SHAPE_OF_BIAS("4")],
  ["no elements", () => [], RangeError, "ERR_SHAPE", SHAPE_OF_BIAS("0")],
  ["no elements in a typed array", () => new Float32Array(0), RangeError, "ERR_SHAPE", SHAPE_OF_BIAS("0")],
  ["a single number", () => 1, RangeError, "ERR_SHAPE", SHAPE_OF_BIAS("")],
  ["a column", () => [[1], [2], [3]], RangeError, "ERR_SHAPE", SHAPE_OF_BIAS("3,1")],
  ["a tensor of another shape", () => Tensor.zeros([1, 3]), RangeError, "ERR_SHAPE", SHAPE_OF_BIAS("1,3")],
  ["float64", () => new Float64Array(3), TypeError, "ERR_DTYPE", DTYPE_OF_BIAS("a float32 array, got Float64Array")],
  ["integers", () => new Int32Array(3), TypeError, "ERR_DTYPE", DTYPE_OF_BIAS("a float32 array, got Int32Array")],
  ["bytes", () => Buffer.alloc(3), TypeError, "ERR_DTYPE", DTYPE_OF_BIAS("a float32 array, got Uint8Array")],
  [
    "big integers",
    () => new BigInt64Array(3),
    TypeError,
    "ERR_DTYPE",
    DTYPE_OF_BIAS("numbers in an array or typed array, got an object (BigInt64Array)"),
  ],
  [
    "raw memory",
    () => new ArrayBuffer(12),
    TypeError,
    "ERR_DTYPE",
    DTYPE_OF_BIAS("numbers in an array or typed array, got an object (ArrayBuffer)"),
  ],
  [
    "a DataView",
    () => new DataView(new ArrayBuffer(12)),
    TypeError,
    "ERR_DTYPE",
    DTYPE_OF_BIAS("numbers in an array or typed array, got an object (DataView)"),
  ],
  ["a string", () => "1,2,3", TypeError, "ERR_DTYPE", DTYPE_OF_BIAS('numbers in an array or typed array, got "1,2,3"')],
  ["true", () => true, TypeError, "ERR_DTYPE", DTYPE_OF_BIAS("numbers in an array or typed array, got true")],
  [
    "undefined",
    () => undefined,
    TypeError,
    "ERR_OPTION",
    'the gradient of Parameter "bias" is undefined; use null for none',
  ],
  [
    "strings",
    () => [1, "2", 3],
    TypeError,
    "ERR_DTYPE",
    'the gradient of Parameter "bias" must hold numbers only, got "2"',
  ],
  [
    "null as a number",
    () => [1, 2, null],
    TypeError,
    "ERR_DTYPE",
    'the gradient of Parameter "bias" must hold numbers only, got null',
  ],
  [
    "holes",
    () => [1].concat(Array(1), 3),
    TypeError,
    "ERR_DTYPE",
    'the gradient of Parameter "bias" must hold numbers only, got undefined',
  ],
  [
    "a tensor of float64",
    () => Tensor.zeros([3], { dtype: "float64" }),
    TypeError,
    "ERR_DTYPE",
    DTYPE_OF_BIAS("float32, got float64"),
  ],
  ["a transferred array", detached, TypeError, "ERR_DETACHED", DETACHED],
  ["a view of before memory grew", stale, TypeError, "ERR_DETACHED", DETACHED],
  ["a disposed tensor", gone, Error, "ERR_DISPOSED", "Tensor of shape [3] was disposed and cannot be used"],
  [
    "the parameter itself",
    ({ bias }) => bias,
    RangeError,
    "ERR_ALIAS",
    'the gradient of Parameter "bias" overlaps the parameter itself',
  ],
  [
    "a moment of the optimizer",
    ({ optimizer, bias }) => optimizer.state.get(bias)?.expAvgSq,
    RangeError,
    "ERR_ALIAS",
    'the gradient of Parameter "bias" must not be the state of an optimizer',
  ],
];

const assign = (grad: Row[1]) => (training: Training) => {
  training.bias.grad = grad(training) as number[];
};

describe("a parameter with a gradient rejects", () => {
  test.each(ROWS)("%s", (name, grad, type, code, message) => {
    expectRejection({ name, act: assign(grad), type, code, message });
  });
});

describe("a parameter without gradient rejects", () => {
  test.each(ROWS)("%s", (name, grad, type, code, message) => {
    expectRejection({ name, act: assign(grad), type, code, message }, ({ bias }) => {
      bias.grad = null;
    });
  });
});

describe("a matrix rejects", () => {
  const ragged: readonly (readonly [name: string, grad: unknown, code: string, message: string])[] = [
    [
      "a short row",
      [
        [1, 2, 3],
        [4, 5],
      ],
      "ERR_SHAPE",
      'the gradient of Parameter "weight" is ragged: expected 3 elements at depth 1, got 2',
    ],
    [
      "a number for a row",
      [[1, 2, 3], 4],
      "ERR_SHAPE",
      'the gradient of Parameter "weight" is ragged: expected 3 elements at depth 1, got 4',
    ],
    [
      "a row that nests",
      [
        [1, 2, 3],
        [4, 5, [6]],
      ],
      "ERR_DTYPE",
      'the gradient of Parameter "weight" must hold numbers only, got [6]',
    ],
    [
      "its transpose",
      [
        [1, 4],
        [2, 5],
        [3, 6],
      ],
      "ERR_SHAPE",
      'the gradient of Parameter "weight" has shape [3,2], expected [2,3]',
    ],
  ];
  test.each(ragged)("%s", (name, grad, code, message) => {
    const act = ({ weight }: Training) => {
      weight.grad = grad as number[][];
    };
    expectRejection({ name, act, type: code === "ERR_DTYPE" ? TypeError : RangeError, code, message });
  });
});

describe("a gradient that is disposed while it is one", () => {
  const message = "Tensor of shape [2,3] was disposed and cannot be used";
  const disposeGradient = ({ weight }: Training) => weight.grad?.dispose();

  test("stops the step before any group moves", () => {
    const act = ({ optimizer }: Training) => optimizer.step();
    expectRejection(
      { name: "", act, type: Error, code: "ERR_DISPOSED", message, thenStepThrows: true },
      disposeGradient,
    );
  });

  test("stops zeroGrad before any gradient is zeroed", () => {
    const act = ({ optimizer }: Training) => optimizer.zeroGrad({ setToNone: false });
    expectRejection(
      { name: "", act, type: Error, code: "ERR_DISPOSED", message, thenStepThrows: true },
      disposeGradient,
    );
  });

  test("can be replaced or taken away, and the next step goes well", () => {
    for (const grad of [
      Tensor.zeros([2, 3]),
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      null,
    ]) {
      const parameter = Parameter.zeros([2, 3]);
      parameter.grad = [
        [0, 0, 0],
        [0, 0, 0],
      ];
      parameter.grad?.dispose();
      expectError(
        thrownBy(() => Object.assign(parameter, { grad: parameter.grad })),
        { type: Error, code: "ERR_DISPOSED", message },
      );
      parameter.grad = grad;
      expect(parameter.grad === null).toBe(grad === null);
    }
  });
});

test("a disposed parameter takes no gradient", () => {
  const parameter = Parameter.zeros([2], { name: "gone" });
  parameter.dispose();
  for (const grad of [null, [1, 2], Tensor.zeros([2])]) {
    const error = thrownBy(() => {
      parameter.grad = grad;
    });
    expectError(error, {
      type: Error,
      code: "ERR_DISPOSED",
      message: 'Parameter "gone" was disposed and cannot be used',
    });
  }
});
