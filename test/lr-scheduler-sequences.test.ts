/** The sequences of torch's test_lrscheduler.py. Its momenta are divided by 100: Adam's beta1 is less than 1. */

import {
  type Adam,
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  CyclicLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  type LRScheduler,
  MultiplicativeLR,
  MultiStepLR,
  OneCycleLR,
  PolynomialLR,
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
  SequentialLR,
  StepLR,
  SWALR,
} from "adam-wasm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { rates, ratesOver, twoGroups } from "./support/schedulers.js";

// Some of these step schedulers alone, or to an epoch; what is said about that has tests of its own.
beforeEach(() => void vi.spyOn(console, "warn").mockReturnValue());
afterEach(() => vi.restoreAllMocks());

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const upTo = (count: number, f: (x: number) => number): number[] => Array.from({ length: count }, (_, x) => f(x));

/** Each row as close as torch's tests ask for, and a bit closer. */
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(actual[i], `at ${i}`).toBeCloseTo(value, 12);
  });
}

/** Rates of the first group, and ten times as much in the second. */
function expectRates(
  make: (optimizer: Adam) => LRScheduler | readonly LRScheduler[],
  expected: readonly number[],
): void {
  const optimizer = twoGroups();
  const rows = ratesOver(optimizer, make(optimizer), expected.length - 1);
  expectClose(
    rows.map(([first]) => first),
    expected,
  );
  expectClose(
    rows.map(([, second]) => second),
    expected.map((rate) => 10 * rate),
  );
}

const cosine = (x: number, etaMin: number) => etaMin + ((0.05 - etaMin) * (1 + Math.cos(Math.PI * x))) / 2;
const step = (o: Adam) => new StepLR(o, { gamma: 0.1, stepSize: 3 });
const multiStep = (o: Adam) => new MultiStepLR(o, { gamma: 0.1, milestones: [2, 5, 9] });
const decays = [0.05, 0.05, ...times(3, 5e-3), ...times(4, 5e-4), 5e-5];

type Row = readonly [
  name: string,
  make: (optimizer: Adam) => LRScheduler | readonly LRScheduler[],
  rates: readonly number[],
];

const ALONE: readonly Row[] = [
  ["StepLR", step, [0.05, 0.005, 0.0005, 0.00005].flatMap((lr) => times(3, lr))],
  ["MultiStepLR", multiStep, decays],
  [
    "MultiStepLR from the first epoch, and twice",
    (o) => new MultiStepLR(o, { milestones: [3, 0, 3], gamma: 0.5 }),
    [0.025, 0.025, 0.025, 0.00625, 0.00625],
  ],
  ["ConstantLR", (o) => new ConstantLR(o, { factor: 0.5, totalIters: 5 }), [...times(5, 0.025), ...times(5, 0.05)]],
  [
    "LinearLR",
    (o) => new LinearLR(o, { startFactor: 0.5, totalIters: 4 }),
    [0.025, 0.03125, 0.0375, 0.04375, ...times(6, 0.05)],
  ],
  [
    "LinearLR to an end factor",
    (o) => new LinearLR(o, { startFactor: 0.25, endFactor: 0.6, totalIters: 4 }),
    [...upTo(4, (x) => 0.05 * (0.25 + (x * 0.35) / 4)), ...times(6, 0.03)],
  ],
  ["ExponentialLR", (o) => new ExponentialLR(o, { gamma: 0.9 }), upTo(10, (x) => 0.05 * 0.9 ** x)],
  [
    "PolynomialLR",
    (o) => new PolynomialLR(o, { power: 0.9, totalIters: 5 }),
    [...upTo(5, (x) => 0.05 * (1 - x / 5) ** 0.9), ...times(5, 0)],
  ],
  ["CosineAnnealingLR", (o) => new CosineAnnealingLR(o, { tMax: 10, etaMin: 0 }), upTo(10, (x) => cosine(x / 10, 0))],
  [
    "CosineAnnealingLR, three times over",
    (o) => new CosineAnnealingLR(o, { tMax: 5 }),
    upTo(30, (x) => cosine(x / 5, 0)),
  ],
  ["LambdaLR", (o) => new LambdaLR(o, { lrLambda: (x) => 0.9 ** x }), upTo(10, (x) => 0.05 * 0.9 ** x)],
  ["MultiplicativeLR", (o) => new MultiplicativeLR(o, { lrLambda: () => 0.9 }), upTo(10, (x) => 0.05 * 0.9 ** x)],
];

