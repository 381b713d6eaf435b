/** Small state dicts, and dicts that do not fit. */

import { Adam, Parameter, type StateDict } from "adam-wasm";
import { describe, test } from "vitest";
import { expectRejection } from "./rejects.js";
import type { Training } from "./training.js";

/** A tensor with one dimension. */
export const tensor = (...values: number[]) => ({
  dtype: "float32" as const,
  shape: [values.length],
  data: Float32Array.from(values),
});

/** One parameter that has been stepped twice by Adam. */
export function saved(): StateDict {
  const parameter = Parameter.from([1, 2]);
  const optimizer = new Adam([parameter], { lr: 0.1 });
  for (let step = 1; step <= 2; step++) {
    parameter.grad = [step, -1];
    optimizer.step();
  }
  return optimizer.stateDict();
}

/** An Adam that such a dict fits. */
export const fresh = () => new Adam([Parameter.from([1, 2])]);

/** A dict that does not fit: its name, how one that does is spoiled, and the error. */
export type Misfit = readonly [
  name: string,
  spoil: (dict: StateDict) => unknown,
  message: string | RegExp,
  type?: ErrorConstructor,
  code?: string,
];

/** Ways to spoil a dict: other entries in it, in a group, in a parameter's state, or one less. */
export const put = (entries: object) => (dict: StateDict) => ({ ...dict, ...entries });
export const inGroup = (index: number, entries: object) => (dict: StateDict) => {
  Object.assign(dict.param_groups[index], entries);
  return dict;
};
export const inState = (id: number, entries: object) => (dict: StateDict) => {
  Object.assign(dict.state[id], entries);
  return dict;
};
export const without = (from: (dict: StateDict) => object, key: string) => (dict: StateDict) => {
  Reflect.deleteProperty(from(dict), key);
  return dict;
};

/** Tests that the dict of a training in progress, spoiled, is refused and nothing is changed. */
export function testMisfits(title: string, misfits: readonly Misfit[]): void {
  describe(title, () => {
    for (const [name, spoil, message, type = RangeError, code = "ERR_STATE_MISMATCH"] of misfits) {
      const act = ({ optimizer }: Training) => optimizer.loadStateDict(spoil(optimizer.stateDict()) as StateDict);
      test(name, () => expectRejection({ name, act, type, code, message }));
    }
  });
}

/** An Adam that such a dict fits, with a gradient for its first step. */
export function started() {
  const parameter = Parameter.from([1, 2]);
  const optimizer = new Adam([parameter], { lr: 0.1 });
  parameter.grad = [1, -1];
  return { parameter, optimizer };
}
