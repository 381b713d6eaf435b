/** State dicts of schedulers that torch, or an older version, writes in another way than this one: they load all the same. */

import { CyclicLR, type SchedulerStateDict } from "adam-wasm";
import { expect, test } from "vitest";
import { advance, KINDS, rates, ratesOver, twoGroups } from "./support/schedulers.js";

test("CyclicLR has no bounds of a momentum that it leaves alone, and takes dicts that have them", () => {
  const options = { baseLr: 1, maxLr: 2, stepSizeUp: 4, cycleMomentum: false };
  const [optimizer, fresh] = [twoGroups(), twoGroups()];
  const [scheduler, resumed] = [optimizer, fresh].map((each) => new CyclicLR(each, options));
  for (const key of ["base_momentums", "max_momentums", "use_beta1"]) {
    expect(scheduler.stateDict()).not.toHaveProperty(key);
  }
  resumed.loadStateDict({ ...scheduler.stateDict(), base_momentums: [0.8, 0.8], max_momentums: [0.9, 0.9] });
  advance(fresh, resumed, 1);
  expect([rates(fresh), fresh.paramGroups[0].betas]).toEqual([
    [1.25, 1.25],
    [0.9, 0.999],
  ]);
});

test("parts of a sequence that have not started have torch's count, and those of older files start the same", () => {
  const [optimizer, fresh] = [twoGroups(), twoGroups()];
  const [scheduler, resumed] = [optimizer, fresh].map((each) => KINDS.SequentialLR(each));
  const dict = scheduler.stateDict();
  const parts = dict._schedulers as SchedulerStateDict[];
  expect(parts.map(({ last_epoch, _step_count }) => [last_epoch, _step_count])).toEqual([
    [0, 1],
    [-1, 1],
    [-1, 1],
  ]);
  for (const part of parts.slice(1)) part._step_count = 0;
  resumed.loadStateDict(dict);
  expect(ratesOver(fresh, resumed, 60)).toEqual(ratesOver(optimizer, scheduler, 60));
});

test("rates that torch keeps in tensors are numbers", () => {
  const [optimizer, fresh] = [twoGroups(), twoGroups()];
  const [scheduler, resumed] = [optimizer, fresh].map((each) => KINDS.ChainedScheduler(each));
  const dict = scheduler.stateDict();
  const inTensors = (values: unknown) =>
    (values as number[]).map((value) => ({ dtype: "float64", shape: [], data: Float64Array.of(value) }));
  for (const each of [dict, ...(dict._schedulers as SchedulerStateDict[])]) {
    each._last_lr = inTensors(each._last_lr);
    if (each.base_lrs !== undefined) each.base_lrs = inTensors(each.base_lrs);
  }
  resumed.loadStateDict(dict);
  expect(resumed.stateDict()).toEqual(scheduler.stateDict());
});

test("last rates that torch has rounded to a little less than zero, beside those of their groups, are zero", () => {
  const scheduler = KINDS.StepLR(twoGroups());
  const at = (...last: number[]) => {
    scheduler.loadStateDict({ ...scheduler.stateDict(), _last_lr: last });
    return scheduler.getLastLR();
  };
  expect(at(-1e-15, -2e-13)).toEqual([0, 0]);
  expect(() => at(-2e-13, 0)).toThrow("Expected non-negative number _last_lr, but got -2e-13");
});

test("parts of a sequence in a sequence that have not started are at torch's epoch -2, which is -1 here", () => {
  const [optimizer, fresh] = [twoGroups(), twoGroups()];
  const [scheduler, resumed] = [optimizer, fresh].map((each) => KINDS["SequentialLR of compositions"](each));
  const dict = scheduler.stateDict();
  type Nested = SchedulerStateDict & { _schedulers: Nested[] };
  const [, inner] = (dict as Nested)._schedulers;
  for (const part of [...inner._schedulers[0]._schedulers, inner._schedulers[1]]) {
    expect(part.last_epoch).toBe(-1);
    part.last_epoch = -2;
  }
  resumed.loadStateDict(dict);
  expect(resumed.stateDict()).toEqual(scheduler.stateDict());
  expect(ratesOver(fresh, resumed, 60)).toEqual(ratesOver(optimizer, scheduler, 60));
});
