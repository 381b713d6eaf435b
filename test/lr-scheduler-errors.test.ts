/** Calls that throw: with torch's words where it has some, and nothing changed. */

import {
  Adam,
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
  type Optimizer,
  Parameter,
  PolynomialLR,
  ReduceLROnPlateau,
  SequentialLR,
  StepLR,
  SWALR,
} from "adam-wasm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";
import { advance, COUNTING, fieldsOf, KINDS, twoGroups } from "./support/schedulers.js";

beforeEach(() => void vi.spyOn(console, "warn").mockReturnValue());
afterEach(() => vi.restoreAllMocks());

type Scheduler = new (optimizer: Optimizer, options: object) => LRScheduler;
type Row = readonly [scheduler: unknown, options: unknown, type: ErrorConstructor, message: string | RegExp];

const code = "ERR_OPTION";
const cyclic = { baseLr: 0.1, maxLr: 1 };
const cycle = { maxLr: 1, totalSteps: 10 };

/** What is wrong with a number. */
const numbers = (
  scheduler: unknown,
  given: object,
  option: string,
  expected: string,
  wrong: readonly number[],
): Row[] => [
  ...wrong.map((value): Row => [scheduler, { ...given, [option]: value }, RangeError, `${expected}, but got ${value}`]),
  [scheduler, { ...given, [option]: Number.NaN }, RangeError, `${expected}, but got NaN`],
  [scheduler, { ...given, [option]: Number.POSITIVE_INFINITY }, RangeError, `${expected}, but got Infinity`],
  [scheduler, { ...given, [option]: "1" }, TypeError, `${expected}, but got "1"`],
  [scheduler, { ...given, [option]: true }, TypeError, `${expected}, but got true`],
];

const FACTOR = "Constant multiplicative factor expected to be between 0 and 1 and not 0";
const START = "Starting multiplicative factor expected to be greater than 0 and less or equal to 1";
const END = "Ending multiplicative factor expected to be between 0 and 1";
const LENGTH = (name: string, length: number) =>
  `${name} must have the same length as optimizer.paramGroups. ${name} has ${length} values, paramGroups has 2`;

