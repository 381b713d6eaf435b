/** Loading into what is there: parameters, optimizers, schedulers — all of it, or nothing. */

import { Adam, AveragedModel, CosineAnnealingLR, Parameter, SGD, Tensor } from "adam-wasm";
import { load, type Stateful, save } from "adam-wasm/checkpoint";
import { describe, expect, test } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";
import { bytesOf } from "./support/snapshot.js";

/** A run with one of each, some steps in. */
function run(steps: number) {
  const weight = Parameter.from([
    [1, -2],
    [3, 4],
  ]);
  const bias = Parameter.from(Float64Array.of(0.5));
  const optimizer = new Adam([{ params: [weight] }, { params: [bias], lr: 0.1 }], { amsgrad: true });
  const scheduler = new CosineAnnealingLR(optimizer, { tMax: 10 });
  const average = new AveragedModel([weight, bias], { decay: 0.9 });
  const parts = { model: { weight, layers: [bias] }, optimizer, scheduler, average };
  const train = (count: number) => {
    for (let step = 0; step < count; step++) {
      weight.grad = weight.data.map((x) => 2 * x + 1);
      bias.grad = bias.data.map((x) => x - 3);
      optimizer.step();
      scheduler.step();
      average.updateParameters();
    }
  };
  train(steps);
  return { ...parts, weight, bias, parts, train };
}

const bitsOf = ({ weight, bias, optimizer, scheduler, average }: ReturnType<typeof run>) => ({
  tensors: [weight, bias, ...average.averages].map(bytesOf),
  optimizer: optimizer.stateDict(),
  scheduler: scheduler.stateDict(),
  nAveraged: average.nAveraged,
});

describe("load into", () => {
  test("a parameter beside one whose name goes on from its own", () => {
    const model = { a: Parameter.from([1]), "a.b": Parameter.from([2, 3]) };
    const bytes = save({ model });
    for (const each of Object.values(model)) each.data.fill(0);
    load(bytes, { model });
    expect([...model.a.data, ...model["a.b"].data]).toEqual([1, 2, 3]);
    const optimizer = new Adam([model.a]);
    const sentence = 'the key "optimizer.b" names a tensor beside "optimizer", so it may not have a dot';
    expect(() => save({ optimizer, "optimizer.b": model.a })).toThrow(sentence);
  });

  test("a fresh run makes it the saved one, to the last bit and from then on", () => {
    const [saved, fresh] = [run(7), run(0)];
    const loaded = load(save({ ...saved.parts, epoch: 7 }), fresh.parts);
    expect(loaded.epoch).toBe(7);
    expect(bitsOf(fresh)).toStrictEqual(bitsOf(saved));
    for (const each of [saved, fresh]) each.train(5);
    expect(bitsOf(fresh)).toStrictEqual(bitsOf(saved));
  });

  test("all of it, also if a hook throws behind a part: its error comes at the end", () => {
    const [saved, other] = [run(7), run(2)];
    const handle = other.optimizer.registerLoadStateDictPostHook(() => {
      throw new Error("no");
    });
    expectError(
      thrownBy(() => load(save(saved.parts), other.parts)),
      { type: Error, code: "ERR_HOOK", message: /after the state dict was loaded: Error: no$/ },
    );
    handle.remove();
    expect(bitsOf(other)).toStrictEqual(bitsOf(saved));
  });

  test("none of it, where a target has not the elements that its shape says", () => {
    const bytes = save({ ...run(7).parts, own: { dtype: "float32", shape: [3], data: Float32Array.of(1, 2, 3) } });
    const other = run(2);
    const before = bitsOf(other);
    for (const data of [new Float32Array(2), new Float64Array(3)]) {
      const target = { dtype: "float32", shape: [3], data };
      expectError(
        thrownBy(() => load(bytes, { ...other.parts, own: target as never })),
        {
          type: RangeError,
          code: "ERR_STATE_MISMATCH",
          message: /^own is a Float32Array of 3 elements in the checkpoint, expected a /,
        },
      );
      expect(bitsOf(other)).toStrictEqual(before);
    }
  });

  test("some of it leaves the rest alone", () => {
    const [saved, other] = [run(7), run(2)];
    const before = bitsOf(other);
    load(save(saved.parts), { model: other.model });
    expect(bitsOf(other)).toStrictEqual({
      ...before,
      tensors: [...bitsOf(saved).tensors.slice(0, 2), ...before.tensors.slice(2)],
    });
  });

  test("goes from the last part to the first, and keeps no copy of the first: that is the optimizer, the largest", () => {
    const calls: string[] = [];
    const part = (name: string) => ({
      stateDict: () => {
        calls.push(`copy ${name}`);
        return {};
      },
      loadStateDict: () => {
        calls.push(`load ${name}`);
      },
    });
    load(save({ optimizer: {}, scheduler: {}, average: {} }), {
      optimizer: part("optimizer"),
      scheduler: part("scheduler"),
      average: part("average"),
    });
    expect(calls).toEqual(["copy average", "load average", "copy scheduler", "load scheduler", "load optimizer"]);
  });

  test("what of yours has a state dict works as well", () => {
    let value: unknown = [1, { x: -0 }];
    const own = {
      stateDict: () => ({ value }),
      loadStateDict: (dict: { value: unknown }) => {
        value = dict.value;
      },
    };
    const bytes = save({ own });
    value = [];
    load(bytes, { own });
    expect(value).toStrictEqual([1, { x: -0 }]);
  });
});

