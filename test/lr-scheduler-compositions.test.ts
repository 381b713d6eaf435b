/** Schedulers with each other, and with the user, who may set a learning rate at any time. */

import {
  type Adam,
  AdamW,
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CyclicLR,
  ExponentialLR,
  LinearLR,
  LRScheduler,
  MultiplicativeLR,
  OneCycleLR,
  Parameter,
  PolynomialLR,
  ReduceLROnPlateau,
  SequentialLR,
  SparseAdam,
  StepLR,
  SWALR,
} from "adam-wasm";
import { describe, expect, test } from "vitest";
import { advance, COUNTING, fieldsOf, KINDS, rates, ratesOver, twoGroups } from "./support/schedulers.js";

const CHAINABLE = [
  "MultiplicativeLR",
  "StepLR",
  "MultiStepLR",
  "ConstantLR",
  "LinearLR",
  "ExponentialLR",
  "PolynomialLR",
];
const COMPUTED = ["LambdaLR", "CosineAnnealingWarmRestarts", "CyclicLR", "OneCycleLR"];

describe("a learning rate that is set by hand", () => {
  test.each(CHAINABLE)("has its effect with %s from there on", (name) => {
    const [edited, plain] = [twoGroups(), twoGroups()];
    const [scheduler, twin] = [COUNTING[name](edited), COUNTING[name](plain)];
    for (let step = 1; step <= 40; step++) {
      // A power of two, so that no bit is lost.
      if (step === 4) for (const group of edited.paramGroups) group.lr *= 4;
      advance(edited, scheduler, step);
      advance(plain, twin, step);
      expect(rates(edited)).toEqual(rates(plain).map((rate) => (step < 4 ? rate : 4 * rate)));
    }
  });

  test("CosineAnnealingLR keeps its height above the lowest rate until it is there", () => {
    const [edited, plain] = [twoGroups(), twoGroups()];
    const schedulers = [edited, plain].map((optimizer) => new CosineAnnealingLR(optimizer, { tMax: 10 }));
    for (let step = 1; step <= 25; step++) {
      if (step === 4) for (const group of edited.paramGroups) group.lr *= 4;
      advance(edited, schedulers[0], step);
      advance(plain, schedulers[1], step);
      expect(rates(edited)).toEqual(rates(plain).map((rate) => (step < 4 || step > 9 ? rate : 4 * rate)));
    }
  });

  test.each(COMPUTED)("is overwritten by %s", (name) => {
    const [edited, plain] = [twoGroups(), twoGroups()];
    const [scheduler, twin] = [COUNTING[name](edited), COUNTING[name](plain)];
    for (let step = 1; step <= 40; step++) {
      edited.paramGroups[0].lr = 7;
      advance(edited, scheduler, step);
      advance(plain, twin, step);
      expect(rates(edited)).toEqual(rates(plain));
    }
  });
});

describe("ChainedScheduler", () => {
  test("is its schedulers, stepped one after the other", () => {
    const parts = {
      ...COUNTING,
      CosineAnnealingLR: (o: Adam) => new CosineAnnealingLR(o, { tMax: 13 }),
      SWALR: KINDS.SWALR,
    };
    for (const [first, makeFirst] of Object.entries(parts)) {
      for (const [second, makeSecond] of Object.entries(parts)) {
        const [one, two] = [twoGroups(), twoGroups()];
        const schedulers = [makeFirst(one), makeSecond(one)];
        const chain = new ChainedScheduler([makeFirst(two), makeSecond(two)]);
        expect(ratesOver(two, chain, 30), `${first}, ${second}`).toEqual(ratesOver(one, schedulers, 30));
        expect(chain.getLastLR()).toEqual(schedulers[1].getLastLR());
      }
    }
  });

  test("refuses to take a rate below zero, where torch would begin to ascend", () => {
    const optimizer = twoGroups();
    const annealing = new CosineAnnealingLR(optimizer, { tMax: 5, etaMin: 1e-3 });
    const chain = new ChainedScheduler([annealing, new StepLR(optimizer, { stepSize: 6 })]);
    for (let step = 1; step <= 6; step++) advance(optimizer, chain, step);
    const before = { fields: fieldsOf(optimizer), dict: chain.stateDict() };
    // On its way up, the cosine moves a rate that is below etaMin further away from it.
    expect(() => {
      for (let step = 7; step <= 10; step++) {
        Object.assign(before, { fields: fieldsOf(optimizer), dict: chain.stateDict() });
        advance(optimizer, chain, step);
      }
    }).toThrow(/^Invalid learning rate: -/);
    expect({ fields: fieldsOf(optimizer), dict: chain.stateDict() }).toEqual(before);
  });

  test("takes the optimizer, and has the rates there are before its first step", () => {
    const optimizer = twoGroups();
    const parts = [new LinearLR(optimizer, { startFactor: 0.4 }), new StepLR(optimizer, { stepSize: 2 })];
    const chain = new ChainedScheduler(parts, { optimizer });
    expect(chain.getLastLR()).toEqual(rates(optimizer));
    expect(chain.optimizer).toBe(optimizer);
    parts.length = 0;
    advance(optimizer, chain, 1);
  });
});