const ROWS: readonly Row[] = [
  [StepLR, { stepsize: 3 }, TypeError, 'StepLR has no option "stepsize"; did you mean "stepSize"?'],
  [StepLR, { step_size: 3 }, TypeError, 'StepLR has no option "step_size"; did you mean "stepSize"?'],
  [StepLR, 30, TypeError, "options of StepLR must be an object, got 30; known are stepSize, gamma, lastEpoch"],
  [
    StepLR,
    undefined,
    TypeError,
    "options of StepLR must be an object, got undefined; known are stepSize, gamma, lastEpoch",
  ],
  [StepLR, {}, TypeError, "Expected positive integer stepSize, but got undefined"],
  ...numbers(StepLR, {}, "stepSize", "Expected positive integer stepSize", [0, -1, 0.5, 2 ** 53]),
  ...numbers(StepLR, { stepSize: 1 }, "gamma", "Expected non-negative number gamma", [-0.1]),
  ...numbers(StepLR, { stepSize: 1 }, "lastEpoch", "Expected integer lastEpoch of at least -1", [-2, 0.5]),
  [MultiStepLR, { milestones: 3 }, TypeError, "milestones must be an array, got 3"],
  [MultiStepLR, { milestones: [1, -2] }, RangeError, "Expected non-negative integer milestones, but got -2"],
  [MultiStepLR, { milestones: ["1"] }, TypeError, 'Expected non-negative integer milestones, but got "1"'],
  ...numbers(MultiStepLR, { milestones: [] }, "gamma", "Expected non-negative number gamma", [-1]),
  ...numbers(ConstantLR, {}, "factor", FACTOR, [0, 1.1, -0.1]),
  ...numbers(ConstantLR, {}, "totalIters", "Expected positive integer totalIters", [0, -1, 1.5]),
  ...numbers(LinearLR, {}, "startFactor", START, [0, 1.1, -0.1]),
  ...numbers(LinearLR, {}, "endFactor", END, [1.1, -0.1]),
  ...numbers(LinearLR, {}, "totalIters", "Expected positive integer totalIters", [0]),
  ...numbers(ExponentialLR, {}, "gamma", "Expected non-negative number gamma", [-1]),
  ...numbers(PolynomialLR, {}, "totalIters", "Expected positive integer totalIters", [0]),
  ...numbers(PolynomialLR, {}, "power", "Expected non-negative number power", [-1]),
  ...numbers(CosineAnnealingLR, {}, "tMax", "Expected positive integer tMax", [0, -5, 10.5]),
  [CosineAnnealingLR, { T_max: 5 }, TypeError, 'CosineAnnealingLR has no option "T_max"; did you mean "tMax"?'],
  ...numbers(CosineAnnealingLR, { tMax: 5 }, "etaMin", "Expected non-negative number etaMin", [-1e-9]),
  ...numbers(CosineAnnealingWarmRestarts, {}, "t0", "Expected positive integer t0", [0, -1, 1.5]),
  ...numbers(CosineAnnealingWarmRestarts, { t0: 1 }, "tMult", "Expected positive integer tMult", [0, 1.5]),
  ...numbers(CosineAnnealingWarmRestarts, { t0: 1 }, "etaMin", "Expected non-negative number etaMin", [-1]),

  [LambdaLR, {}, TypeError, "lrLambda should be a function, but got undefined"],
  [LambdaLR, { lrLambda: [Math.sqrt] }, RangeError, "Expected 2 lrLambdas, but got 1"],
  [LambdaLR, { lrLambda: () => "1" }, TypeError, 'lrLambda must return a number, got "1"'],
  [LambdaLR, { lrLambda: [() => 1, () => Number.NaN] }, RangeError, "Invalid learning rate: NaN"],
  [LambdaLR, { lrLambda: [() => 0.5, () => -1] }, RangeError, "Invalid learning rate: -0.5"],
  [MultiplicativeLR, { lrLambda: 0.95 }, TypeError, "lrLambda should be a function, but got 0.95"],
  [MultiplicativeLR, { lrLambda: [0.95, 0.95] }, TypeError, "lrLambda should be a function, but got 0.95"],
  [MultiplicativeLR, { lrLambda: [] }, RangeError, "Expected 2 lrLambdas, but got 0"],

  [CyclicLR, {}, TypeError, "Expected non-negative number baseLr, but got undefined"],
  ...numbers(CyclicLR, { maxLr: 1 }, "baseLr", "Expected non-negative number baseLr", [-1]),
  ...numbers(CyclicLR, { baseLr: 1 }, "maxLr", "Expected non-negative number maxLr", [-1]),
  [CyclicLR, { ...cyclic, maxLr: [1, 2, 3] }, RangeError, LENGTH("maxLr", 3)],
  [CyclicLR, { ...cyclic, maxLr: [1, -2] }, RangeError, "Expected non-negative number maxLr, but got -2"],
  ...numbers(CyclicLR, cyclic, "stepSizeUp", "Expected positive number stepSizeUp", [0, -1]),
  ...numbers(CyclicLR, cyclic, "stepSizeDown", "Expected non-negative number stepSizeDown", [-1]),
  [CyclicLR, { ...cyclic, mode: "CATS" }, RangeError, 'mode is invalid: "CATS"'],
  [CyclicLR, { ...cyclic, scaleFn: 0.5 }, TypeError, "scaleFn should be a function, but got 0.5"],
  [CyclicLR, { ...cyclic, scaleFn: () => Number.NaN }, RangeError, "Invalid learning rate: NaN"],
  [CyclicLR, { ...cyclic, scaleMode: "steps" }, RangeError, 'scaleMode must be "cycle" or "iterations", got "steps"'],
  [CyclicLR, { ...cyclic, cycleMomentum: 1 }, TypeError, "cycleMomentum must be a boolean, got 1"],
  ...numbers(CyclicLR, cyclic, "baseMomentum", "Expected baseMomentum of at least 0 and less than 1", [1, -0.1]),
  ...numbers(CyclicLR, cyclic, "maxMomentum", "Expected maxMomentum of at least 0 and less than 1", [1, -0.1]),

  [OneCycleLR, { maxLr: 1 }, RangeError, "You must define either totalSteps OR (epochs AND stepsPerEpoch)"],
  [OneCycleLR, { maxLr: 1, epochs: 2 }, RangeError, "You must define either totalSteps OR (epochs AND stepsPerEpoch)"],
  ...numbers(OneCycleLR, cycle, "totalSteps", "Expected positive integer totalSteps", [0, 1.5]),
  ...numbers(OneCycleLR, { maxLr: 1, stepsPerEpoch: 2 }, "epochs", "Expected positive integer epochs", [0]),
  ...numbers(OneCycleLR, { maxLr: 1, epochs: 2 }, "stepsPerEpoch", "Expected positive integer stepsPerEpoch", [-1]),
  ...numbers(OneCycleLR, cycle, "pctStart", "Expected float between 0 and 1 pctStart", [1.1, -0.1]),
  [
    OneCycleLR,
    { ...cycle, pctStart: 0.1 },
    RangeError,
    "pctStart of 10 steps must not be one step, which leaves none to rise in, got 0.1",
  ],
  [
    OneCycleLR,
    { ...cycle, annealStrategy: "CATS" },
    RangeError,
    `annealStrategy must be one of 'cos' or 'linear', instead got "CATS"`,
  ],
  ...numbers(OneCycleLR, cycle, "divFactor", "Expected positive number divFactor", [0, -1]),
  ...numbers(OneCycleLR, cycle, "finalDivFactor", "Expected positive number finalDivFactor", [0]),
  ...numbers(OneCycleLR, cycle, "maxMomentum", "Expected maxMomentum of at least 0 and less than 1", [1]),
  [OneCycleLR, { ...cycle, maxLr: [1] }, RangeError, LENGTH("maxLr", 1)],
  [OneCycleLR, { ...cycle, threePhase: null }, TypeError, "threePhase must be a boolean, got null"],

  [
    SWALR,
    { swaLr: 1, annealStrategy: "exponential" },
    RangeError,
    `annealStrategy must be one of 'cos' or 'linear', instead got "exponential"`,
  ],
  ...numbers(SWALR, { swaLr: 1 }, "annealEpochs", "annealEpochs must be an integer equal or greater than 0", [-1, 1.7]),
  [SWALR, { swaLr: [1, 0.1, 0.01] }, RangeError, LENGTH("swaLr", 3)],
  ...numbers(SWALR, {}, "swaLr", "Expected non-negative number swaLr", [-1]),

  ...numbers(ReduceLROnPlateau, {}, "factor", "Factor should be < 1.0 and at least 0", [1, 1.5, -0.1]),
  [ReduceLROnPlateau, { mode: "least" }, RangeError, 'mode "least" is unknown!'],
  [ReduceLROnPlateau, { thresholdMode: 1 }, TypeError, "threshold mode 1 is unknown!"],
  [ReduceLROnPlateau, { minLr: [0.1] }, RangeError, "expected 2 minLrs, got 1"],
  ...numbers(ReduceLROnPlateau, {}, "minLr", "Expected non-negative number minLr", [-1]),
  ...numbers(ReduceLROnPlateau, {}, "patience", "Expected non-negative integer patience", [-1, 0.5]),
  ...numbers(ReduceLROnPlateau, {}, "cooldown", "Expected non-negative integer cooldown", [-1]),
  ...numbers(ReduceLROnPlateau, {}, "threshold", "Expected non-negative number threshold", [-1]),
  ...numbers(ReduceLROnPlateau, {}, "eps", "Expected non-negative number eps", [-1]),
  [ReduceLROnPlateau, { lastEpoch: 3 }, TypeError, /^ReduceLROnPlateau has no option "lastEpoch"/],
  [SequentialLR, {}, TypeError, "SequentialLR expects an array of schedulers, got undefined"],
];