const TOGETHER: readonly Row[] = [
  [
    "StepLR and MultiStepLR",
    (o) => [step(o), multiStep(o)],
    [0.05, 0.05, 5e-3, 5e-4, 5e-4, 5e-5, 5e-6, 5e-6, 5e-6, 5e-8],
  ],
  [
    "StepLR and ExponentialLR",
    (o) => [step(o), new ExponentialLR(o, { gamma: 0.9 })],
    upTo(10, (x) => 0.05 * 0.9 ** x * 0.1 ** Math.floor(x / 3)),
  ],
  [
    "MultiStepLR and ExponentialLR",
    (o) => [multiStep(o), new ExponentialLR(o, { gamma: 0.9 })],
    decays.map((lr, x) => lr * 0.9 ** x),
  ],
  [
    "LinearLR and ExponentialLR",
    (o) => [new LinearLR(o, { startFactor: 0.4, endFactor: 0.9, totalIters: 4 }), new ExponentialLR(o, { gamma: 0.9 })],
    upTo(10, (x) => 0.05 * 0.9 ** x * (0.4 + (Math.min(x, 4) / 4) * 0.5)),
  ],
  [
    "StepLR and ConstantLR",
    (o) => [step(o), new ConstantLR(o, { factor: 0.4, totalIters: 4 })],
    [0.02, 0.02, 0.02, 0.002, 0.005, 0.005, 5e-4, 5e-4, 5e-4, 5e-5],
  ],
  [
    "MultiStepLR and LinearLR",
    (o) => [multiStep(o), new LinearLR(o, { startFactor: 0.4, totalIters: 4 })],
    decays.map((lr, x) => lr * (0.4 + (Math.min(x, 4) / 4) * 0.6)),
  ],
  [
    "CosineAnnealingLR and StepLR",
    (o) => [new CosineAnnealingLR(o, { tMax: 10 }), step(o)],
    upTo(10, (x) => cosine(x / 10, 0) * 0.1 ** Math.floor(x / 3)),
  ],
  [
    "CosineAnnealingLR and ExponentialLR",
    (o) => [new CosineAnnealingLR(o, { tMax: 10 }), new ExponentialLR(o, { gamma: 0.1 })],
    upTo(10, (x) => cosine(x / 10, 0) * 0.1 ** x),
  ],
  [
    "CosineAnnealingLR and LinearLR",
    (o) => [new LinearLR(o, { startFactor: 0.4, totalIters: 4 }), new CosineAnnealingLR(o, { tMax: 10 })],
    upTo(10, (x) => cosine(x / 10, 0) * (0.4 + (Math.min(x, 4) / 4) * 0.6)),
  ],
];

