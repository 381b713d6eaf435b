/** Training that is stopped after any step and gone on with elsewhere has the bits of one that never stopped. */

import type { LRScheduler, Optimizer, StateDict } from "adam-wasm";
import { expect, test } from "vitest";
import { advance, KINDS } from "./support/schedulers.js";
import { bytesOf } from "./support/snapshot.js";
import { type Model, model, setGradients, VARIANTS, type Variant } from "./support/variants.js";

const STEPS = 60;

interface Run {
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly scheduler: LRScheduler | undefined;
}

/** What goes into a checkpoint, and the bits that are to be the same. */
interface Saved {
  readonly parameters: readonly (readonly number[])[];
  readonly optimizer: StateDict;
  readonly scheduler: Record<string, unknown> | undefined;
}

type Start = () => Run;

function starter({ make }: Variant, schedule?: (optimizer: Optimizer) => LRScheduler): Start {
  return () => {
    const started = model();
    const optimizer = make(started);
    // Rates that every schedule can take.
    if (schedule !== undefined) {
      for (const [i, group] of optimizer.paramGroups.entries()) Object.assign(group, { lr: [0.05, 0.5][i] });
    }
    return { model: started, optimizer, scheduler: schedule?.(optimizer) };
  };
}

function save({ model, optimizer, scheduler }: Run): Saved {
  return {
    parameters: model.parameters.map(({ data }) => [...data]),
    optimizer: optimizer.stateDict(),
    scheduler: scheduler?.stateDict(),
  };
}

function resume(start: Start, saved: Saved): Run {
  const run = start();
  for (const [index, parameter] of run.model.parameters.entries()) parameter.set([...saved.parameters[index]]);
  run.optimizer.loadStateDict(saved.optimizer);
  if (saved.scheduler !== undefined) run.scheduler?.loadStateDict(saved.scheduler);
  return run;
}

/** One step, and the bits of the parameters behind it. */
function step({ model, optimizer, scheduler }: Run, step: number, isSparse?: boolean): string {
  setGradients(model, step, isSparse);
  if (scheduler === undefined) optimizer.step();
  else advance(optimizer, scheduler, step);
  return model.parameters.map(bytesOf).join();
}

function expectSameFromAnyStep(start: Start, isSparse?: boolean): void {
  const whole = start();
  const saved = [save(whole)];
  const bits = [""];
  for (let k = 1; k <= STEPS; k++) {
    bits.push(step(whole, k, isSparse));
    saved.push(save(whole));
  }
  for (let from = 0; from < STEPS; from++) {
    const resumed = resume(start, saved[from]);
    for (let k = from + 1; k <= STEPS; k++) {
      if (step(resumed, k, isSparse) !== bits[k]) expect.fail(`gone on after step ${from}, step ${k} has other bits`);
    }
    expect(save(resumed), `gone on after step ${from}`).toEqual(saved[STEPS]);
    resumed.optimizer.dispose();
  }
}

test.each(Object.entries(VARIANTS))("%s goes on from every step as if nothing had been", (_, member) => {
  expectSameFromAnyStep(starter(member), member.isSparse);
});

test.each(Object.entries(KINDS))("Adam with %s", (_, schedule) => {
  expectSameFromAnyStep(starter(VARIANTS.Adam, schedule));
});

test.each(["CyclicLR", "OneCycleLR"])("SGD with momentum, which %s cycles", (name) => {
  expectSameFromAnyStep(starter(VARIANTS["SGD with momentum"], KINDS[name]));
});
