/** Schedules that are stopped and gone on with: the rates are to the bit those of one that never stopped. */

import {
  type Adam,
  ChainedScheduler,
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
  Parameter,
  ReduceLROnPlateau,
  type SchedulerStateDict,
  StepLR,
  SWALR,
} from "adam-wasm";
import { describe, expect, test } from "vitest";
import { expectError, thrownBy } from "./support/rejects.js";
import { advance, COUNTING, fieldsOf, KINDS, setFields, twoGroups } from "./support/schedulers.js";

const STEPS = 60;

/** What the groups hold after each step from `first` on. */
function goOn(optimizer: Adam, scheduler: LRScheduler, first = 1) {
  const rows = [];
  for (let step = first; step <= STEPS; step++) {
    advance(optimizer, scheduler, step);
    rows.push({ fields: fieldsOf(optimizer), last: scheduler.getLastLR(), dict: scheduler.stateDict() });
  }
  return rows;
}

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value));

test.each(Object.entries(KINDS))("%s goes on from a state dict of any step, also through JSON", (_, make) => {
  const optimizer = twoGroups();
  const scheduler = make(optimizer);
  const before = { fields: fieldsOf(optimizer), dict: scheduler.stateDict() };
  const whole = goOn(optimizer, scheduler);
  [before, ...whole].forEach(({ fields, dict }, k) => {
    const fresh = twoGroups();
    const resumed = make(fresh);
    resumed.loadStateDict(k % 2 === 0 ? dict : throughJson(dict));
    setFields(fresh, fields);
    expect(resumed.stateDict()).toEqual(dict);
    expect(goOn(fresh, resumed, k + 1), `from step ${k}`).toEqual(whole.slice(k));
  });
});

test.each(Object.entries(COUNTING))("%s goes on with lastEpoch and the fields of the groups", (_, make) => {
  const optimizer = twoGroups();
  const whole = goOn(optimizer, make(optimizer)).map(({ fields }) => fields);
  for (const k of [1, 5, 7, 12, 20, 31, 40, 59]) {
    const fresh = twoGroups();
    setFields(fresh, whole[k - 1]);
    const resumed = make(fresh, { lastEpoch: k - 1 });
    expect(fieldsOf(fresh)).toEqual(whole[k - 1]);
    expect(goOn(fresh, resumed, k + 1).map(({ fields }) => fields)).toEqual(whole.slice(k));
  }
});

test.each(Object.entries(KINDS))("%s: a state dict is a copy, and loading one leaves the groups alone", (_, make) => {
  const optimizer = twoGroups();
  const scheduler = make(optimizer);
  for (let step = 1; step <= 20; step++) advance(optimizer, scheduler, step);
  const dict = scheduler.stateDict();
  const text = JSON.stringify(dict);

  const fresh = twoGroups();
  const resumed = make(fresh);
  const fields = fieldsOf(fresh);
  resumed.loadStateDict(dict);
  expect(fieldsOf(fresh)).toEqual(fields);
  expect(resumed.getLastLR()).toEqual(scheduler.getLastLR());

  for (const value of Object.values(dict)) if (Array.isArray(value)) value.reverse().push("changed");
  expect(JSON.stringify(scheduler.stateDict())).toBe(text);
  expect(JSON.stringify(resumed.stateDict())).toBe(text);
});