const CHAINED: readonly Row[] = [
  ["one", (o) => new ChainedScheduler([step(o)]), [...times(3, 0.05), ...times(3, 5e-3), ...times(3, 5e-4), 5e-5]],
  [
    "warm-up and milestones",
    (o) =>
      new ChainedScheduler([
        new LinearLR(o, { startFactor: 0.4, totalIters: 3 }),
        new MultiStepLR(o, { milestones: [4, 8, 10], gamma: 0.1 }),
      ]),
    [0.02, 0.03, 0.04, 0.05, ...times(4, 5e-3), 5e-4, 5e-4],
  ],
  [
    "three",
    (o) =>
      new ChainedScheduler([
        new ExponentialLR(o, { gamma: 0.9 }),
        new ConstantLR(o, { factor: 0.2, totalIters: 4 }),
        step(o),
      ]),
    upTo(9, (x) => 0.05 * 0.9 ** x * (x < 4 ? 0.2 : 1) * 0.1 ** Math.floor(x / 3)),
  ],
  [
    "PolynomialLR and ConstantLR",
    (o) =>
      new ChainedScheduler([new PolynomialLR(o, { power: 0.9, totalIters: 5 }), new ConstantLR(o, { factor: 0.1 })]),
    upTo(10, (x) => (x < 5 ? 0.005 * (1 - x / 5) ** 0.9 : 0)),
  ],
];

const sequence = (o: Adam, schedulers: LRScheduler[], ...milestones: number[]) =>
  new SequentialLR(o, { schedulers, milestones });

const SEQUENTIAL: readonly Row[] = [
  [
    "ExponentialLR, then StepLR",
    (o) => sequence(o, [new ExponentialLR(o, { gamma: 0.8 }), new StepLR(o, { gamma: 0.1, stepSize: 4 })], 3),
    [0.05, 0.04, 0.032, ...times(4, 0.05), ...times(4, 5e-3), ...times(4, 5e-4), ...times(4, 5e-5)],
  ],
  [
    "ConstantLR, then ExponentialLR",
    (o) => sequence(o, [new ConstantLR(o, { factor: 0.1, totalIters: 3 }), new ExponentialLR(o, { gamma: 0.9 })], 3),
    [...times(3, 0.005), ...upTo(10, (x) => 0.05 * 0.9 ** x)],
  ],
  [
    "three",
    (o) =>
      sequence(
        o,
        [
          new ConstantLR(o, { factor: 0.1, totalIters: 3 }),
          new ExponentialLR(o, { gamma: 0.8 }),
          new StepLR(o, { gamma: 0.1, stepSize: 2 }),
        ],
        3,
        6,
      ),
    [...times(3, 0.005), 0.05, 0.04, 0.032, 0.05, 0.05, 5e-3, 5e-3, 5e-4, 5e-4],
  ],
  [
    "a chain, then ConstantLR",
    (o) => {
      const warmUp = new LinearLR(o, { startFactor: 0.1, totalIters: 5 });
      const chain = new ChainedScheduler([warmUp, new ConstantLR(o, { factor: 0.1, totalIters: 5 })]);
      return sequence(o, [chain, new ConstantLR(o, { factor: 0.5, totalIters: 5 })], 5);
    },
    [0.0005, 0.0014, 0.0023, 0.0032, 0.0041, ...times(5, 0.025)],
  ],
  [
    "up and down",
    (o) =>
      sequence(
        o,
        [
          new LinearLR(o, { startFactor: 0.1, endFactor: 0.8, totalIters: 4 }),
          new LinearLR(o, { startFactor: 0.8, endFactor: 0.1, totalIters: 4 }),
        ],
        4,
      ),
    [0.1, 0.275, 0.45, 0.625, 0.8, 0.625, 0.45, 0.275].map((x) => 0.05 * x),
  ],
];

describe.each([
  ["alone", ALONE],
  ["two schedulers of one optimizer", TOGETHER],
  ["ChainedScheduler", CHAINED],
  ["SequentialLR", SEQUENTIAL],
])("%s", (_, rows) => {
  test.each(rows)("%s", (_, make, expected) => expectRates(make, expected));
});

test("SequentialLR begins at the initial rates, however many schedulers there are", () => {
  const optimizer = twoGroups();
  sequence(optimizer, [new ConstantLR(optimizer, { factor: 1 }), new ConstantLR(optimizer, { factor: 0.1 })], 10);
  expect(rates(optimizer)).toEqual([0.05, 0.5]);
});

