/** Wrong parameter lists and groups, at construction and when a group is added. */

import { Adam, Parameter as P, type Parameter, Tensor } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectRejection, type Rejection } from "./support/rejects.js";
import type { Training } from "./support/training.js";

type Row = readonly [
  name: string,
  params: (training: Training) => unknown,
  type: ErrorConstructor,
  code: string,
  message: Rejection["message"],
];

const fresh = () => P.zeros([2]);
const construct = (params: unknown) => new Adam(params as Parameter[]);

const NO_ITERABLE = (kind: string) =>
  `params argument given to the optimizer should be an iterable of Parameters or groups, but got ${kind}`;
const NO_PARAMETER = (kind: string) => `optimizer can only optimize Parameters, but one of the params is ${kind}`;
const NO_GROUP = (kind: string) => `param group must be an object with params, but got ${kind}`;
const TWICE = (which: string) => `optimizer contains a parameter group with duplicate parameters: Parameter ${which}`;
const IN_TWO_GROUPS = (which: string) => `some parameters appear in more than one parameter group: Parameter ${which}`;
const NAMES_MISSING = "all optimizer params should be with/without names. Some param names are missing";
const MIXED = (how: string) =>
  `all optimizer param groups should be with/without names. cannot add param group ${how} names to the optimizer`;

describe("the constructor rejects", () => {
  const rows: Row[] = [
    ["a bare parameter", fresh, TypeError, "ERR_OPTION", NO_ITERABLE("Parameter; put it into an array")],
    [
      "a group that is not in a list",
      () => ({ params: [fresh()] }),
      TypeError,
      "ERR_OPTION",
      NO_ITERABLE("Object; put it into an array"),
    ],
    [
      "parameters by name",
      () => ({ weight: fresh() }),
      TypeError,
      "ERR_OPTION",
      NO_ITERABLE("Object; pass Object.values() or Object.entries() of it"),
    ],
    ["null", () => null, TypeError, "ERR_OPTION", NO_ITERABLE("null")],
    ["undefined", () => undefined, TypeError, "ERR_OPTION", NO_ITERABLE("undefined")],
    ["a string", () => "weight", TypeError, "ERR_OPTION", NO_ITERABLE("string")],
    ["an empty list", () => [], RangeError, "ERR_OPTION", "optimizer got an empty parameter list"],
    ["an empty set", () => new Set(), RangeError, "ERR_OPTION", "optimizer got an empty parameter list"],
    ["an exhausted generator", () => [].values(), RangeError, "ERR_OPTION", "optimizer got an empty parameter list"],
    ["a number among parameters", () => [fresh(), 1], TypeError, "ERR_OPTION", NO_PARAMETER("number")],
    ["null among parameters", () => [fresh(), null], TypeError, "ERR_OPTION", NO_PARAMETER("null")],
    [
      "a hole among parameters",
      () => [fresh()].concat(Array(1), fresh()),
      TypeError,
      "ERR_OPTION",
      NO_PARAMETER("undefined"),
    ],
    ["a tensor without gradient", () => [Tensor.zeros([2])], TypeError, "ERR_OPTION", NO_PARAMETER("Tensor")],
    ["a typed array", () => [new Float32Array(2)], TypeError, "ERR_OPTION", NO_PARAMETER("Float32Array")],
    ["a typed array as the list", () => new Float32Array(2), TypeError, "ERR_OPTION", NO_PARAMETER("number")],
    ["lists in a list", () => [[fresh(), fresh(), fresh()]], TypeError, "ERR_OPTION", NO_PARAMETER("Array")],
    [
      "a parameter after a group",
      () => [{ params: [fresh()] }, fresh()],
      TypeError,
      "ERR_OPTION",
      NO_GROUP("Parameter"),
    ],
    ["a list after a group", () => [{ params: [fresh()] }, [fresh()]], TypeError, "ERR_OPTION", NO_GROUP("Array")],
    [
      "a group after a parameter",
      () => [fresh(), { params: [fresh()] }],
      TypeError,
      "ERR_OPTION",
      NO_PARAMETER("Object"),
    ],
    ["a parameter twice", ({ late }) => [late, fresh(), late], RangeError, "ERR_ALIAS", TWICE("of shape [1]")],
    [
      "a parameter in two groups",
      ({ late }) => [{ params: [late] }, { params: late }],
      RangeError,
      "ERR_ALIAS",
      IN_TWO_GROUPS("of shape [1]"),
    ],
    ["names for some", () => [["a", fresh()], fresh()], RangeError, "ERR_OPTION", NAMES_MISSING],
    ["names for the later ones only", () => [fresh(), ["a", fresh()]], RangeError, "ERR_OPTION", NAMES_MISSING],
    ["a name that is no string", () => [[1, fresh()]], TypeError, "ERR_OPTION", NO_PARAMETER("Array")],
    ["lists of two parameters", () => [[fresh(), fresh()]], TypeError, "ERR_OPTION", NO_PARAMETER("Array")],
    ["a name alone", () => [["a"]], TypeError, "ERR_OPTION", NO_PARAMETER("Array")],
    [
      "named and unnamed groups",
      () => [{ params: [["a", fresh()]] }, { params: [fresh()] }],
      RangeError,
      "ERR_OPTION",
      MIXED("without"),
    ],
    [
      "unnamed and named groups",
      () => [{ params: [fresh()] }, { params: [["a", fresh()]] }],
      RangeError,
      "ERR_OPTION",
      MIXED("with"),
    ],
    [
      "a group without params",
      () => [{ lr: 0.1, eps: 1 }],
      TypeError,
      "ERR_OPTION",
      "param group has no params, only lr, eps",
    ],
    ["an empty group", () => [{}], TypeError, "ERR_OPTION", "param group has no params"],
    [
      "a second group without params",
      () => [{ params: [fresh()] }, { lr: 0.1 }],
      TypeError,
      "ERR_OPTION",
      "param group has no params, only lr",
    ],
    [
      "named and unnamed groups around an empty one",
      () => [{ params: [["a", fresh()]] }, { params: [] }, { params: [fresh()] }],
      RangeError,
      "ERR_OPTION",
      MIXED("without"),
    ],
  ];
  test.each(rows)("%s", (name, params, type, code, message) => {
    expectRejection({ name, act: (training) => construct(params(training)), type, code, message });
  });
});

