/** torch's runs in `vectors/optimizers.json`, and how to repeat them through the public API. */

import { readFileSync } from "node:fs";
import type { Parameter } from "adam-wasm";
import * as wasm from "adam-wasm";
import { type DType, type Floats, fromHex } from "./bits.js";
import { FAMILY } from "./family.js";
import type { Package } from "./second-copy.js";

/** Options by torch's names. */
export type TorchOptions = Readonly<Record<string, unknown>>;

export interface TorchRun {
  readonly name: string;
  readonly optimizer: string;
  readonly options: TorchOptions;
  readonly dtype: DType;
  readonly shapes: readonly (readonly number[])[];
  readonly groups: readonly (readonly [indices: readonly number[], overrides: TorchOptions])[] | null;
  readonly lr_at: Readonly<Record<string, number>> | null;
  readonly exact: boolean;
  readonly init: readonly (readonly string[])[];
  readonly grads: readonly (readonly (readonly string[] | null)[])[];
  readonly expect: Readonly<Record<string, Expected>>;
}

interface Expected {
  readonly params: readonly (readonly string[])[];
  readonly state: readonly Readonly<Record<string, readonly string[] | number | null>>[];
}

type State = Readonly<Record<string, { readonly data: Floats } | number | undefined>>;
const { cases } = JSON.parse(readFileSync(new URL("../vectors/optimizers.json", import.meta.url), "utf8")) as {
  cases: TorchRun[];
};

export const TORCH_RUNS: readonly TorchRun[] = cases;

/** What the options of a run's optimizer must say for torch's bits. */
export function exactly({ optimizer }: TorchRun): object {
  return FAMILY[optimizer].exactly;
}

/** The run as of one of its steps. */
export interface Snapshot {
  readonly step: number;
  readonly params: readonly Parameter[];
  /** State of each parameter by our names; undefined before its first gradient. */
  readonly states: readonly (State | undefined)[];
  /** What torch had, at the steps that were recorded. */
  readonly expected: Expected | undefined;
}

/** Repeats a run, with `options` on top of its own, and hands out every step. */
export function* repeat(run: TorchRun, options: object = {}, from: Package = wasm): Generator<Snapshot> {
  const params = run.init.map((hex, i) => from.Parameter.from(fromHex(hex, run.dtype), { shape: run.shapes[i] }));
  const groups = run.groups?.map(([indices, overrides]) => ({
    params: indices.map((i) => params[i]),
    ...inCamelCase(overrides),
  }));
  const optimizer = FAMILY[run.optimizer].create(from, groups ?? params, { ...inCamelCase(run.options), ...options });
  for (const [at, grads] of run.grads.entries()) {
    const step = at + 1;
    const lr = run.lr_at?.[step];
    if (lr !== undefined) for (const group of optimizer.paramGroups) group.lr = lr;
    grads.forEach((hex, i) => {
      params[i].grad = hex === null ? null : fromHex(hex, run.dtype);
    });
    optimizer.step();
    const states = params.map((param) => optimizer.state.get(param) as State | undefined);
    yield { step, params, states, expected: run.expect[step] };
  }
  optimizer.dispose();
  for (const param of params) param.dispose();
}

/** The options of one parameter, by our names. */
export function optionsOf({ options, groups }: TorchRun, param: number): Record<string, unknown> {
  const overrides = groups?.find(([indices]) => indices.includes(param))?.[1];
  return inCamelCase({ ...options, ...overrides });
}

/** Every key of a state dict is torch's name of one of ours: `exp_avg` is `expAvg`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function inCamelCase(options: TorchOptions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), value]));
}