describe("closed forms", () => {
  test.each(ALONE.slice(0, 10))("of %s are the chained ones", (_, make) => {
    const [chained, closed] = [twoGroups(), twoGroups()];
    const schedulers = [make(chained), make(closed)].flat() as LRScheduler[];
    for (let epoch = 1; epoch <= 20; epoch++) {
      schedulers[0].step();
      schedulers[1].step(epoch);
      expectClose(rates(closed), rates(chained));
      schedulers[1].step(2);
      const second = rates(closed);
      schedulers[1].step(2);
      expect(rates(closed)).toEqual(second);
      schedulers[1].step(epoch);
    }
  });
});

describe("ReduceLROnPlateau", () => {
  const rows: readonly [options: ReduceLROnPlateauOptions, metric: (x: number) => number, rates: readonly number[]][] =
    [
      [
        { thresholdMode: "abs", mode: "min", threshold: 0.01, patience: 5, cooldown: 5 },
        (x) => 10 - x * 0.0167,
        times(20, 0.5),
      ],
      [
        { patience: 5, thresholdMode: "abs", mode: "min", threshold: 0.1 },
        (x) => 10 - x * 0.0165,
        [...times(6, 0.5), ...times(7, 0.05), ...times(7, 0.005), 0.0005, 0.0005],
      ],
      [
        { mode: "max", patience: 5, cooldown: 5, thresholdMode: "abs" },
        (x) => (x < 2 ? -0.8 : -0.234),
        [...times(8, 0.5), ...times(11, 0.05), ...times(3, 0.005)],
      ],
      [{ mode: "max", patience: 3, thresholdMode: "rel", threshold: 0.1 }, (x) => 1.5 * 1.025 ** x, times(20, 0.5)],
      [
        { mode: "max", patience: 5, cooldown: 5, threshold: 0.1 },
        (x) => 1.5 * 1.005 ** x,
        [...times(6, 0.5), ...times(11, 0.05), ...times(3, 0.005)],
      ],
      [{ threshold: 0.1 }, (x) => 1.5 * 0.85 ** x, times(20, 0.5)],
      [
        { threshold: 0.1, patience: 5, cooldown: 5 },
        (x) => (x < 7 ? 1 : x === 7 ? 0.6 : 0.5),
        [...times(6, 0.5), ...times(11, 0.05), ...times(3, 0.005)],
      ],
      [{ patience: 2 }, () => Number.NaN, [0.5, 0.5, ...times(3, 0.05), ...times(3, 0.005)]],
    ];

  test.each(rows)("%j", (options, metric, expected) => {
    const optimizer = twoGroups({ lr: 0.5 });
    const scheduler = new ReduceLROnPlateau(optimizer, options);
    expect(scheduler.getLastLR()).toEqual([0.5, 0.5]);
    const seen = expected.map((_, x) => {
      scheduler.step(metric(x));
      return rates(optimizer);
    });
    expectClose(
      seen.map(([first]) => first),
      expected,
    );
    expectClose(
      seen.map(([, second]) => second),
      expected,
    );
  });

  test("stops at the lowest rate of each group, and leaves out decays that are too small", () => {
    const optimizer = twoGroups({ lr: 0.5 });
    const scheduler = new ReduceLROnPlateau(optimizer, { minLr: [0.4, 0.3], patience: 0 });
    for (let i = 0; i < 4; i++) scheduler.step(1);
    expect(rates(optimizer)).toEqual([0.4, 0.3]);

    const other = twoGroups();
    const coarse = new ReduceLROnPlateau(other, { patience: 0, eps: 0.1 });
    for (let i = 0; i < 4; i++) coarse.step(1);
    expectClose(rates(other), [0.05, 0.05]);
  });
});

