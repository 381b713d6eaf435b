/** What `stateDict()` returns: torch's layout, keys and order of keys, and nothing of it is shared. */

import { Adam, type Optimizer, Parameter, StepLR } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { WAYS } from "./support/family.js";
import { model, train, VARIANTS } from "./support/variants.js";

const ADAM =
  "lr betas eps weight_decay amsgrad maximize foreach capturable differentiable fused decoupled_weight_decay";
const SGD = "lr momentum dampening weight_decay nesterov maximize foreach differentiable fused";

/** Keys of a group, and of a parameter's state, in torch's order; then those that only this package has. */
const KEYS: Readonly<Record<string, readonly [group: string, own: string, state: string]>> = {
  Adam: [ADAM, "epsilon_hat exact", "step exp_avg exp_avg_sq"],
  AdamW: [ADAM, "epsilon_hat exact", "step exp_avg exp_avg_sq"],
  SGD: [SGD, "", ""],
  SparseAdam: ["lr betas eps maximize", "", "step exp_avg exp_avg_sq"],
  Adamax: ["lr betas eps weight_decay foreach maximize differentiable capturable", "", "step exp_avg exp_inf"],
  NAdam: [
    "lr betas eps weight_decay momentum_decay decoupled_weight_decay maximize foreach capturable differentiable",
    "",
    "step mu_product exp_avg exp_avg_sq",
  ],
  RAdam: [
    "lr betas eps weight_decay maximize foreach capturable decoupled_weight_decay differentiable",
    "",
    "step exp_avg exp_avg_sq",
  ],
};

const words = (text: string) => text.split(" ").filter((word) => word !== "");

describe.each(Object.entries(VARIANTS))("%s", (name, { make, isSparse }) => {
  const { optimizer, options } = WAYS[name];
  const [group, own, always] = KEYS[optimizer];
  const state = `${always} ${"amsgrad" in options ? "max_exp_avg_sq" : ""}${"momentum" in options ? "momentum_buffer" : ""}`;
  const started = (): Optimizer => {
    const trained = model();
    const optimizer = make(trained);
    train(optimizer, trained, 1, 3, isSparse);
    return optimizer;
  };

  test("has the keys of torch's, in torch's order", () => {
    const dict = started().stateDict();
    expect(Object.keys(dict)).toEqual(["state", "param_groups"]);
    for (const each of dict.param_groups) {
      expect(Object.keys(each)).toEqual([...words(group), ...words(own), "params"]);
    }
    // `late` has had no gradient and `frozen` never gets one: no state.
    expect(Object.keys(dict.state)).toEqual(words(state).length === 0 ? [] : ["0", "1"]);
    for (const each of Object.values(dict.state)) expect(Object.keys(each)).toEqual(words(state));
  });

  test("has plain values: numbers, and tensors in the parameter's dtype and shape", () => {
    const dict = started().stateDict();
    expect(structuredClone(dict)).toEqual(dict);
    expect(dict.param_groups.map(({ params }) => params)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    const { step, mu_product, ...tensors } = dict.state[0] ?? {};
    if (words(state).includes("step")) expect([step, dict.state[1].step]).toEqual([3, 2]);
    if (words(state).includes("mu_product")) expect(mu_product).toBeTypeOf("number");
    for (const [key, tensor] of Object.entries(tensors)) {
      expect(tensor).toMatchObject({ dtype: "float32", shape: [4, 3], data: { length: 12 } });
      expect((tensor as { data: unknown }).data).toBeInstanceOf(Float32Array);
      expect(dict.state[1][key]).toMatchObject({ dtype: "float64", shape: [5], data: { length: 5 } });
      expect((dict.state[1][key] as { data: unknown }).data).toBeInstanceOf(Float64Array);
    }
  });

  test("shares nothing with the optimizer", () => {
    const trained = model();
    const optimizer = make(trained);
    train(optimizer, trained, 1, 3, isSparse);
    const [kept, dict] = [optimizer.stateDict(), optimizer.stateDict()];
    for (const { betas, params } of dict.param_groups) {
      (betas as number[] | undefined)?.fill(0);
      (params as number[]).fill(9);
    }
    for (const each of Object.values(dict.state)) {
      for (const [key, value] of Object.entries(each)) {
        if (typeof value === "object") (value as { data: Float32Array }).data.fill(7);
        else each[key] = 99;
      }
    }
    expect(optimizer.stateDict()).toEqual(kept);
    const copy = structuredClone(kept);
    train(optimizer, trained, 4, 4, isSparse);
    expect(kept).toEqual(copy);
  });
});

test("the whole of a dict", () => {
  const parameter = Parameter.from([1]);
  const optimizer = new Adam([parameter], { betas: [0.5, 0.75], weightDecay: 0 });
  parameter.grad = [4];
  optimizer.step();
  expect(optimizer.stateDict()).toStrictEqual({
    state: {
      0: {
        step: 1,
        exp_avg: { dtype: "float32", shape: [1], data: Float32Array.of(2) },
        exp_avg_sq: { dtype: "float32", shape: [1], data: Float32Array.of(4) },
      },
    },
    param_groups: [
      {
        lr: 1e-3,
        betas: [0.5, 0.75],
        eps: 1e-8,
        weight_decay: 0,
        amsgrad: false,
        maximize: false,
        foreach: null,
        capturable: false,
        differentiable: false,
        fused: null,
        decoupled_weight_decay: false,
        epsilon_hat: false,
        exact: false,
        params: [0],
      },
    ],
  });
});

test("a group's name and its parameters' names come first, what schedulers note comes last", () => {
  const named = { params: [["weight", Parameter.from([1])] as const], name: "layers", eps: 1 };
  const optimizer = new Adam([named, { params: [] }]);
  new StepLR(optimizer, { stepSize: 1 });
  const [first, second] = optimizer.stateDict().param_groups;
  expect(Object.keys(first).slice(0, 3)).toEqual(["name", "param_names", "lr"]);
  expect(Object.keys(first).slice(-2)).toEqual(["initial_lr", "params"]);
  expect(first).toMatchObject({ name: "layers", param_names: ["weight"], lr: 1e-3, eps: 1, initial_lr: 1e-3 });
  expect(Object.keys(second).slice(0, 1)).toEqual(["lr"]);
});

test("ids count the parameters in the order of the groups, and only those with state have any", () => {
  const parameters = [1, 2, 3, 4].map((value) => Parameter.from([value]));
  const optimizer = new Adam([{ params: [parameters[3], parameters[0]] }, { params: [parameters[2]] }]);
  optimizer.addParamGroup({ params: [parameters[1]] });
  parameters[0].grad = [1];
  parameters[1].grad = [1];
  optimizer.step();
  const { state, param_groups } = optimizer.stateDict();
  expect(param_groups.map(({ params }) => params)).toEqual([[0, 1], [2], [3]]);
  expect(Object.keys(state)).toEqual(["1", "3"]);
});

test("a maximum stays in the dict when amsgrad is turned off, as in torch", () => {
  const parameter = Parameter.from([1]);
  const optimizer = new Adam([parameter], { amsgrad: true });
  parameter.grad = [4];
  optimizer.step();
  optimizer.paramGroups[0].amsgrad = false;
  const dict = optimizer.stateDict();
  expect(Object.keys(dict.state[0])).toContain("max_exp_avg_sq");

  const other = new Adam([Parameter.from([1])]);
  other.loadStateDict(dict);
  expect(other.stateDict()).toEqual(dict);
});
