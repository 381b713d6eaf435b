/** Adam in every form a user or a reader meets, behind one face: the oracle, and the package in both dtypes and arithmetics. */

import { Adam, Parameter } from "adam-wasm";
import type { DType } from "./bits.js";
import { type AdamOptions, adam, fresh, TORCH_DEFAULTS } from "./oracle.js";

export interface Trainer {
  readonly name: string;
  readonly dtype: DType;
  start(values: readonly number[], options?: Partial<AdamOptions>): Run;
}

export interface Run {
  /** The parameter as it is now. */
  readonly values: readonly number[];
  step(grad: readonly number[]): void;
}

export const ORACLE: Trainer = {
  name: "oracle",
  dtype: "float64",
  start(values, options) {
    let elements = values.map(fresh);
    let count = 0;
    return {
      get values() {
        return elements.map(({ param }) => param);
      },
      step(grad) {
        count++;
        elements = elements.map((element, i) => adam(element, grad[i], count, { ...TORCH_DEFAULTS, ...options }));
      },
    };
  },
};

function packaged(dtype: DType, exact: boolean): Trainer {
  return {
    name: `${dtype}${exact ? ", exact" : ""}`,
    dtype,
    start(values, options) {
      const param = Parameter.from([...values], { dtype });
      const optimizer = new Adam([param], { ...options, exact });
      return {
        get values() {
          return [...param.data];
        },
        step(grad) {
          param.grad = grad;
          optimizer.step();
        },
      };
    },
  };
}

export const FLOAT64: readonly Trainer[] = [packaged("float64", false), packaged("float64", true)];
export const FLOAT32: readonly Trainer[] = [packaged("float32", false), packaged("float32", true)];
export const TRAINERS: readonly Trainer[] = [ORACLE, ...FLOAT64, ...FLOAT32];

/** The run after `steps` steps down the slope of its values, or of the step's number. */
export function descend(
  run: Run,
  steps: number,
  slope: (values: readonly number[], step: number) => readonly number[],
): Run {
  for (let step = 1; step <= steps; step++) run.step(slope(run.values, step));
  return run;
}
