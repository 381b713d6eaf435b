/** Mistakes somebody could make in the facade, checkpoints aside. */

/** @type {import("./index.mjs").Mutant[]} */
export const FACADE_MUTANTS = [
  {
    name: "gradients not compared with parameters that are added later",
    file: "ts/optim/param-groups.ts",
    from: "    for (const { state } of this.#groups) state.bindAnew();\n",
    to: "",
  },
  {
    name: "loaded options that are true left out of the step",
    file: "ts/optim/param-groups.ts",
    from: "      group.checked.flags = optionFlags(group.checked.values);\n",
    to: "",
  },
  {
    name: "options swapped on their way to the kernel",
    file: "ts/optim/adam.ts",
    from: "kernel.stepAdam(state, lr, betas[0], betas[1], eps, weightDecay, ",
    to: "kernel.stepAdam(state, lr, betas[0], betas[1], weightDecay, eps, ",
  },
  {
    name: "a frozen parameter is stepped",
    file: "ts/gradient.ts",
    from: "this.#isFrozen ? null : this.stored",
    to: "this.stored",
  },
  {
    name: "a gradient is spread once for all",
    file: "ts/gradient.ts",
    from: "if (this.#isSpread) bindings.version++;",
    to: "",
  },
  {
    name: "the table is written where it was before memory grew",
    file: "ts/optim/group-state.ts",
    from: "          table = this.#viewTable();",
    to: "",
  },
  {
    name: "views of memory that was left behind taken for live ones",
    file: "ts/wasm/memory.ts",
    from: ' && (backend().kind === "wasm" || view.buffer === memoryBuffer())',
    to: "",
  },
  {
    name: "a state is used after it was freed",
    file: "ts/optim/group-state.ts",
    from: "if (this.#pointer === 0) throw stateError",
    to: "if (this.#pointer < 0) throw stateError",
  },
  {
    name: "what is given back after a trap",
    file: "ts/wasm/memory.ts",
    from: "if (!isPoisoned()) call(giveBack);",
    to: "call(giveBack);",
  },
  {
    name: "a copy goes into a buffer that is another parameter's gradient",
    file: "ts/gradient.ts",
    from: "if (keeper !== undefined && keeper.#buffer === value) keeper.#buffer = null;",
    to: "void keeper;",
  },
  {
    name: "sums of a view that the sums have been written over",
    file: "ts/values.ts",
    from: "values.byteOffset < target.byteOffset",
    to: "values.byteOffset > target.byteOffset",
  },
  {
    name: "step hooks of the optimizer alone are not looked for",
    file: "ts/optim/optimizer.ts",
    from: "globalStepHooks.count + step.count === 0",
    to: "globalStepHooks.count === 0",
  },
];
