/** State dicts of optimizers in files: torch keeps counts as tensors without dimensions, we as numbers. */

import { rangeError } from "../check.js";
import type { StateDict } from "../optim/state-dict.js";
import type { StoredTensor } from "./stored-tensor.js";
import { isPlainObject } from "./text.js";

/** Where float32 has counted as far as it can: adding 1 changes nothing any more. */
const LAST_FLOAT32_STEP = 2 ** 24;
const NUMBERS = ["step", "mu_product"];

/** True for the state dict of an optimizer. */
export function isOptimizerDict(value: unknown): value is StateDict {
  return isPlainObject(value) && isPlainObject(value.state) && Array.isArray(value.param_groups);
}

/** Refuses a dict that PyTorch would load and then go on with another rule. */
export function checkRule({ param_groups }: StateDict, name: string): void {
  if (!param_groups.some(({ epsilon_hat }) => epsilon_hat === true)) return;
  throw rangeError(
    "ERR_OPTION",
    `${name} has epsilonHat, which PyTorch would load without a word and go on without; ` +
      "if that is known, save with { epsilonHat: true }",
  );
}

/** The dict as torch has it: float32 steps while they are exact, float64 for all other numbers. */
export const withTensors = (dict: StateDict) =>
  mapNumbers(dict, (value, key) => {
    if (typeof value !== "number") return value;
    return key === "step" && value < LAST_FLOAT32_STEP
      ? { dtype: "float32", shape: [], data: Float32Array.of(value) }
      : { dtype: "float64", shape: [], data: Float64Array.of(value) };
  });

/** The dict as we have it. */
export const withNumbers = (dict: StateDict) =>
  mapNumbers(dict, (value, key) => {
    const { shape, data, dtype } = (value ?? {}) as Partial<StoredTensor>;
    if (shape?.length !== 0 || data === undefined) return value;
    const number = data[0];
    if (key === "step" && dtype === "float32" && (number as number) >= LAST_FLOAT32_STEP) {
      console.warn(
        `adam-wasm: a float32 step of ${number} was loaded; float32 cannot count on from there, so it may be more`,
      );
    }
    return typeof number === "bigint" && BigInt.asIntN(54, number) === number ? Number(number) : number;
  });

function mapNumbers(dict: StateDict, map: (value: unknown, key: string) => unknown): StateDict {
  const state = Object.entries(dict.state).map(([id, entry]) => {
    if (!isPlainObject(entry)) return [id, entry];
    const members = Object.entries(entry).map(([key, value]) => [key, NUMBERS.includes(key) ? map(value, key) : value]);
    return [id, Object.fromEntries(members)];
  });
  return { ...dict, state: Object.fromEntries(state) };
}