describe("addParamGroup rejects", () => {
  const rows: Row[] = [
    ["undefined", () => undefined, TypeError, "ERR_OPTION", "param group must be an object, got undefined"],
    ["null", () => null, TypeError, "ERR_OPTION", "param group must be an object, got null"],
    ["a parameter", fresh, TypeError, "ERR_OPTION", NO_GROUP("Parameter")],
    ["a list", () => [fresh()], TypeError, "ERR_OPTION", NO_GROUP("Array")],
    ["a group without params", () => ({ lr: 0.1 }), TypeError, "ERR_OPTION", "param group has no params, only lr"],
    ["params that are null", () => ({ params: null }), TypeError, "ERR_OPTION", NO_PARAMETER("null")],
    ["a number among parameters", () => ({ params: [fresh(), 1] }), TypeError, "ERR_OPTION", NO_PARAMETER("number")],
    [
      "a name that is no string",
      () => ({ params: [fresh()], name: 1 }),
      TypeError,
      "ERR_OPTION",
      "name of a param group must be a string, got 1",
    ],
    [
      "a parameter twice",
      () => {
        const p = fresh();
        return { params: [p, p] };
      },
      RangeError,
      "ERR_ALIAS",
      TWICE("of shape [2]"),
    ],
    [
      "a parameter of another group",
      ({ bias }) => ({ params: [fresh(), bias] }),
      RangeError,
      "ERR_ALIAS",
      IN_TWO_GROUPS('"bias"'),
    ],
    [
      "a parameter of another group that has no state yet",
      ({ late }) => ({ params: [late] }),
      RangeError,
      "ERR_ALIAS",
      IN_TWO_GROUPS("of shape [1]"),
    ],
    [
      "names where the other groups have none",
      () => ({ params: [["a", fresh()]] }),
      RangeError,
      "ERR_OPTION",
      MIXED("with"),
    ],
  ];
  test.each(rows)("%s", (name, group, type, code, message) => {
    const act = (training: Training) => training.optimizer.addParamGroup(group(training) as { params: Parameter[] });
    expectRejection({ name, act, type, code, message });
  });

  test("no names where the other groups have names", () => {
    const optimizer = new Adam([{ params: [] }, { params: [["a", fresh()]] }]);
    const act = () => optimizer.addParamGroup({ params: [fresh()] });
    expectRejection({ name: "", act, type: RangeError, code: "ERR_OPTION", message: MIXED("without") });
    expect(optimizer.paramGroups).toHaveLength(2);
  });
});

describe("a disposed parameter is rejected", () => {
  const message = 'Parameter "gone" was disposed and cannot be used';
  const gone = () => {
    const parameter = P.zeros([2], { name: "gone" });
    parameter.dispose();
    return parameter;
  };
  test("by the constructor", () => {
    const act = () => new Adam([fresh(), gone()]);
    expectRejection({ name: "", act, type: Error, code: "ERR_DISPOSED", message });
  });

  test("by addParamGroup", () => {
    const act = ({ optimizer }: Training) => optimizer.addParamGroup({ params: [fresh(), gone()] });
    expectRejection({ name: "", act, type: Error, code: "ERR_DISPOSED", message });
  });
});

test("an iterable that throws leaves no group behind, and its error comes through", () => {
  const error = new Error("no more");
  function* params() {
    yield fresh();
    throw error;
  }
  const optimizer = new Adam([fresh()]);
  expect(() => optimizer.addParamGroup({ params: params() })).toThrow(error);
  expect(optimizer.paramGroups).toHaveLength(1);
  expect(() => new Adam(params())).toThrow(error);
  expect(() => optimizer.step()).not.toThrow();
});