test("rates that end at zero never end below it, however their factors are rounded", () => {
  for (let totalIters = 1; totalIters <= 60; totalIters++) {
    for (const startFactor of [1, 0.1, 1 / 3, 0.7]) {
      const optimizer = twoGroups();
      const scheduler = new LinearLR(optimizer, { startFactor, endFactor: 0, totalIters });
      for (const rate of ratesOver(optimizer, scheduler, totalIters + 1)[totalIters]) {
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThan(1e-15);
      }
    }
    const frozen = twoGroups({ lr: 0 });
    ratesOver(frozen, new CosineAnnealingLR(frozen, { tMax: totalIters, etaMin: 0.1 }), 4 * totalIters);
  }
});

describe("SequentialLR", () => {
  test("is each of its schedulers alone, between the milestones", () => {
    const alone = (name: string, steps: number) => {
      const optimizer = twoGroups();
      return ratesOver(optimizer, COUNTING[name](optimizer), steps);
    };
    // The others are not made for a start from the rates that the first has left, or change what the first starts from.
    const names = Object.keys(COUNTING).filter(
      (name) => !["MultiplicativeLR", "CyclicLR", "OneCycleLR"].includes(name),
    );
    for (const first of names) {
      for (const second of names) {
        const optimizer = twoGroups();
        const schedulers = [COUNTING[first](optimizer), COUNTING[second](optimizer)];
        const sequence = new SequentialLR(optimizer, { schedulers, milestones: [8] });
        const rows = ratesOver(optimizer, sequence, 30);
        expect(rows.slice(0, 8), first).toEqual(alone(first, 7));
        rows.slice(8).forEach((row, i) => {
          alone(second, 22)[i].forEach((rate, group) => {
            expect(row[group] / rate || 1, `${second} at ${i}`).toBeCloseTo(1, 10);
          });
        });
        expect(sequence.lastEpoch).toBe(30);
      }
    }
  });

  test("goes on from the rates there are if the next has no rates of its own", () => {
    const optimizer = twoGroups();
    const decay = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
    const keep = new MultiplicativeLR(optimizer, { lrLambda: (epoch) => (epoch === 0 ? 0.25 : 0.5) });
    const sequence = new SequentialLR(optimizer, { schedulers: [decay, keep], milestones: [3] });
    const [first] = [ratesOver(optimizer, sequence, 5).map(([rate]) => rate / 0.05)];
    expect(first).toEqual([1, 0.5, 0.25, 0.0625, 0.03125, 0.015625]);
  });

  test("anneals to the rate of SWALR from those that the scheduler before has reached", () => {
    const optimizer = twoGroups();
    const decay = new ExponentialLR(optimizer, { gamma: 0.5 });
    const swa = new SWALR(optimizer, { swaLr: 0.01, annealEpochs: 4, annealStrategy: "linear" });
    const rows = ratesOver(optimizer, new SequentialLR(optimizer, { schedulers: [decay, swa], milestones: [2] }), 7);
    const expected = [0.05, 0.025, 0.025, 0.02125, 0.0175, 0.01375, 0.01, 0.01];
    rows.forEach(([rate], i) => {
      expect(rate).toBeCloseTo(expected[i], 12);
    });
  });

  test("runs momentum with the rates", () => {
    const optimizer = twoGroups();
    const flat = new ConstantLR(optimizer, { factor: 1 });
    const cycle = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 10 });
    const sequence = new SequentialLR(optimizer, { schedulers: [flat, cycle], milestones: [2] });
    const beta1 = [];
    for (let step = 1; step <= 11; step++) {
      advance(optimizer, sequence, step);
      beta1.push(optimizer.paramGroups[0].betas[0]);
    }
    expect([Math.min(...beta1), Math.max(...beta1)]).toEqual([0.85, 0.95]);
    expect(optimizer.paramGroups[0].lr).toBeCloseTo(0.04 / 1e4, 12);
  });

  test("of sequences and chains starts each of them afresh at its milestone", () => {
    const optimizer = twoGroups();
    const chain = () =>
      new ChainedScheduler([
        new LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 }),
        new ExponentialLR(optimizer, { gamma: 0.5 }),
      ]);
    const inner = new SequentialLR(optimizer, {
      schedulers: [chain(), new PolynomialLR(optimizer, { totalIters: 2 })],
      milestones: [2],
    });
    const outer = new SequentialLR(optimizer, { schedulers: [inner, chain()], milestones: [5] });
    const rows = ratesOver(optimizer, outer, 7).map(([rate]) => rate / 0.05);
    expect(rows).toEqual([0.5, 0.375, 1, 0.5, 0, 0.5, 0.375, 0.25].map((x) => expect.closeTo(x, 12)));
  });
});