test.each(ROWS.map((row) => ({ scheduler: row[0] as Scheduler, row })))(
  "option $# of $scheduler.name: $row.3",
  ({ scheduler, row }) => {
    const [, options, type, message] = row;
    const optimizer = twoGroups();
    const before = fieldsOf(optimizer);
    const error = thrownBy(() => new scheduler(optimizer, options as object));
    expectError(error, { type, code, message });
    expect(fieldsOf(optimizer)).toEqual(before);
  },
);

test.each(Object.entries(KINDS))("%s takes an optimizer", (_, make) => {
  const impostor = { paramGroups: twoGroups().paramGroups, defaults: {}, stepCalls: 1 };
  for (const [value, name] of [
    ["Adam", "string"],
    [null, "null"],
    [impostor, "Object"],
    [Adam, "function"],
  ] as const) {
    const error = thrownBy(() => make(value as unknown as Adam));
    expectError(error, { type: TypeError, code, message: `${name} is not an Optimizer` });
  }
});

describe("lastEpoch without the fields that it goes on from", () => {
  const message = (field: string, group: number) =>
    `param '${field}' is not specified in paramGroups[${group}] when resuming scheduler with lastEpoch >= 0; load the optimizer's state first`;

  test.each(Object.entries(COUNTING))("%s", (_, make) => {
    const optimizer = twoGroups();
    optimizer.paramGroups[0].initialLr = 1;
    const before = fieldsOf(optimizer);
    const error = thrownBy(() => make(optimizer, { lastEpoch: 3 }));
    expectError(error, {
      type: RangeError,
      code,
      message: make === COUNTING.OneCycleLR ? message("maxLr", 0) : message("initialLr", 1),
    });
    expect(fieldsOf(optimizer)).toEqual(before);
  });

  test("OneCycleLR without momentum needs none", () => {
    const optimizer = twoGroups();
    for (const group of optimizer.paramGroups) Object.assign(group, { initialLr: 0.1, maxLr: 1, minLr: 0.01 });
    expectError(
      thrownBy(() => new OneCycleLR(optimizer, { ...cycle, lastEpoch: 3 })),
      { type: RangeError, code, message: message("maxMomentum", 0) },
    );
    new OneCycleLR(optimizer, { ...cycle, lastEpoch: 3, cycleMomentum: false });
  });
});

