/** Makes the kernel trap, by a gradient that points beyond its memory, and says what works afterwards and what not. */

import { setTimeout } from "node:timers/promises";

/** Exports of the kernel that were called after the trap. */
const calledAfterwards = [];
let hasTrapped = false;

const { Instance } = WebAssembly;
WebAssembly.Instance = function counted(...args) {
  const watched = Object.entries(new Instance(...args).exports).map(([name, value]) => {
    if (typeof value !== "function") return [name, value];
    const watch = (...numbers) => {
      if (hasTrapped) calledAfterwards.push(name);
      return value(...numbers);
    };
    return [name, watch];
  });
  return { exports: Object.fromEntries(watched) };
};
const { Adam, Parameter, Tensor } = await import("adam-wasm");

const parameter = Parameter.from([1, 2, 3], { name: "weight" });
const gradient = Tensor.from([4, 5, 6]);
let optimizer = new Adam([{ params: parameter }, { params: [] }]);
let bystander = new Adam([parameter]);
let leftover = Tensor.from([7]);
parameter.grad = gradient;
optimizer.step();
const { expAvg } = optimizer.state.get(parameter);
const before = [...parameter.data];

Object.defineProperty(gradient, "pointer", { value: 2 ** 32 - 64 });
parameter.grad = null;
parameter.grad = gradient;

const attempt = (act) => {
  try {
    act();
    return "went well";
  } catch (error) {
    const { name, code, message, cause } = error;
    return {
      name,
      code,
      message,
      cause: cause && `${cause.constructor.name}: ${cause.message}`,
      sameCause: cause === firstCause,
    };
  }
};
let firstCause;
try {
  optimizer.step();
} catch (error) {
  firstCause = error.cause;
  hasTrapped = true;
}

const result = {
  isTrap: firstCause instanceof WebAssembly.RuntimeError,
  refused: {
    step: attempt(() => optimizer.step()),
    "step of another": attempt(() => bystander.step()),
    addParamGroup: attempt(() => optimizer.addParamGroup({ params: [] })),
    "state.get": attempt(() => optimizer.state.get(parameter)),
    "state.size": attempt(() => optimizer.state.size),
    "new Adam": attempt(() => new Adam([parameter])),
    "Tensor.from": attempt(() => Tensor.from([1])),
    "Parameter.zeros": attempt(() => Parameter.zeros([0])),
    "grad = array": attempt(() => {
      parameter.grad = [1, 2, 3];
    }),
  },
  before,
  after: [...parameter.data],
  moment: [...expAvg.data],
  text: [String(parameter), String(optimizer).split("\n")[0]],
  allowed: {
    zeroGrad: attempt(() => optimizer.zeroGrad()),
    "writing data": attempt(() => parameter.data.fill(7)),
    "an option": attempt(() => {
      optimizer.paramGroups[0].lr = 1;
    }),
    "dispose of an optimizer": attempt(() => optimizer.dispose()),
    "dispose of a parameter": attempt(() => parameter.dispose()),
  },
};

// What nobody disposed is collected, and that must not call the kernel either.
const [lost, lostTensor] = [new WeakRef(bystander), new WeakRef(leftover)];
optimizer = bystander = leftover = undefined;
for (let i = 0; i < 5; i++) {
  gc();
  await setTimeout(10);
}
const areCollected = [lost, lostTensor].every((each) => each.deref() === undefined);
console.log(JSON.stringify({ ...result, areCollected, calledAfterwards }));