describe("a state dict has torch's keys", () => {
  const common = { base_lrs: [0.05, 0.5], last_epoch: 1, _step_count: 2 };

  test.each<[string, (o: Adam) => LRScheduler, object]>([
    [
      "StepLR",
      (o) => new StepLR(o, { stepSize: 1 }),
      { ...common, step_size: 1, gamma: 0.1, _last_lr: [0.05 * 0.1, 0.05] },
    ],
    [
      "MultiStepLR: how often each milestone was given",
      (o) => new MultiStepLR(o, { milestones: [9, 2, 9] }),
      { ...common, milestones: { 2: 1, 9: 2 }, gamma: 0.1, _last_lr: [0.05, 0.5] },
    ],
    [
      "CosineAnnealingLR",
      (o) => new CosineAnnealingLR(o, { tMax: 1, etaMin: 0.01 }),
      { ...common, T_max: 1, eta_min: 0.01, _last_lr: [0.01, 0.01] },
    ],
    [
      "CosineAnnealingWarmRestarts",
      (o) => new CosineAnnealingWarmRestarts(o, { t0: 1, tMult: 3 }),
      { ...common, T_0: 1, T_i: 3, T_cur: 0, T_mult: 3, eta_min: 0, _last_lr: [0.05, 0.5] },
    ],
    [
      "LambdaLR: nothing of functions",
      (o) => new LambdaLR(o, { lrLambda: () => 1 }),
      { ...common, lr_lambdas: [null, null], _last_lr: [0.05, 0.5] },
    ],
    [
      "CyclicLR",
      (o) => new CyclicLR(o, { baseLr: 1, maxLr: 2, stepSizeUp: 1 }),
      {
        ...common,
        base_lrs: [1, 1],
        max_lrs: [2, 2],
        total_size: 2,
        step_ratio: 0.5,
        mode: "triangular",
        gamma: 1,
        scale_mode: "cycle",
        _scale_fn_custom: null,
        cycle_momentum: true,
        use_beta1: true,
        base_momentums: [0.8, 0.8],
        max_momentums: [0.9, 0.9],
        _last_lr: [2, 2],
      },
    ],
    [
      "OneCycleLR",
      (o) => new OneCycleLR(o, { maxLr: 1, totalSteps: 2, pctStart: 1, annealStrategy: "linear" }),
      {
        ...common,
        base_lrs: [0.04, 0.04],
        total_steps: 2,
        _anneal_func_type: "linear",
        _schedule_phases: [
          {
            end_step: 1,
            start_lr: "initial_lr",
            end_lr: "max_lr",
            start_momentum: "max_momentum",
            end_momentum: "base_momentum",
          },
          {
            end_step: 1,
            start_lr: "max_lr",
            end_lr: "min_lr",
            start_momentum: "base_momentum",
            end_momentum: "max_momentum",
          },
        ],
        cycle_momentum: true,
        use_beta1: true,
        _last_lr: [1, 1],
      },
    ],
    [
      "ChainedScheduler",
      (o) => new ChainedScheduler([new ExponentialLR(o, { gamma: 0 })]),
      { _schedulers: [{ ...common, gamma: 0, _last_lr: [0, 0] }], _last_lr: [0, 0] },
    ],
  ])("%s", (_, make, expected) => {
    const optimizer = twoGroups();
    const scheduler = make(optimizer);
    advance(optimizer, scheduler, 1);
    expect(scheduler.stateDict()).toEqual(expected);
  });

  test("ReduceLROnPlateau", () => {
    const scheduler = new ReduceLROnPlateau(twoGroups());
    const expected = {
      mode: "min",
      mode_worse: Infinity,
      best: Infinity,
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      threshold_mode: "rel",
      cooldown: 0,
      cooldown_counter: 0,
      num_bad_epochs: 0,
      min_lrs: [0, 0],
      default_min_lr: 0,
      eps: 1e-8,
      last_epoch: 0,
      _last_lr: [0.05, 0.5],
    };
    expect(scheduler.stateDict()).toEqual(expected);
    scheduler.loadStateDict(throughJson(expected));
    expect(scheduler.best).toBe(Infinity);
  });
});

test("a state dict of torch loads, with what Python alone understands, and what it adds is written back", () => {
  const optimizer = twoGroups();
  const scheduler = new MultiStepLR(optimizer, { milestones: [1] });
  const torch = {
    milestones: { 2: 1, 5: 2 },
    gamma: 0.5,
    base_lrs: [0.05, 0.5],
    last_epoch: 4,
    _step_count: 5,
    _get_lr_called_within_step: false,
    _is_initial: false,
    _last_lr: [0.025, 0.25],
    verbose: false,
    note: { by: ["us"] },
  };
  scheduler.loadStateDict(torch);
  expect(scheduler.getLastLR()).toEqual([0.025, 0.25]);
  expect([scheduler.lastEpoch, scheduler.stepCount]).toEqual([4, 5]);
  advance(optimizer, scheduler, 5);
  expect(scheduler.getLastLR()).toEqual([0.0125, 0.125]);
  const { _get_lr_called_within_step, _is_initial, verbose, ...kept } = torch;
  expect(scheduler.stateDict()).toEqual({ ...kept, last_epoch: 5, _step_count: 6, _last_lr: [0.0125, 0.125] });

  scheduler.loadStateDict({ ...torch, milestones: [9, 7, 9] });
  expect(scheduler.stateDict()).toMatchObject({ milestones: { 7: 1, 9: 2 } });
});

