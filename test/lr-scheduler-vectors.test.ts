/** torch's learning rates in `vectors/schedulers.json`. */

import { readFileSync } from "node:fs";
import * as api from "adam-wasm";
import {
  type Adam,
  ChainedScheduler,
  type LRScheduler,
  ReduceLROnPlateau,
  SequentialLR,
  type SequentialLROptions,
} from "adam-wasm";
import { expect, test } from "vitest";
import { rates, twoGroups } from "./support/schedulers.js";
import { camelCase } from "./support/torch-vectors.js";

type Args = Readonly<Record<string, unknown>>;
type Inner = readonly [name: string, args: Args];

interface Case {
  readonly name: string;
  readonly args: Args & { readonly of?: readonly Inner[] };
  readonly lr: readonly number[];
  readonly metrics: readonly number[] | null;
  readonly expect: readonly (readonly number[])[];
}

const file = new URL("vectors/schedulers.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] };

/** Schedules with a cosine, where torch has that of the C library; all others have the same bits here. */
const WITH_COSINE = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts", "OneCycleLR"];

/** torch's own tests allow 1e-5. */
const TOLERANCE = 1e-14;

test.each(cases)("$name", ({ name, args, lr, metrics, expect: expected }) => {
  const optimizer = twoGroups();
  expect(rates(optimizer)).toEqual(lr);
  const scheduler = build(optimizer, name, args);
  const rows = expected.map((_, step) => {
    if (step > 0) {
      optimizer.step();
      if (scheduler instanceof ReduceLROnPlateau) scheduler.step(metrics?.[step - 1] as number);
      else scheduler.step();
    }
    expect(scheduler.getLastLR()).toEqual(rates(optimizer));
    return rates(optimizer);
  });
  if (!WITH_COSINE.includes(name)) return expect(rows).toEqual(expected);
  const differences = rows.flatMap((row, k) => row.map((rate, i) => Math.abs(rate - expected[k][i]) / expected[k][i]));
  expect(Math.max(...differences)).toBeLessThan(TOLERANCE);
});

/** A scheduler from torch's names. */
function build(optimizer: Adam, name: string, { of = [], ...args }: Case["args"]): LRScheduler {
  const schedulers = of.map(([inner, innerArgs]) => build(optimizer, inner, innerArgs));
  const options = Object.fromEntries(Object.entries(args).map(([key, value]) => [ours(key), value]));
  if (name === "ChainedScheduler") return new ChainedScheduler(schedulers);
  if (name === "SequentialLR")
    return new SequentialLR(optimizer, { schedulers, ...options } as unknown as SequentialLROptions);
  type Scheduler = new (optimizer: Adam, options: object) => LRScheduler;
  return new (api as unknown as Record<string, Scheduler>)[name](optimizer, options);
}

const ours = (name: string) => camelCase(name.replace("T_m", "t_m").replace("T_0", "t0"));
