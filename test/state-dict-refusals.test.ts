/** State dicts of other optimizers, and refusals that are not about the dict. */

import { Adam, NAdam, Parameter, SGD } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { inGroup, inState } from "./support/dicts.js";
import { expectError, thrownBy } from "./support/rejects.js";
import { training } from "./support/training.js";
import { model, train, VARIANTS } from "./support/variants.js";

const classOf = (name: string) => (name.split(" ")[0] as string).replace("AdamW", "Adam");

describe.each(Object.entries(VARIANTS))("%s takes no dict", (name, { make, isSparse }) => {
  const others = Object.entries(VARIANTS).filter(([other]) => classOf(other) !== classOf(name));

  test.each(others)("of %s", (_, other) => {
    const [mine, theirs] = [model(), model()];
    const [optimizer, saved] = [make(mine), other.make(theirs)];
    train(optimizer, mine, 1, 3, isSparse);
    train(saved, theirs, 1, 3, other.isSparse);
    const before = optimizer.stateDict();
    const error = thrownBy(() => optimizer.loadStateDict(saved.stateDict()));
    const message = new RegExp(`, so it is not one of ${optimizer.constructor.name}$`);
    expectError(error, { type: RangeError, code: "ERR_STATE_MISMATCH", message });
    expect(optimizer.stateDict()).toEqual(before);
  });
});

describe("other optimizers' own", () => {
  test("a product that is not finite", () => {
    const parameter = Parameter.from([1]);
    const optimizer = new NAdam([parameter]);
    parameter.grad = [1];
    optimizer.step();
    const dict = optimizer.stateDict();
    const error = thrownBy(() => optimizer.loadStateDict(inState(0, { mu_product: Infinity })(optimizer.stateDict())));
    const message = "mu_product in the state of Parameter of shape [1] must be a finite number, got Infinity";
    expectError(error, { type: RangeError, code: "ERR_STATE_MISMATCH", message });
    expect(optimizer.stateDict()).toEqual(dict);
  });

  test("options that do not go together", () => {
    const optimizer = new SGD([{ params: [Parameter.from([1])] }, { params: [Parameter.from([1])] }], {
      momentum: 0.9,
    });
    const dict = optimizer.stateDict();
    const error = thrownBy(() =>
      optimizer.loadStateDict(inGroup(1, { nesterov: true, dampening: 0.1 })(optimizer.stateDict())),
    );
    const message = "Nesterov momentum requires a momentum and zero dampening";
    expectError(error, { type: RangeError, code: "ERR_OPTION", message });
    expect(optimizer.stateDict()).toEqual(dict);
  });

  test("names that differ where both have names", () => {
    const optimizer = new Adam([
      ["weight", Parameter.from([1])],
      ["bias", Parameter.from([1])],
    ]);
    const dict = optimizer.stateDict();
    const error = thrownBy(() =>
      optimizer.loadStateDict(inGroup(0, { param_names: ["weight", "offset"] })(optimizer.stateDict())),
    );
    const message = 'parameter 1 is named "bias" here and "offset" in the state dict';
    expectError(error, { type: RangeError, code: "ERR_STATE_MISMATCH", message });
    expect(optimizer.stateDict()).toEqual(dict);
  });
});

test("a load in the middle of a step, and of an optimizer that was disposed", () => {
  const { optimizer } = training();
  const dict = optimizer.stateDict();
  const nested = thrownBy(() => optimizer.step(() => optimizer.loadStateDict(dict)));
  expectError(nested, { type: Error, code: "ERR_REENTRANT", message: /^cannot call loadStateDict\(\)/ });
  optimizer.dispose();
  for (const act of [() => optimizer.loadStateDict(dict), () => optimizer.stateDict()]) {
    expectError(thrownBy(act), {
      type: Error,
      code: "ERR_DISPOSED",
      message: /of Adam: it was disposed$/,
    });
  }
});

test("nothing is read from prototypes", () => {
  const prototype = Object.prototype as Record<string, unknown>;
  const optimizer = new Adam([Parameter.from([1])]);
  const dict = optimizer.stateDict();
  Object.assign(prototype, { lr: 0.5, param_names: ["no"], initial_lr: 3, 0: { step: 1 } });
  try {
    optimizer.loadStateDict(dict);
    expect(optimizer.stateDict()).toEqual(dict);
    const { lr: _, ...rest } = dict.param_groups[0];
    const error = thrownBy(() => optimizer.loadStateDict({ ...dict, param_groups: [rest as never] }));
    expectError(error, { type: RangeError, code: "ERR_STATE_MISMATCH", message: /^the state dict has no lr/ });
  } finally {
    for (const key of ["lr", "param_names", "initial_lr", "0"]) delete prototype[key];
  }
});
