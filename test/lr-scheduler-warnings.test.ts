/** What schedulers warn of, once for an optimizer. */

import { type Adam, CosineAnnealingWarmRestarts, LinearLR, ReduceLROnPlateau, StepLR } from "adam-wasm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { advance, KINDS, rates, twoGroups } from "./support/schedulers.js";

const warn = vi.spyOn(console, "warn").mockReturnValue();
beforeEach(() => warn.mockClear());

const step = (optimizer: Adam) => new StepLR(optimizer, { stepSize: 3 });
const ORDER = /^Detected call of `scheduler.step\(\)` before `optimizer.step\(\)`\..*how-to-adjust-learning-rate$/;

describe("the order of steps", () => {
  test("scheduler.step() before optimizer.step() is warned of, at the first call only", () => {
    const optimizer = twoGroups();
    const [first, second] = [step(optimizer), new LinearLR(optimizer)];
    expect(warn).not.toHaveBeenCalled();
    for (let i = 0; i < 5; i++) {
      first.step();
      second.step();
      optimizer.step();
    }
    expect(warn.mock.calls).toEqual([[expect.stringMatching(ORDER)]]);
    step(twoGroups()).step();
    expect(warn).toHaveBeenCalledTimes(2);
  });

  test("also when resuming", () => {
    const optimizer = twoGroups();
    for (const group of optimizer.paramGroups) group.initialLr = 0.01;
    new StepLR(optimizer, { stepSize: 3, lastEpoch: 10 }).step();
    expect(warn.mock.calls).toEqual([[expect.stringMatching(ORDER)]]);
  });

  test("but not once a state dict is loaded, which has counted the first call", () => {
    const optimizer = twoGroups();
    const scheduler = step(optimizer);
    advance(optimizer, scheduler, 1);
    const resumed = step(twoGroups());
    resumed.loadStateDict(scheduler.stateDict());
    resumed.step();
    expect(warn).not.toHaveBeenCalled();
  });

  test.each(Object.entries(KINDS))("%s, stepped as it should be, is silent", (_, make) => {
    const optimizer = twoGroups();
    const scheduler = make(optimizer);
    for (let i = 1; i <= 50; i++) advance(optimizer, scheduler, i);
    expect(warn).not.toHaveBeenCalled();
  });

  test("a step of the optimizer counts without gradients, and not when it threw", () => {
    const optimizer = twoGroups();
    const scheduler = step(optimizer);
    expect(() => optimizer.step(() => Promise.resolve(0))).toThrow();
    scheduler.step();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(optimizer.paramGroups[0].params[0].grad).toBeNull();
  });

  test("CosineAnnealingWarmRestarts and ReduceLROnPlateau do not care, as in torch", () => {
    const optimizer = twoGroups();
    new CosineAnnealingWarmRestarts(optimizer, { t0: 2 }).step();
    new ReduceLROnPlateau(optimizer).step(1);
    expect(warn).not.toHaveBeenCalled();
  });
});

test("an epoch given to a scheduler that counts them is warned of", () => {
  const optimizer = twoGroups();
  const scheduler = step(optimizer);
  optimizer.step();
  scheduler.step(4);
  scheduler.step(7);
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/^The epoch parameter in `scheduler.step\(\)` was not necessary/)],
  ]);
  expect([scheduler.lastEpoch, ...rates(optimizer)]).toEqual([7, 0.05 * 0.1 * 0.1, expect.closeTo(0.005, 12)]);
});