/** Rates, and beta1 times 100, of a scheduler that cycles both. */
function expectCycle(make: (optimizer: Adam) => LRScheduler, lr: readonly number[], momentum: readonly number[]): void {
  const optimizer = twoGroups();
  const scheduler = make(optimizer);
  const rows = lr.map((_, i) => {
    if (i > 0) {
      optimizer.step();
      scheduler.step();
    }
    return optimizer.paramGroups.map(({ lr, betas }) => [lr, betas[0] * 100, betas[1]]);
  });
  for (const group of [0, 1]) {
    expectClose(
      rows.map((row) => row[group][0]),
      lr,
    );
    expectClose(
      rows.map((row) => row[group][1]),
      momentum,
    );
  }
  expect(rows.every((row) => row.every(([, , beta2]) => beta2 === 0.999))).toBe(true);
}

describe("CyclicLR", () => {
  const momenta = { baseMomentum: 0.01, maxMomentum: 0.05 };
  const bounds = { baseLr: 1, maxLr: 5 };
  const mirrored = (lr: readonly number[]) => lr.map((x) => 6 - x);

  test.each([
    ["triangular", { stepSizeUp: 4 }, [1, 2, 3, 4, 5, 4, 3, 2, 1, 2, 3]],
    [
      "triangular2",
      { stepSizeUp: 4 },
      [1, 2, 3, 4, 5, 4, 3, 2, 1, 1.5, 2, 2.5, 3, 2.5, 2, 1.5, 1, 1.25, 1.5, 1.75, 2, 1.75],
    ],
    ["triangular", { stepSizeUp: 4, stepSizeDown: 6 }, [1, 2, 3, 4, 5, 13 / 3, 11 / 3, 3, 7 / 3, 5 / 3, 1]],
    [
      "triangular2",
      { stepSizeUp: 2, stepSizeDown: 6 },
      [1, 3, 5, 13 / 3, 11 / 3, 3, 7 / 3, 5 / 3, 1, 2, 3, 8 / 3, 7 / 3, 2, 5 / 3, 4 / 3, 1, 1.5, 2, 11 / 6],
    ],
    [
      "exp_range",
      { stepSizeUp: 4, gamma: 0.9 },
      [0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25, 0, 0.25, 0.5].map((x, i) => 1 + 4 * x * 0.9 ** i),
    ],
    ["triangular", { stepSizeUp: 4, stepSizeDown: 0 }, [1, 2, 3, 4, 1, 2, 3, 4, 1]],
  ] as const)("%s %j", (mode, steps, lr) => {
    expectCycle((o) => new CyclicLR(o, { ...bounds, ...momenta, ...steps, mode }), lr, mirrored(lr));
  });

  test("takes bounds for each group", () => {
    const optimizer = twoGroups();
    const scheduler = new CyclicLR(optimizer, {
      baseLr: [1, 2],
      maxLr: [5, 6],
      stepSizeUp: 4,
      baseMomentum: [0.1, 0.2],
      maxMomentum: [0.5, 0.6],
    });
    expect(scheduler.baseLrs).toEqual([1, 2]);
    expect(optimizer.paramGroups.map(({ maxMomentum, baseMomentum }) => [maxMomentum, baseMomentum])).toEqual([[0.5, 0.1], [0.6, 0.2]]); // biome-ignore format: rows
    for (let i = 0; i < 4; i++) scheduler.step();
    expect(rates(optimizer)).toEqual([5, 6]);
    expectClose(
      optimizer.paramGroups.map(({ betas }) => betas[0]),
      [0.1, 0.2],
    );
  });

  test("scales peaks by a function of the cycle or the step, and can leave momentum alone", () => {
    const optimizer = twoGroups();
    const seen: number[] = [];
    const scaleFn = (x: number) => seen.push(x) && 1 / x;
    const scheduler = new CyclicLR(optimizer, { ...bounds, stepSizeUp: 1, scaleFn, cycleMomentum: false });
    const lr = ratesOver(optimizer, scheduler, 5).map(([first]) => first);
    expectClose(lr, [1, 5, 1, 3, 1, 1 + 4 / 3]);
    expect([...new Set(seen)]).toEqual([1, 2, 3]);
    expect(optimizer.paramGroups[0]).toMatchObject({ betas: [0.9, 0.999], maxMomentum: undefined });

    const other = twoGroups();
    const byStep = new CyclicLR(other, { ...bounds, stepSizeUp: 1, scaleFn: (x) => x / 10, scaleMode: "iterations" });
    expectClose(
      ratesOver(other, byStep, 3).map(([first]) => first),
      [1, 1.4, 1, 2.2],
    );
  });

  test("takes over from CosineAnnealingLR", () => {
    const optimizer = twoGroups({ lr: 0.5 });
    const annealing = new CosineAnnealingLR(optimizer, { tMax: 20, etaMin: 0.1 });
    const cycling = new CyclicLR(optimizer, { baseLr: 0.1, maxLr: 0.3, stepSizeUp: 1, stepSizeDown: 3 });
    for (let i = 0; i < 40; i++) {
      optimizer.step();
      (i <= 20 ? annealing : cycling).step();
    }
    expect(Math.max(...rates(optimizer))).toBeLessThanOrEqual(0.3);
  });
});