test("a base rate is the initial one of the group if it has one already", () => {
  const optimizer = twoGroups();
  const first = new ExponentialLR(optimizer, { gamma: 0.5 });
  for (let i = 0; i < 3; i++) advance(optimizer, first, i);
  const second = new LambdaLR(optimizer, { lrLambda: () => 1 });
  expect(second.baseLrs).toEqual([0.05, 0.5]);
  expect(fieldsOf(optimizer)).toMatchObject([{ lr: 0.05 }, { lr: 0.5 }]);
});

describe("a state dict that does not fit is refused, and nothing is changed", () => {
  const step = (o: Adam) => new StepLR(o, { stepSize: 2 });
  const chained = (o: Adam) => new ChainedScheduler([step(o), new LinearLR(o)]);
  const without = (key: string) => (dict: SchedulerStateDict) => {
    const { [key]: _, ...rest } = dict;
    return rest;
  };
  type Row = readonly [
    name: string,
    make: (o: Adam) => LRScheduler,
    spoil: (dict: SchedulerStateDict) => unknown,
    type: ErrorConstructor,
    message: string | RegExp,
  ];

  const WRONG: readonly Row[] = [
    ["null", step, () => null, TypeError, "state dict of StepLR must be an object, got null"],
    [
      "a step size of 0",
      step,
      (d) => ({ ...d, step_size: 0 }),
      RangeError,
      "Expected positive integer stepSize, but got 0",
    ],
    [
      "half an epoch",
      step,
      (d) => ({ ...d, last_epoch: 0.5 }),
      RangeError,
      "Expected integer lastEpoch of at least -1, but got 0.5",
    ],
    [
      "a text as epoch",
      step,
      (d) => ({ ...d, last_epoch: "3" }),
      TypeError,
      'Expected integer lastEpoch of at least -1, but got "3"',
    ],
    [
      "rates that are not numbers",
      step,
      (d) => ({ ...d, base_lrs: [0.05, null] }),
      TypeError,
      "Expected non-negative number base_lrs, but got null",
    ],
    [
      "functions",
      step,
      (d) => ({ ...d, extra: () => 1 }),
      TypeError,
      "the state dict of StepLR has an entry that cannot be copied: extra",
    ],
    [
      "no schedulers",
      chained,
      (d) => ({ ...d, _schedulers: {} }),
      TypeError,
      "_schedulers must be an array of state dicts",
    ],
    [
      "a wrong end",
      chained,
      (d) => ({ ...throughJson(d), _last_lr: [-1] }),
      RangeError,
      "Expected non-negative number _last_lr, but got -1",
    ],
    [
      "milestones in words",
      (o) => new MultiStepLR(o, { milestones: [1] }),
      (d) => ({ ...d, milestones: { one: 1 } }),
      RangeError,
      "Expected non-negative integer milestones, but got NaN",
    ],
    [
      "a milestone half a time",
      (o) => new MultiStepLR(o, { milestones: [1] }),
      (d) => ({ ...d, milestones: { 1: 0.5 } }),
      RangeError,
      "Expected positive integer milestones, but got 0.5",
    ],
    [
      "a phase to nowhere",
      KINDS.OneCycleLR,
      (d) => ({ ...d, _schedule_phases: [{ end_step: 1, start_lr: "lr" }] }),
      RangeError,
      'a phase has no learning rate "lr"',
    ],
    [
      "another anneal strategy",
      KINDS.OneCycleLR,
      (d) => ({ ...d, _anneal_func_type: "exp" }),
      RangeError,
      `annealStrategy must be one of 'cos' or 'linear', instead got "exp"`,
    ],
    [
      "no phases",
      KINDS.OneCycleLR,
      (d) => ({ ...d, _schedule_phases: [] }),
      RangeError,
      "_schedule_phases must not be empty",
    ],
    [
      "a best that is text",
      (o) => new ReduceLROnPlateau(o),
      (d) => ({ ...d, best: "1" }),
      TypeError,
      'the metric must be a number, got "1"',
    ],
    [
      "milestones that fall",
      KINDS.SequentialLR,
      (d) => ({ ...d, _milestones: [9, 3] }),
      RangeError,
      "milestones must be increasing, got [9, 3]",
    ],
  ];

  const OF_ANOTHER: readonly Row[] = [
    ["no step size", step, without("step_size"), RangeError, 'the state dict of StepLR has no "step_size"'],
    ["no epoch", step, without("last_epoch"), RangeError, 'the state dict of StepLR has no "last_epoch"'],
    [
      "more groups",
      step,
      (d) => ({ ...d, base_lrs: [1, 1, 1] }),
      RangeError,
      "the state dict is of 3 param groups, but the optimizer has 2",
    ],
    [
      "fewer schedulers",
      chained,
      (d) => ({ ...d, _schedulers: [] }),
      RangeError,
      "the state dict is of 0 schedulers, but there are 2",
    ],
    [
      "a second scheduler that is wrong",
      chained,
      (d) => ({ ...d, _schedulers: [{ ...(d._schedulers as object[])[0], last_epoch: 9, note: 1 }, {}] }),
      RangeError,
      'the state dict of LinearLR has no "start_factor"',
    ],
    [
      "a function of Python",
      KINDS.LambdaLR,
      (d) => ({ ...d, lr_lambdas: [{ value: 1 }, null] }),
      RangeError,
      "lr_lambdas holds a callable object of Python, which cannot be loaded",
    ],
    [
      "more functions",
      KINDS.LambdaLR,
      (d) => ({ ...d, lr_lambdas: [null, null, null] }),
      RangeError,
      "Expected 2 lr_lambdas, but got 3",
    ],
    [
      "momentum of SGD",
      KINDS.CyclicLR,
      (d) => ({ ...d, use_beta1: false }),
      RangeError,
      "the state dict is of a schedule that cycles another kind of momentum",
    ],
    [
      "lists of different lengths",
      KINDS.CyclicLR,
      (d) => ({ ...d, max_lrs: [1] }),
      RangeError,
      "the state dict of CyclicLR has lists of different lengths",
    ],
    [
      "a momentum that is cycled between no bounds",
      (o) => new CyclicLR(o, { baseLr: 1, maxLr: 2, cycleMomentum: false }),
      (d) => ({ ...d, cycle_momentum: true }),
      RangeError,
      "the state dict of CyclicLR has lists of different lengths",
    ],
    [
      "another number of milestones",
      KINDS.SequentialLR,
      (d) => ({ ...d, _milestones: [9] }),
      RangeError,
      /got number of schedulers 3 and the number of milestones to be equal to 1$/,
    ],
  ];

  describe.each([
    ["ERR_OPTION", WRONG],
    ["ERR_STATE_MISMATCH", OF_ANOTHER],
  ] as const)("%s", (code, rows) => {
    test.each(rows)("%s", (_, make, spoil, type, message) => {
      const optimizer = twoGroups();
      const scheduler = make(optimizer);
      advance(optimizer, scheduler, 1);
      const dict = scheduler.stateDict();
      const before = { dict, fields: fieldsOf(optimizer), text: `${scheduler}` };
      const error = thrownBy(() => scheduler.loadStateDict(spoil(scheduler.stateDict()) as SchedulerStateDict));
      expectError(error, { type, code, message });
      expect({ dict: scheduler.stateDict(), fields: fieldsOf(optimizer), text: `${scheduler}` }).toEqual(before);
    });
  });
});