test.each([
  ["SWALR", (optimizer: Adam) => new SWALR(optimizer, { swaLr: 1 }), "swaLr"],
  ["OneCycleLR", (optimizer: Adam) => new OneCycleLR(optimizer, cycle), "initialLr"],
])("%s does not go on once the state of an optimizer without it was loaded", (_, make, field) => {
  const optimizer = twoGroups();
  const scheduler = make(optimizer);
  optimizer.step();
  optimizer.loadStateDict(twoGroups().stateDict());
  const before = { fields: fieldsOf(optimizer), dict: scheduler.stateDict() };
  expectError(
    thrownBy(() => scheduler.step()),
    {
      type: RangeError,
      code,
      message: `paramGroups[0] has no ${field}: the loaded state is of another schedule`,
    },
  );
  expect({ fields: fieldsOf(optimizer), dict: scheduler.stateDict() }).toEqual(before);
});

test.each([CyclicLR, OneCycleLR] as Scheduler[])("%o needs momentum, or is told to leave it alone", (scheduler) => {
  const optimizer = twoGroups();
  Object.defineProperty(optimizer, "defaults", { value: { lr: 0.05 } });
  const before = fieldsOf(optimizer);
  const options = { ...(scheduler === (CyclicLR as unknown) ? cyclic : cycle) };
  const message = "optimizer must support momentum or beta1 with `cycleMomentum` option enabled";
  expectError(
    thrownBy(() => new scheduler(optimizer, options)),
    { type: RangeError, code, message },
  );
  expect(fieldsOf(optimizer)).toEqual(before);
  new scheduler(optimizer, { ...options, cycleMomentum: false });
});

describe("schedulers of schedulers", () => {
  const optimizer = twoGroups();
  const [first, second] = [new LinearLR(optimizer), new ExponentialLR(optimizer, { gamma: 0.9 })];
  const plateau = new ReduceLROnPlateau(optimizer);
  const other = new LinearLR(twoGroups());
  const inSequence = (schedulers: unknown, milestones: unknown) => () =>
    new SequentialLR(optimizer, { schedulers, milestones } as never);
  const inChain = (schedulers: unknown, options?: unknown) => () =>
    new ChainedScheduler(schedulers as never, options as never);
  const PLATEAU =
    /^\w+ does not support `ReduceLROnPlateau` scheduler as it requires a metric when calling `step`, but got one at index 1/;
  const SAME = /^\w+ expects all schedulers to belong to the same optimizer, but the one at index 1 has another$/;
  const COUNT = (schedulers: number, milestones: number) =>
    `Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers ${schedulers} and the number of milestones to be equal to ${milestones}`;

  test.each<[act: () => unknown, type: ErrorConstructor, message: string | RegExp]>([
    [inSequence([], []), RangeError, "SequentialLR expects at least one scheduler, but got no scheduler"],
    [inSequence([first, second], []), RangeError, COUNT(2, 0)],
    [inSequence([first, second], [1, 2]), RangeError, COUNT(2, 2)],
    [inSequence([first, plateau], [1]), RangeError, PLATEAU],
    [inSequence([first, other], [1]), RangeError, SAME],
    [inSequence([first, {}], [1]), TypeError, "SequentialLR at index 1 should have a scheduler, got Object"],
    [inSequence([first, first], [1]), RangeError, "SequentialLR got the same scheduler at index 0 and 1"],
    [inSequence([first, second], [0]), RangeError, "Expected positive integer milestones, but got 0"],
    [inSequence([first, second], ["1"]), TypeError, 'Expected positive integer milestones, but got "1"'],
    [inSequence([first, second], 1), TypeError, "milestones must be an array, got 1"],
    [inSequence([first, second, second], [3, 3]), RangeError, /same scheduler/],
    [
      inSequence([first, second, new StepLR(optimizer, { stepSize: 1 })], [3, 3]),
      RangeError,
      "milestones must be increasing, got [3, 3]",
    ],
    [inChain([]), RangeError, "ChainedScheduler expects at least one scheduler, but got no scheduler"],
    [inChain([first, plateau]), RangeError, PLATEAU],
    [inChain([first, other]), RangeError, SAME],
    [
      inChain([other], { optimizer }),
      RangeError,
      /^ChainedScheduler expects all schedulers to belong to the same optimizer/,
    ],
    [inChain([first], { optimizer: {} }), TypeError, "Object is not an Optimizer"],
    [
      inChain([first], { optimiser: optimizer }),
      TypeError,
      'ChainedScheduler has no option "optimiser"; did you mean "optimizer"?',
    ],
    [inChain([first, null]), TypeError, "ChainedScheduler at index 1 should have a scheduler, got null"],
    [inChain(first), TypeError, "ChainedScheduler expects an array of schedulers, got LinearLR"],
    [inChain([second, second]), RangeError, "ChainedScheduler got the same scheduler at index 0 and 1"],
  ])("%#", (act, type, message) => {
    const before = { fields: fieldsOf(optimizer), states: [first, second].map((each) => each.stateDict()) };
    expectError(thrownBy(act), { type, code, message });
    expect({ fields: fieldsOf(optimizer), states: [first, second].map((each) => each.stateDict()) }).toEqual(before);
  });
});