describe("OneCycleLR", () => {
  const momenta = { baseMomentum: 0.01, maxMomentum: 0.22 };
  const down = (start: number, end: number) =>
    upTo(7, (x) => end + ((start - end) / 2) * (1 + Math.cos((Math.PI * (x + 1)) / 7)));

  test.each([
    [
      { finalDivFactor: 2, annealStrategy: "linear" },
      [1, 13, 25, 21.5, 18, 14.5, 11, 7.5, 4, 0.5],
      [22, 11.5, 1, 4, 7, 10, 13, 16, 19, 22],
    ],
    [
      { divFactor: 25, annealStrategy: "linear", pctStart: 0.4, finalDivFactor: 4, threePhase: true },
      [1, 9, 17, 25, 17, 9, 1, 0.75, 0.5, 0.25],
      [22, 15, 8, 1, 8, 15, 22, 22, 22, 22],
    ],
    [{ finalDivFactor: 2 }, [1, 13, 25, ...down(25, 0.5)], [22, 11.5, 1, ...down(1, 22)]],
  ] as const)("%j", (options, lr, momentum) => {
    expectCycle((o) => new OneCycleLR(o, { maxLr: 25, totalSteps: 10, ...momenta, ...options }), lr, momentum);
    expectCycle(
      (o) => new OneCycleLR(o, { maxLr: 25, epochs: 5, stepsPerEpoch: 2, ...momenta, ...options }),
      lr,
      momentum,
    );
  });

  test("notes its bounds in the groups", () => {
    const optimizer = twoGroups();
    new OneCycleLR(optimizer, { maxLr: [0.1, 1], totalSteps: 10 });
    expect(optimizer.paramGroups[1]).toMatchObject({
      initialLr: 0.04,
      maxLr: 1,
      minLr: 4e-6,
      maxMomentum: 0.95,
      baseMomentum: 0.85,
      betas: [0.95, 0.999],
    });
  });

  test.each(["cos", "linear"] as const)(
    "keeps the last rate in the one step more of the usual loop: %s",
    (annealStrategy) => {
      const optimizer = twoGroups();
      const scheduler = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 10, annealStrategy });
      const rows = ratesOver(optimizer, scheduler, 10);
      expectClose(rows[9], [4e-6, 4e-6]);
      expect(rows[10]).toEqual(rows[9]);
    },
  );
});