test("schedulers work with every optimizer, and are instances of LRScheduler", () => {
  const weight = Parameter.from([1]);
  const optimizer = new AdamW([weight], { lr: 1 });
  const schedulers: LRScheduler[] = [new StepLR(optimizer, { stepSize: 1 }), new ReduceLROnPlateau(optimizer)];
  schedulers.push(new ChainedScheduler([schedulers[0]]));
  expect(schedulers.every((scheduler) => scheduler instanceof LRScheduler)).toBe(true);
  weight.grad = [1];
  optimizer.step();
  schedulers[0].step();
  expect(optimizer.paramGroups[0].lr).toBe(0.1);
});

test("a schedule may take SparseAdam to a rate of 0, which it cannot begin with, and be resumed there", () => {
  const make = () => {
    const optimizer = new SparseAdam([Parameter.from([1])], { lr: 1 });
    return { optimizer, scheduler: new CosineAnnealingLR(optimizer, { tMax: 2 }) };
  };
  const { optimizer, scheduler } = make();
  for (let step = 1; step <= 2; step++) advance(optimizer, scheduler, step);
  const resumed = make();
  resumed.optimizer.loadStateDict(optimizer.stateDict());
  expect([optimizer, resumed.optimizer].map(({ paramGroups }) => paramGroups[0].lr)).toEqual([0, 0]);
});

test("CyclicLR starts from its own base rates after another scheduler", () => {
  const optimizer = twoGroups();
  new ExponentialLR(optimizer, { gamma: 0.5 });
  const scheduler = new CyclicLR(optimizer, { baseLr: 1, maxLr: 2, stepSizeUp: 2 });
  expect(rates(optimizer)).toEqual([1, 1]);
  expect(fieldsOf(optimizer)).toMatchObject([{ initialLr: 0.05 }, { initialLr: 0.5 }]);
  advance(optimizer, scheduler, 1);
  expect(rates(optimizer)).toEqual([1.5, 1.5]);
});

test("a scheduler prints what it is and where it is", () => {
  const optimizer = twoGroups();
  const decay = new StepLR(optimizer, { stepSize: 30 });
  const chain = new ChainedScheduler([decay, new MultiplicativeLR(optimizer, { lrLambda: () => 1 })]);
  expect(`${chain}`).toBe(`ChainedScheduler (
    lastLr: [0.05,0.5]
    StepLR (
        baseLrs: [0.05,0.5]
        gamma: 0.1
        lastEpoch: 0
        lastLr: [0.05,0.5]
        stepCount: 1
        stepSize: 30
    )
    MultiplicativeLR (
        baseLrs: [0.05,0.5]
        lastEpoch: 0
        lastLr: [0.05,0.5]
        stepCount: 1
    )
)`);
});