describe("load refuses another model's, and has changed nothing:", () => {
  const bytes = save(run(7).parts);
  const rows: readonly (readonly [string, (r: ReturnType<typeof run>) => object, ErrorConstructor, string, RegExp])[] =
    [
      [
        "a part that is not there",
        ({ optimizer }) => ({ optimizer, sgd: optimizer }),
        RangeError,
        "ERR_STATE_MISMATCH",
        /^the checkpoint has no "sgd", only "model", "optimizer", "scheduler", "average"$/,
      ],
      [
        "a missing parameter",
        ({ optimizer, weight, bias }) => ({ optimizer, model: { weight, layers: [bias], scale: bias } }),
        RangeError,
        "ERR_STATE_MISMATCH",
        /^missing key\(s\) in model of the checkpoint: "scale"$/,
      ],
      [
        "an unexpected parameter",
        ({ optimizer, weight }) => ({ optimizer, model: { weight } }),
        RangeError,
        "ERR_STATE_MISMATCH",
        /^unexpected key\(s\) in model of the checkpoint: "layers"$/,
      ],
      [
        "more layers",
        ({ optimizer, weight, bias }) => ({ optimizer, model: { weight, layers: [bias, bias] } }),
        RangeError,
        "ERR_STATE_MISMATCH",
        /^missing key\(s\) in model\.layers of the checkpoint: "1"$/,
      ],
      [
        "another shape",
        ({ optimizer, bias }) => ({ optimizer, model: { weight: Tensor.zeros([4]), layers: [bias] } }),
        RangeError,
        "ERR_STATE_MISMATCH",
        /^model\.weight is float32 \[2,2\] in the checkpoint, expected float32 \[4\]$/,
      ],
      [
        "another dtype",
        ({ optimizer, weight }) => ({ optimizer, model: { weight, layers: [Tensor.zeros([1])] } }),
        RangeError,
        "ERR_STATE_MISMATCH",
        /^model\.layers\.0 is float64 \[1\] in the checkpoint, expected float32 \[1\]$/,
      ],
      [
        "a tensor for an object",
        ({ optimizer, weight }) => ({ optimizer, model: { weight: { weight }, layers: weight } }),
        RangeError,
        "ERR_STATE_MISMATCH",
        /^model\.weight in the checkpoint is a tensor, expected an object \(Object\)$/,
      ],
      [
        "an optimizer for a tensor",
        ({ optimizer, bias }) => ({ model: { weight: optimizer, layers: [bias] }, optimizer: bias }),
        RangeError,
        "ERR_STATE_MISMATCH",
        /^optimizer in the checkpoint is no tensor/,
      ],
      [
        "another optimizer",
        ({ weight, model, scheduler, average }) => ({
          model,
          optimizer: new SGD([weight], { lr: 1 }),
          scheduler,
          average,
        }),
        RangeError,
        "ERR_STATE_MISMATCH",
        /^loaded state dict has a different number of parameter groups/,
      ],
      [
        "what cannot be restored",
        ({ optimizer }) => ({ optimizer, model: { weight: 1, layers: [2] } }),
        TypeError,
        "ERR_OPTION",
        /^model\.weight must be a tensor or have loadStateDict\(\) to be restored, got 1$/,
      ],
      [
        "a model of a class",
        ({ optimizer, weight }) => ({
          optimizer,
          model: new (class A {
            weight = weight;
          })(),
        }),
        TypeError,
        "ERR_OPTION",
        /^model must be a tensor .* got an object \(Object\) of a class: pass { \.\.\.it }, or give it stateDict/,
      ],
      [
        "an optimizer without its name",
        ({ optimizer }) => optimizer,
        TypeError,
        "ERR_OPTION",
        /^targets must be parts by name, as in { optimizer }, got a part itself: an object \(\w+\)$/,
      ],
      [
        "a tensor without its name",
        ({ weight }) => weight,
        TypeError,
        "ERR_OPTION",
        /^targets must be parts by name, as in { optimizer }, got a part itself: an object \(Parameter\)$/,
      ],
      ["no targets", () => [] as object, TypeError, "ERR_OPTION", /^targets must be an object, got \[\]$/],
    ];
  test.each(rows)("%s", (_, targets, type, code, message) => {
    const other = run(2);
    const before = bitsOf(other);
    expectError(
      thrownBy(() => load(bytes, targets(other) as never)),
      { type, code, message },
    );
    expect(bitsOf(other)).toStrictEqual(before);
  });

  test("a long list of names, of which it shows the first", () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i]));
    const message = 'the checkpoint has no "x", only "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", … (1000 in all)';
    expect(thrownBy(() => load(save(many), { x: {} })).message).toBe(message);
  });

  test("what only looks like tensors", () => {
    const fake = { dtype: "float32", shape: [2, 2], data: [1, 2, 3, 4] };
    const other = run(2);
    const before = bitsOf(other);
    const file = save({ model: { weight: fake, layers: [other.bias] } });
    expectError(
      thrownBy(() => load(file, { model: other.model })),
      {
        type: RangeError,
        code: "ERR_STATE_MISMATCH",
        message: "model.weight in the checkpoint is no tensor, but an object (Object)",
      },
    );
    expect(bitsOf(other)).toStrictEqual(before);
  });

  test("an error in any part, whichever comes first", () => {
    for (const broken of ["optimizer", "scheduler", "average"] as const) {
      const other = run(2);
      const before = bitsOf(other);
      const failing: Stateful = {
        stateDict: () => other[broken].stateDict(),
        loadStateDict: () => {
          throw new Error(broken);
        },
      };
      expect(thrownBy(() => load(bytes, { ...other.parts, [broken]: failing })).message).toBe(broken);
      expect(bitsOf(other)).toStrictEqual(before);
    }
  });

  test("a parameter that was disposed", () => {
    const other = run(2);
    other.bias.dispose();
    const before = bytesOf(other.weight);
    expect(thrownBy(() => load(bytes, { model: other.model })).code).toBe("ERR_DISPOSED");
    expect(bytesOf(other.weight)).toBe(before);
  });
});

