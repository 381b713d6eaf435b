/** Clipping that is refused: the documented error, and every gradient byte for byte as before. */

import {
  clipCoefficient,
  clipGradNorm,
  clipGradsWithNorm,
  clipGradValue,
  getTotalNorm,
  Parameter,
  Tensor,
} from "adam-wasm";
import { describe, expect, test } from "vitest";

const INFINITE = Number.POSITIVE_INFINITY;

function parameters() {
  const [a, b, c] = [Parameter.zeros([2]), Parameter.zeros([3]), Parameter.zeros([2])];
  a.grad = [3, 4];
  b.grad = Tensor.from([1, 2, INFINITE]);
  return [a, b, c] as const;
}

type Wrong = readonly [what: string, act: (given: ReturnType<typeof parameters>) => unknown, code: string, RegExp];

const wrong: readonly Wrong[] = [
  [
    "a norm that is infinite",
    (p) => clipGradNorm(p, 1, { errorIfNonfinite: true }),
    "ERR_NONFINITE",
    /^The total norm of order 2 for gradients from `parameters` is non-finite, so it cannot be clipped/,
  ],
  [
    "a norm that is infinite, of tensors",
    (p) => getTotalNorm(p[1].grad as Tensor, { errorIfNonfinite: true, normType: INFINITE }),
    "ERR_NONFINITE",
    /^The total norm of order Infinity/,
  ],
  ["a negative limit", (p) => clipGradNorm(p, -1), "ERR_OPTION", /^Invalid maxNorm: -1$/],
  ["no limit", (p) => clipGradNorm(p, Number.NaN), "ERR_OPTION", /^Invalid maxNorm: NaN$/],
  ["a text as limit", (p) => clipGradNorm(p, "1" as never), "ERR_OPTION", /^Invalid maxNorm: "1"$/],
  ["a negative limit, in halves", (p) => clipGradsWithNorm(p, -1, 5), "ERR_OPTION", /^Invalid maxNorm: -1$/],
  ["a negative norm", (p) => clipGradsWithNorm(p, 1, -5), "ERR_OPTION", /^Invalid totalNorm: -5$/],
  ["a norm that is none", () => clipCoefficient("5" as never, 1), "ERR_OPTION", /^Invalid totalNorm: "5"$/],
  ["a negative value", (p) => clipGradValue(p, -0.5), "ERR_OPTION", /^Invalid clipValue: -0.5$/],
  ["no value", (p) => clipGradValue(p, undefined as never), "ERR_OPTION", /^Invalid clipValue: undefined$/],
  ["no order", (p) => clipGradNorm(p, 1, { normType: Number.NaN }), "ERR_OPTION", /^Invalid normType: NaN$/],
  [
    "a text as order",
    (p) => clipGradNorm(p, 1, { normType: "inf" as never }),
    "ERR_OPTION",
    /^Invalid normType: "inf"$/,
  ],
  ["an unknown option", (p) => clipGradNorm(p, 1, { norm_type: 1 } as never), "ERR_OPTION", /did you mean "normType"/],
  [
    "an option that is no boolean",
    (p) => clipGradNorm(p, 1, { errorIfNonfinite: 1 as never }),
    "ERR_OPTION",
    /^errorIfNonfinite must be a boolean, got 1$/,
  ],
  ["an unknown dtype", () => clipCoefficient(1, 1, { dtype: "float16" as never }), "ERR_DTYPE", /^dtype must be/],
  ["a number", () => clipGradNorm(1 as never, 1), "ERR_OPTION", /^clipGradNorm takes one tensor or an iterable/],
  ["a tensor", (p) => clipGradNorm([p[0], p[1].grad] as never, 1), "ERR_OPTION", /takes Parameters, but .* is Tensor$/],
  ["an array", () => getTotalNorm([[1, 2]] as never), "ERR_OPTION", /takes Tensors, but one of them is Array$/],
  ["a parameter twice", (p) => clipGradValue([...p, p[2]], 1), "ERR_ALIAS", /the same parameter more than once/],
  [
    "a gradient twice",
    (p) => {
      const twin = Parameter.zeros([2]);
      twin.grad = p[0].grad;
      return clipGradNorm([...p, twin], 1);
    },
    "ERR_ALIAS",
    /^gradients share memory/,
  ],
  [
    "gradients that overlap",
    (p) => {
      const flat = Tensor.from([1, 2, 3]);
      const [one, other] = [Parameter.zeros([2]), Parameter.zeros([2])];
      one.grad = flat.view(1, [2]);
      other.grad = flat.view(0, [2]);
      return clipGradNorm([...p, one, other], 1);
    },
    "ERR_ALIAS",
    /^gradients share memory/,
  ],
  [
    "a disposed parameter",
    (p) => {
      const gone = Parameter.zeros([1]);
      gone.dispose();
      return clipGradNorm([...p, gone], 1);
    },
    "ERR_DISPOSED",
    /was disposed/,
  ],
  [
    "a disposed gradient",
    (p) => {
      const [parameter, grad] = [Parameter.zeros([1]), Tensor.zeros([1])];
      parameter.grad = grad;
      grad.dispose();
      return clipGradValue([...p, parameter], 1);
    },
    "ERR_DISPOSED",
    /was disposed/,
  ],
];

describe("clipping refuses", () => {
  test.each(wrong)("%s", (_, act, code, message) => {
    const given = parameters();
    const bytes = () => given.map(({ data, grad }) => [...data, ...((grad as Tensor | null)?.data ?? [])]);
    const before = bytes();
    let error: unknown;
    try {
      act(given);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error).toBeInstanceOf(code === "ERR_NONFINITE" ? RangeError : Error);
    expect(bytes()).toEqual(before);
  });
});
