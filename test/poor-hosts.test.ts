/**
 * Hosts that lack more than WebAssembly: bare JavaScript engines have no `structuredClone`, and some have one that
 * transfers nothing, so that views of memory that has grown show what was.
 */

import { expect, test } from "vitest";
import { node } from "./support/child.js";

/** Trains across growth of the memory, by views and gradients of all kinds, and takes the state over into a new optimizer. */
const PROGRAM = `
const { Adam, Parameter, StepLR, Tensor, backend } = await import("adam-wasm");
const weight = Parameter.from([1, 2, 3]);
const own = { extra: new Proxy({ epochs: [1, Float32Array.of(2)] }, {}) };
let optimizer = new Adam([weight], { lr: 1, eps: 0, betas: [0, 0] });
let scheduler = new StepLR(optimizer, { stepSize: 100 });
const seen = [];
const held = [];
for (let step = 0; step < 4; step++) {
  seen.push(weight.data[0]);
  weight.grad = step % 2 === 0 ? Tensor.from([1, -1, 1]) : [1, -1, 1];
  optimizer.step();
  scheduler.step();
  held.push(Tensor.zeros([100_000 * (step + 1)]));
  const next = new Adam([weight]);
  next.loadStateDict({ ...optimizer.stateDict(), ...own });
  const follower = new StepLR(next, { stepSize: 100 });
  follower.loadStateDict(scheduler.stateDict());
  [optimizer, scheduler] = [next, follower];
}
const { extra, state } = optimizer.stateDict();
globalThis.print(JSON.stringify([backend().kind, [...weight.data], seen, state[0].step, extra]));
`;

const ABSENT = "delete globalThis.WebAssembly; delete ArrayBuffer.prototype.transfer";

test.each([
  ["nothing is taken away", ""],
  ["there is no WebAssembly", ABSENT],
  ["there is no structuredClone", `${ABSENT}; delete globalThis.structuredClone`],
  ["structuredClone transfers nothing", `${ABSENT}; globalThis.structuredClone = (value) => value`],
  ["structuredClone refuses to transfer", `${ABSENT}; globalThis.structuredClone = () => { throw new Error("no") }`],
  ["there is no console", `${ABSENT}; delete globalThis.console`],
])("a training is the same where %s", (_, forget) => {
  const setUp = `globalThis.print = console.log; ${forget};`;
  const { stdout } = node(["--input-type=module", "-e", setUp + PROGRAM]);
  const kind = forget === "" ? "wasm" : "js";
  expect(JSON.parse(stdout)).toEqual([kind, [-3, 6, -1], [1, 0, -1, -2], 4, { epochs: [1, { 0: 2 }] }]);
});

test("plain JavaScript takes all the memory that a host has, and then says that there is no more", () => {
  const limited = `delete globalThis.WebAssembly; const Whole = ArrayBuffer;
    globalThis.ArrayBuffer = new Proxy(Whole, { construct(_, [bytes]) {
      if (bytes > 1_000_000) throw new RangeError("Array buffer allocation failed");
      return new Whole(bytes);
    } });`;
  const program = `
    const { Tensor } = await import("adam-wasm");
    const tensors = [];
    const make = () => tensors.push(Tensor.from(new Float32Array(1000).fill(tensors.length)));
    try { for (;;) make(); } catch ({ code }) { console.log(JSON.stringify([code, tensors.length])); }
    if (tensors.some(({ data }, i) => data.length !== 1000 || data.some((x) => x !== i))) throw new Error("lost");
    tensors.pop().dispose();
    make();`;
  const { stdout } = node(["--input-type=module", "-e", limited + program]);
  // Of 15 pages, 4032 bytes each.
  expect(JSON.parse(stdout)).toEqual(["ERR_OOM", 243]);
});