describe("load refuses values that no optimizer takes:", () => {
  test.each<[string, (dict: { lr: number; betas: number[] }, state: Record<string, unknown>) => unknown, string]>([
    ["lr NaN", (group) => Object.assign(group, { lr: Number.NaN }), "ERR_OPTION"],
    ["lr Infinity", (group) => Object.assign(group, { lr: Number.POSITIVE_INFINITY }), "ERR_OPTION"],
    ["betas of 1", (group) => Object.assign(group, { betas: [1, 1] }), "ERR_OPTION"],
    ["step 2.5", (_, state) => Object.assign(state, { step: 2.5 }), "ERR_STATE_MISMATCH"],
    ["step -1", (_, state) => Object.assign(state, { step: -1 }), "ERR_STATE_MISMATCH"],
    ["step NaN", (_, state) => Object.assign(state, { step: Number.NaN }), "ERR_STATE_MISMATCH"],
    ["step 1e300", (_, state) => Object.assign(state, { step: 1e300 }), "ERR_STATE_MISMATCH"],
    ["no exp_avg", (_, state) => delete state.exp_avg, "ERR_STATE_MISMATCH"],
  ])("%s", (_, damage, code) => {
    const other = run(2);
    const before = bitsOf(other);
    const optimizer = run(7).optimizer.stateDict();
    damage(optimizer.param_groups[0] as never, optimizer.state[0]);
    const bytes = save({ ...run(7).parts, optimizer });
    expect(thrownBy(() => load(bytes, other.parts)).code).toBe(code);
    expect(bitsOf(other)).toStrictEqual(before);
  });
});
