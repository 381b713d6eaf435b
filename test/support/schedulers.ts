/** Schedulers of every kind, and an optimizer for them: Adam with two groups, as in torch's own scheduler tests. */

import {
  Adam,
  type AdamOptions,
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

/** Two groups, with learning rates 0.05 and 0.5. */
export function twoGroups(options: Partial<AdamOptions> = {}): Adam {
  const [first, second] = [Parameter.from([1]), Parameter.from([2])];
  return new Adam([{ params: [first] }, { params: [second], lr: 0.5 }], { lr: 0.05, ...options });
}

/** The learning rate of each group. */
export const rates = ({ paramGroups }: Adam): number[] => paramGroups.map(({ lr }) => lr);

/** All that a scheduler may have written into the groups. */
export const fieldsOf = ({ paramGroups }: Adam) => paramGroups.map(({ params: _, ...fields }) => fields);

/** Writes such fields into the groups, as loading an optimizer's state dict would. */
export function setFields({ paramGroups }: Adam, fields: ReturnType<typeof fieldsOf>): void {
  fields.forEach((values, index) => {
    Object.assign(paramGroups[index], values);
  });
}

/** A metric that falls, and stays, and is not a number once. */
export const metricOf = (step: number): number => (step === 30 ? Number.NaN : 1 / (1 + Math.floor(step / 7)));

/** One step of the optimizer and one of the scheduler. */
export function advance(optimizer: Optimizer, scheduler: LRScheduler, step: number): void {
  optimizer.step();
  stepScheduler(scheduler, step);
}

function stepScheduler(scheduler: LRScheduler, step: number): void {
  if (scheduler instanceof ReduceLROnPlateau) scheduler.step(metricOf(step));
  else scheduler.step();
}

/** Learning rates at construction and after each of some steps. */
export function ratesOver(
  optimizer: Adam,
  schedulers: LRScheduler | readonly LRScheduler[],
  steps: number,
): number[][] {
  const rows = [rates(optimizer)];
  for (let step = 1; step <= steps; step++) {
    optimizer.step();
    for (const scheduler of [schedulers].flat() as LRScheduler[]) stepScheduler(scheduler, step);
    rows.push(rates(optimizer));
  }
  return rows;
}

/** A kind of scheduler with options that make something happen within 60 steps. */
type Make = (optimizer: Optimizer, options?: { lastEpoch?: number }) => LRScheduler;

/** Those whose rates follow from the epoch, and that can therefore be resumed with `lastEpoch`. */
export const COUNTING: Readonly<Record<string, Make>> = {
  LambdaLR: (o, more) => new LambdaLR(o, { lrLambda: [(epoch) => 1 / (1 + epoch), (epoch) => 0.97 ** epoch], ...more }),
  MultiplicativeLR: (o, more) =>
    new MultiplicativeLR(o, { lrLambda: (epoch) => (epoch % 2 === 0 ? 0.9 : 1.05), ...more }),
  StepLR: (o, more) => new StepLR(o, { stepSize: 7, gamma: 0.3, ...more }),
  MultiStepLR: (o, more) => new MultiStepLR(o, { milestones: [40, 5, 5, 12], gamma: 0.7, ...more }),
  ConstantLR: (o, more) => new ConstantLR(o, { factor: 0.3, totalIters: 20, ...more }),
  LinearLR: (o, more) => new LinearLR(o, { startFactor: 0.3, endFactor: 0.7, totalIters: 33, ...more }),
  ExponentialLR: (o, more) => new ExponentialLR(o, { gamma: 0.93, ...more }),
  PolynomialLR: (o, more) => new PolynomialLR(o, { totalIters: 45, power: 0.9, ...more }),
  CosineAnnealingLR: (o, more) => new CosineAnnealingLR(o, { tMax: 13, etaMin: 1e-3, ...more }),
  CosineAnnealingWarmRestarts: (o, more) =>
    new CosineAnnealingWarmRestarts(o, { t0: 4, tMult: 2, etaMin: 1e-3, ...more }),
  CyclicLR: (o, more) =>
    new CyclicLR(o, {
      baseLr: [1e-3, 2e-3],
      maxLr: 0.1,
      stepSizeUp: 4,
      stepSizeDown: 7,
      mode: "exp_range",
      gamma: 0.98,
      ...more,
    }),
  OneCycleLR: (o, more) => new OneCycleLR(o, { maxLr: [0.1, 1], totalSteps: 60, threePhase: true, ...more }),
};

/** All of them. */
export const KINDS: Readonly<Record<string, Make>> = {
  ...COUNTING,
  SWALR: (o) => new SWALR(o, { swaLr: [0.01, 0.2], annealEpochs: 25 }),
  ReduceLROnPlateau: (o) => new ReduceLROnPlateau(o, { patience: 2, cooldown: 3, factor: 0.7, minLr: [1e-3, 0.1] }),
  SequentialLR: (o) =>
    new SequentialLR(o, {
      schedulers: [COUNTING.LinearLR(o), COUNTING.CosineAnnealingWarmRestarts(o), KINDS.SWALR(o)],
      milestones: [10, 41],
    }),
  ChainedScheduler: (o) =>
    new ChainedScheduler([COUNTING.StepLR(o), COUNTING.CosineAnnealingLR(o), COUNTING.ConstantLR(o)]),
  "SequentialLR of compositions": (o) => {
    const chain = () => new ChainedScheduler([COUNTING.LinearLR(o), COUNTING.ExponentialLR(o)]);
    const inner = new SequentialLR(o, { schedulers: [chain(), COUNTING.PolynomialLR(o)], milestones: [7] });
    return new SequentialLR(o, { schedulers: [chain(), inner, chain()], milestones: [15, 44] });
  },
};
