/** Checkpoints that this package and Python's (interop/python) have in common, after the same training, to the bit. */

import { readFileSync } from "node:fs";
import { load, save } from "adam-wasm/checkpoint";
import { describe, expect, test } from "vitest";
import { STEPS, start, trained } from "./support/both-sides.mjs";

const read = (name) => readFileSync(new URL(`vectors/both-sides-${name}.safetensors`, import.meta.url));

test("a training saves the file that Python reads in npm run test:torch", () => {
  expect(Buffer.from(save(trained())).equals(read("here"))).toBe(true);
});

describe("a file of Python's", () => {
  const expected = trained();
  const { model, optimizer, scheduler } = start();
  const { epoch, losses } = load(read("python"), { model, optimizer, scheduler });

  test.each(Object.keys(model))("has torch's %s and its state, which are ours with exact", (name) => {
    expect([...model[name].data]).toEqual([...expected.model[name].data]);
    const found = optimizer.state.get(model[name]);
    const wanted = expected.optimizer.state.get(expected.model[name]);
    expect(found.step).toBe(STEPS);
    for (const moment of ["expAvg", "expAvgSq", "maxExpAvgSq"]) {
      expect([...found[moment].data], moment).toEqual([...wanted[moment].data]);
    }
  });

  test("leaves exact, which torch does not have, as it was", () => {
    expect(optimizer.paramGroups.map(({ exact }) => exact)).toEqual([true, true]);
  });

  test("has the groups' options and the scheduler's rates", () => {
    const options = ({ paramGroups }) => paramGroups.map(({ params, ...group }) => ({ ...group }));
    expect(options(optimizer)).toEqual(options(expected.optimizer));
    expect(scheduler.stateDict()).toEqual(expected.scheduler.stateDict());
  });

  test("has the other values, also those that JSON has not", () => {
    expect({ epoch, losses }).toStrictEqual({ epoch: expected.epoch, losses: expected.losses });
  });
});