test("nothing is read from prototypes", () => {
  const prototype = Object.prototype as Record<string, unknown>;
  const optimizer = twoGroups();
  const scheduler = new StepLR(optimizer, { stepSize: 2 });
  const dict = scheduler.stateDict();
  prototype.gamma = 0.5;
  prototype.lastEpoch = 7;
  prototype.last_epoch = 7;
  prototype.betas = [0.1, 0.2];
  prototype.optimizer = null;
  try {
    const other = new StepLR(optimizer, { stepSize: 2 });
    expect([other.lastEpoch, other.stateDict().gamma]).toEqual([0, 0.1]);
    new ChainedScheduler([other]);
    delete dict.last_epoch;
    expectError(
      thrownBy(() => other.loadStateDict(dict)),
      { type: RangeError, code: "ERR_STATE_MISMATCH", message: /last_epoch/ },
    );
  } finally {
    for (const name of ["gamma", "lastEpoch", "last_epoch", "betas", "optimizer"]) delete prototype[name];
  }
});

describe("a group that is added later", () => {
  const add = (optimizer: Adam) => optimizer.addParamGroup({ params: [Parameter.from([3])], lr: 1 });
  const third = (optimizer: Adam) => optimizer.paramGroups[2].lr;

  test("takes part where rates follow from the rates before, and keeps its own elsewhere", () => {
    const optimizer = twoGroups();
    const chainable = new ExponentialLR(optimizer, { gamma: 0.5 });
    const computed = new LambdaLR(optimizer, { lrLambda: () => 0.1 });
    add(optimizer);
    advance(optimizer, chainable, 1);
    expect(third(optimizer)).toBe(0.5);
    advance(optimizer, computed, 1);
    expect(third(optimizer)).toBe(0.5);
    expect(computed.getLastLR()).toHaveLength(3);

    const fresh = twoGroups();
    const resumed = new ExponentialLR(fresh, { gamma: 1 });
    add(fresh);
    resumed.loadStateDict(chainable.stateDict());
    advance(fresh, resumed, 2);
    expect(third(fresh)).toBe(0.5);
  });

  test("takes part in SWALR and OneCycleLR if it has their fields, as in torch", () => {
    const optimizer = twoGroups();
    const swa = new SWALR(optimizer, { swaLr: 0.1, annealEpochs: 4, annealStrategy: "linear" });
    optimizer.addParamGroup({ params: [Parameter.from([3])], lr: 2, swaLr: 0.2 });
    add(optimizer);
    const rates = [1, 2, 3, 4, 5].map((epoch) => {
      advance(optimizer, swa, epoch);
      return third(optimizer);
    });
    for (const [i, rate] of [1.55, 1.1, 0.65, 0.2, 0.2].entries()) expect(rates[i]).toBeCloseTo(rate, 12);
    expect(optimizer.paramGroups[3].lr).toBe(1);

    const cycled = twoGroups();
    const cycle = new OneCycleLR(cycled, { maxLr: 1, totalSteps: 10, annealStrategy: "linear" });
    const fields = { initialLr: 0.04, maxLr: 1, minLr: 4e-6, maxMomentum: 0.95, baseMomentum: 0.85 };
    cycled.addParamGroup({ params: [Parameter.from([3])], lr: 0.04, betas: [0.95, 0.999], ...fields });
    cycled.addParamGroup({ params: [Parameter.from([3])], lr: 0.04, ...fields, baseMomentum: undefined });
    advance(cycled, cycle, 1);
    expect(third(cycled)).toBeCloseTo(0.52, 12);
    expect(cycled.paramGroups[2].betas[0]).toBeCloseTo(0.9, 12);
    expect(cycled.paramGroups[3]).toMatchObject({ lr: 0.04, betas: [0.9, 0.999] });
  });

  test.each([LambdaLR, MultiplicativeLR])("is left alone by the resumed run too, if it has no function: %o", (kind) => {
    const make = (optimizer: Adam) => new kind(optimizer, { lrLambda: () => 0.5 });
    const saved = twoGroups();
    const scheduler = make(saved);
    add(saved);
    const resumed = twoGroups();
    add(resumed);
    const other = make(resumed);
    resumed.loadStateDict(saved.stateDict());
    other.loadStateDict(scheduler.stateDict());
    for (const [optimizer, each] of [[saved, scheduler] as const, [resumed, other] as const]) {
      advance(optimizer, each, 1);
      expect(third(optimizer)).toBe(1);
    }
    expect(other.stateDict()).toEqual(scheduler.stateDict());
  });

  test.each(["CosineAnnealingWarmRestarts", "CyclicLR", "OneCycleLR", "SWALR"])("%s does not know it", (name) => {
    const optimizer = twoGroups();
    const scheduler = KINDS[name](optimizer);
    add(optimizer);
    for (let step = 1; step <= 20; step++) advance(optimizer, scheduler, step);
    expect(optimizer.paramGroups[2]).toMatchObject({ lr: 1, betas: [0.9, 0.999] });
  });

  test("has the lowest rate of all in ReduceLROnPlateau, or must be given one", () => {
    const [one, each] = [twoGroups(), twoGroups()];
    const forAll = new ReduceLROnPlateau(one, { patience: 0, minLr: 0.4 });
    const forEach = new ReduceLROnPlateau(each, { patience: 0, minLr: [0, 0] });
    for (const [optimizer, scheduler] of [
      [one, forAll],
      [each, forEach],
    ] as const) {
      add(optimizer);
      scheduler.step(1);
    }
    forAll.step(1);
    expect(third(one)).toBe(0.4);

    const before = { dict: forEach.stateDict(), fields: fieldsOf(each) };
    const message = /^The number of param groups in the `optimizer` \(3\) differs from when .* \(2\)/;
    expectError(
      thrownBy(() => forEach.step(1)),
      { type: Error, code: "ERR_OPTION", message },
    );
    expect({ dict: forEach.stateDict(), fields: fieldsOf(each) }).toEqual(before);
    forEach.minLrs = [...forEach.minLrs, 0.6];
    forEach.step(1);
    expect(third(each)).toBe(0.6);
  });
});
