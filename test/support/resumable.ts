/**
 * Trainings of 60 steps that can be stopped at each of them, one for every optimizer and most of their options. Each has
 * both dtypes, a parameter without a gradient until step 20, one whose moments are subnormal when step 32 flushes them, a
 * group that is added at step 30, a learning rate changed by hand, schedulers and averages.
 */

import * as wasm from "adam-wasm";
import {
  AveragedModel,
  ChainedScheduler,
  CosineAnnealingLR,
  ExponentialLR,
  OneCycleLR,
  type Optimizer,
  Parameter,
  ReduceLROnPlateau,
  SequentialLR,
  SparseTensor,
} from "adam-wasm";
import { load, save } from "adam-wasm/checkpoint";
import { type AnyOptimizer, FAMILY, WAYS } from "./family.js";
import { normals } from "./noise.js";

export const STEPS = 60;
const FIRST_LATE_STEP = 20;
const GROUP_ADDED_AT = 30;
const LR_CHANGED_AT = 10;

/** A training that stands at a step. */
export class Resumable {
  readonly #name: string;
  readonly #optimizer: AnyOptimizer;
  readonly #params = [
    Parameter.from(normals(1, 0, 12), { shape: [6, 2] }),
    Parameter.from(Float64Array.from(normals(2, 0, 3))),
    Parameter.from(normals(3, 0, 5)),
    Parameter.from(normals(4, 0, 4)),
    Parameter.from(normals(5, 0, 2)),
  ];
  readonly #average = new AveragedModel(this.#params, { decay: 0.9 });
  readonly #schedulers;
  #step = 0;

  private constructor(name: string, groups: number) {
    this.#name = name;
    const { optimizer, options } = WAYS[name];
    this.#optimizer = FAMILY[optimizer].create(wasm, this.#params.slice(0, 4), options);
    this.#schedulers = schedulersOf(this.#optimizer, "betas" in this.#optimizer.defaults);
    if (groups > 1) this.#addGroup();
  }

  static start(name: string): Resumable {
    return new Resumable(name, 1);
  }

  /** A fresh one, put to where one was saved. */
  static from(name: string, bytes: Uint8Array): Resumable {
    const { step } = load<{ step: number }>(bytes);
    const fresh = new Resumable(name, step >= GROUP_ADDED_AT ? 2 : 1);
    load(bytes, fresh.#parts);
    fresh.#step = step;
    return fresh;
  }

  save(): Uint8Array {
    return save({ ...this.#parts, step: this.#step }, { epsilonHat: true });
  }

  /** Trains to the end of a step. */
  to(step: number): this {
    while (this.#step < step) this.#train(++this.#step);
    return this;
  }

  dispose(): void {
    for (const each of [this.#optimizer, this.#average, ...this.#params]) each.dispose();
  }

  get #parts() {
    return {
      model: this.#params,
      optimizer: this.#optimizer,
      schedulers: this.#schedulers,
      average: this.#average,
    };
  }

  #train(step: number): void {
    if (step === LR_CHANGED_AT) this.#optimizer.paramGroups[0].lr *= 3;
    if (step === GROUP_ADDED_AT) this.#addGroup();
    this.#params.forEach((param, i) => {
      param.grad = i === 2 && step < FIRST_LATE_STEP ? null : this.#gradient(param, i, step);
    });
    this.#optimizer.step();
    for (const scheduler of this.#schedulers) {
      if (scheduler instanceof ReduceLROnPlateau) scheduler.step(step % 7);
      else scheduler.step();
    }
    this.#average.updateParameters();
  }

  #gradient({ shape, dtype, length }: Parameter, index: number, step: number) {
    // Squares of 1e-20 are no normal float32.
    const scale = index === 3 ? 1e-20 : 1;
    const values = normals(10 + index, step, length, scale);
    if (WAYS[this.#name].optimizer !== "SparseAdam") return dtype === "float64" ? Float64Array.from(values) : values;
    const slice = length / shape[0];
    const rows = [step % shape[0], (3 * step + 1) % shape[0]];
    const inner =
      shape.length > 1
        ? rows.map((row) => values.slice(row * slice, (row + 1) * slice))
        : rows.map((row) => values[row]);
    return SparseTensor.coo(rows, inner, { shape: [...shape], dtype });
  }

  #addGroup(): void {
    this.#optimizer.addParamGroup({ params: this.#params[4], lr: 0.02 });
  }
}

/** Several at once, so that each of them has moved by the end. */
function schedulersOf(optimizer: Optimizer, hasBetas: boolean) {
  const pieces = [new ExponentialLR(optimizer, { gamma: 0.99 }), new CosineAnnealingLR(optimizer, { tMax: 100 })];
  return [
    new SequentialLR(optimizer, { schedulers: pieces, milestones: [25] }),
    new ChainedScheduler([new ExponentialLR(optimizer, { gamma: 0.999 })]),
    new ReduceLROnPlateau(optimizer, { patience: 2, factor: 0.9 }),
    ...(hasBetas ? [new OneCycleLR(optimizer, { maxLr: 0.05, totalSteps: STEPS + 1 })] : []),
  ];
}