describe("a step that throws changes nothing, and the next one is as if it had not been", () => {
  /** Fails when it is told to. */
  function failing(optimizer: Adam) {
    const will = { fail: false };
    const lambda = (epoch: number) => {
      if (will.fail) throw new Error("of the user");
      return 1 / (1 + epoch);
    };
    // The first group is scheduled before the second one's function fails.
    return { will, scheduler: new LambdaLR(optimizer, { lrLambda: [() => 0.5, lambda] }) };
  }

  const wrapped: Record<string, (optimizer: Adam, last: LRScheduler) => LRScheduler> = {
    LambdaLR: (_, last) => last,
    ChainedScheduler: (o, last) => new ChainedScheduler([new ExponentialLR(o, { gamma: 0.9 }), last]),
    SequentialLR: (o, last) => new SequentialLR(o, { schedulers: [new LinearLR(o), last], milestones: [3] }),
    "SequentialLR of a chain": (o, last) => {
      const chain = new ChainedScheduler([new CosineAnnealingWarmRestarts(o, { t0: 2 }), last]);
      return new SequentialLR(o, { schedulers: [new OneCycleLR(o, cycle), chain], milestones: [3] });
    },
  };

  test.each(Object.entries(wrapped))("%s", (_, wrap) => {
    const [disturbed, calm] = [twoGroups(), twoGroups()];
    const { will, scheduler: last } = failing(disturbed);
    const scheduler = wrap(disturbed, last);
    const twin = wrap(calm, failing(calm).scheduler);
    for (let step = 1; step <= 6; step++) {
      // The sequences call the function from step 3 on.
      if (step >= 3 || wrap === wrapped.LambdaLR || wrap === wrapped.ChainedScheduler) {
        const before = { fields: fieldsOf(disturbed), dict: scheduler.stateDict() };
        will.fail = true;
        expect(() => scheduler.step()).toThrow("of the user");
        expect({ fields: fieldsOf(disturbed), dict: scheduler.stateDict() }).toEqual(before);
        will.fail = false;
      }
      advance(disturbed, scheduler, step);
      advance(calm, twin, step);
      expect(fieldsOf(disturbed)).toEqual(fieldsOf(calm));
    }
  });

  test("OneCycleLR has an end", () => {
    const optimizer = twoGroups();
    const scheduler = new OneCycleLR(optimizer, cycle);
    for (let step = 1; step <= 10; step++) advance(optimizer, scheduler, step);
    const before = { fields: fieldsOf(optimizer), dict: scheduler.stateDict() };
    const message = "Tried to step 11 times. The specified number of total steps is 10";
    for (let again = 0; again < 2; again++) {
      expectError(
        thrownBy(() => scheduler.step()),
        { type: RangeError, code, message },
      );
      expect({ fields: fieldsOf(optimizer), dict: scheduler.stateDict() }).toEqual(before);
    }
  });

  test("a chain with a scheduler that has an end", () => {
    const optimizer = twoGroups();
    const scheduler = new ChainedScheduler([new StepLR(optimizer, { stepSize: 1 }), new OneCycleLR(optimizer, cycle)]);
    for (let step = 1; step <= 10; step++) advance(optimizer, scheduler, step);
    const before = { fields: fieldsOf(optimizer), dict: scheduler.stateDict() };
    expect(() => scheduler.step()).toThrow(/^Tried to step 11 times/);
    expect({ fields: fieldsOf(optimizer), dict: scheduler.stateDict() }).toEqual(before);
  });

  test.each<[string, (o: Adam) => LRScheduler, value: unknown, type: ErrorConstructor, message: string]>([
    [
      "a metric that is text",
      (o) => new ReduceLROnPlateau(o),
      "0.1",
      TypeError,
      'the metric must be a number, got "0.1"',
    ],
    ["no metric", (o) => new ReduceLROnPlateau(o), undefined, TypeError, "the metric must be a number, got undefined"],
    [
      "an epoch before the first",
      (o) => new StepLR(o, { stepSize: 1 }),
      -1,
      RangeError,
      "Expected non-negative epoch, but got -1",
    ],
    [
      "half an epoch",
      (o) => new StepLR(o, { stepSize: 1 }),
      0.5,
      RangeError,
      "Expected non-negative epoch, but got 0.5",
    ],
    ["a tensor", (o) => new StepLR(o, { stepSize: 1 }), [1], TypeError, "Expected non-negative epoch, but got [1]"],
    [
      "a restart in the past",
      (o) => new CosineAnnealingWarmRestarts(o, { t0: 2 }),
      -0.5,
      RangeError,
      "Expected non-negative epoch, but got -0.5",
    ],
    [
      "a restart never",
      (o) => new CosineAnnealingWarmRestarts(o, { t0: 2 }),
      Infinity,
      RangeError,
      "Expected non-negative epoch, but got Infinity",
    ],
  ])("%s", (_, make, value, type, message) => {
    const optimizer = twoGroups();
    const scheduler = make(optimizer);
    const before = { fields: fieldsOf(optimizer), dict: scheduler.stateDict() };
    expectError(
      thrownBy(() => scheduler.step(value as number)),
      { type, code, message },
    );
    expect({ fields: fieldsOf(optimizer), dict: scheduler.stateDict() }).toEqual(before);
  });

  test.each(Object.entries(KINDS))("%s of an optimizer that was disposed", (_, make) => {
    const optimizer = twoGroups();
    const scheduler = make(optimizer);
    for (let step = 1; step <= 3; step++) advance(optimizer, scheduler, step);
    optimizer.dispose();
    const before = { fields: fieldsOf(optimizer), dict: scheduler.stateDict() };
    // ReduceLROnPlateau writes a rate only when it is time.
    const step =
      scheduler instanceof ReduceLROnPlateau ? () => [1, 1, 1].map(() => scheduler.step(1)) : () => scheduler.step();
    expect(thrownBy(step)).toMatchObject({ code: "ERR_DISPOSED" });
    expect(fieldsOf(optimizer)).toEqual(before.fields);
    if (!(scheduler instanceof ReduceLROnPlateau)) expect(scheduler.stateDict()).toEqual(before.dict);
  });

  test("LambdaLR whose function disposes of the optimizer", () => {
    const optimizer = twoGroups();
    let act = () => {};
    const lrLambda = [
      () => 0.5,
      () => {
        act();
        return 0.5;
      },
    ];
    const scheduler = new LambdaLR(optimizer, { lrLambda });
    optimizer.step();
    optimizer.paramGroups[0].lr = 0.3;
    const before = { fields: fieldsOf(optimizer), dict: scheduler.stateDict() };
    act = () => optimizer.dispose();
    expect(thrownBy(() => scheduler.step())).toMatchObject({ code: "ERR_DISPOSED" });
    expect(scheduler.stateDict()).toEqual(before.dict);
  });

  test("ReduceLROnPlateau, which has counted a new group by then", () => {
    const optimizer = twoGroups();
    const scheduler = new ReduceLROnPlateau(optimizer, { patience: 0 });
    scheduler.step(1);
    optimizer.addParamGroup({ params: [Parameter.from([1])] });
    optimizer.dispose();
    const dict = scheduler.stateDict();
    expect(thrownBy(() => scheduler.step(1))).toMatchObject({ code: "ERR_DISPOSED" });
    expect(scheduler.stateDict()).toEqual(dict);
  });
});