describe("CosineAnnealingWarmRestarts", () => {
  const rate = ([tCur, tI]: readonly [number, number]) => cosine(tCur / tI, 1e-10);

  test.each([1, 2, 4])("with tMult %i", (tMult) => {
    let [tCur, tI] = [0, 10];
    const expected = upTo(100, () => {
      const now = rate([tCur, tI]);
      if (++tCur === tI) [tCur, tI] = [0, tI * tMult];
      return now;
    });
    const optimizer = twoGroups();
    const scheduler = new CosineAnnealingWarmRestarts(optimizer, { t0: 10, tMult, etaMin: 1e-10 });
    expectClose(
      ratesOver(optimizer, scheduler, 99).map(([first]) => first),
      expected,
    );
  });

  test.each([
    [1, [0, 1, 2, 3, 4, 5, 12, 27, 3, 4, 5, 6, 13], [[0, 10], [1, 10], [2, 10], [3, 10], [4, 10], [5, 10], [2, 10], [7, 10], [3, 10], [4, 10], [5, 10], [6, 10], [3, 10]]], // biome-ignore format: rows
    [2, [0, 1, 2, 3, 4, 5, 25, 32, 33, 34, 80, 81, 3], [[0, 10], [1, 10], [2, 10], [3, 10], [4, 10], [5, 10], [15, 20], [2, 40], [3, 40], [4, 40], [10, 80], [11, 80], [3, 10]]], // biome-ignore format: rows
    [3, [0, 0.1, 0.2, 0.3, 1.3, 2.3, 17.5, 18.5, 19.5, 29.5, 30.5, 31.5, 50], [[0, 10], [0.1, 10], [0.2, 10], [0.3, 10], [1.3, 10], [2.3, 10], [7.5, 30], [8.5, 30], [9.5, 30], [19.5, 30], [20.5, 30], [21.5, 30], [10, 90]]], // biome-ignore format: rows
  ] as const)("goes to given epochs, with tMult %i", (tMult, epochs, places) => {
    const optimizer = twoGroups();
    const scheduler = new CosineAnnealingWarmRestarts(optimizer, { t0: 10, tMult, etaMin: 1e-10 });
    epochs.forEach((epoch, i) => {
      scheduler.step(epoch);
      expectClose([optimizer.paramGroups[0].lr], [rate(places[i])]);
      expect(scheduler.lastEpoch).toBe(Math.floor(epoch));
    });
  });

  test("is at the base rate at every restart, exactly", () => {
    const optimizer = twoGroups();
    const scheduler = new CosineAnnealingWarmRestarts(optimizer, { t0: 3, tMult: 3 });
    for (const restart of [3, 12, 39, 120, 363, 1092]) {
      scheduler.step(restart);
      expect(rates(optimizer)).toEqual([0.05, 0.5]);
    }
  });
});

describe("SWALR", () => {
  test.each(["cos", "linear"] as const)("anneals from where another scheduler was: %s", (annealStrategy) => {
    const optimizer = twoGroups();
    const scheduler = new MultiplicativeLR(optimizer, { lrLambda: () => 0.9 });
    const swa = new SWALR(optimizer, { swaLr: [0.01, 0.02], annealEpochs: 5, annealStrategy });
    expect(optimizer.paramGroups.map(({ swaLr }) => swaLr)).toEqual([0.01, 0.02]);
    for (let i = 0; i < 5; i++) scheduler.step();
    const start = rates(optimizer);
    for (let t = 1; t <= 8; t++) {
      swa.step();
      const x = Math.min(t / 5, 1);
      const alpha = annealStrategy === "cos" ? (1 - Math.cos(Math.PI * x)) / 2 : x;
      expectClose(
        rates(optimizer),
        [0.01, 0.02].map((lr, i) => lr * alpha + start[i] * (1 - alpha)),
      );
    }
  });

  test("without annealing jumps to its rate", () => {
    const optimizer = twoGroups();
    const swa = new SWALR(optimizer, { swaLr: 0.01, annealEpochs: 0 });
    expect(rates(optimizer)).toEqual([0.01, 0.01]);
    swa.step();
    expect(rates(optimizer)).toEqual([0.01, 0.01]);
  });
});
