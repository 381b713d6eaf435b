/** SWATS: when to go from Adam to SGD, and at which learning rate (Keskar & Socher, arXiv 1712.07628). */

import { type CodedError, kindOf, knownOptions, mismatch, ownOptions, shown, stateError, typeError } from "../check.js";
import { refuseForeign } from "../foreign.js";
import { INSPECT } from "../globals.js";
import { integerPower } from "../power.js";
import type { Tensor } from "../tensor.js";
import { Adam } from "./adam.js";
import { nonNegative } from "./options.js";
import { SGD } from "./sgd.js";
import { checkStepOptions, PLAIN_STEP, type StepOptions, type ZeroGradOptions } from "./step-options.js";

/** Options of {@link SWATS}. */
export interface SWATSOptions {
  /** How close the estimate must be to its average for the switch, 1e-9 by default. */
  readonly tolerance?: number | undefined;
}

/** What `stateDict()` of a {@link SWATS} returns. */
export interface SWATSStateDict {
  step: number;
  average: number;
  settled: boolean;
}

const tolerance = nonNegative(1e-9, "Invalid tolerance value");

/**
 * Watches Adam, and says when SGD can take over: when the learning rate has settled at which SGD's step, projected on
 * Adam's, is Adam's step.
 *
 * ```text
 * γ = (Δ · Δ) / (−Δ · g)                Δ = what Adam's step changed, over all parameters with a gradient
 * λ = β₂·λ + (1 − β₂)·γ,   lr = λ / (1 − β₂ᵏ)       β₂ of the first group
 * settled if k > 1, lr > 0 and |lr − γ| < tolerance
 * ```
 *
 * @example
 * const adam = new Adam(params);
 * const swats = new SWATS(adam);
 * let optimizer: SWATS | SGD = swats;
 * for (const batch of batches) {
 *   setGradients(batch);
 *   optimizer.step();
 *   if (optimizer === swats && swats.settled) optimizer = swats.toSGD();
 * }
 */
export class SWATS {
  readonly #adam: Adam;
  readonly #tolerance: number;
  #step = 0;
  #average = 0;
  #lr = Number.NaN;
  #settled = false;

  /** @throws ERR_OPTION for something that is not Adam or AdamW, and for a tolerance that is no number from 0 up */
  constructor(adam: Adam, options: SWATSOptions = {}) {
    refuseForeign(adam);
    if (!(adam instanceof Adam)) throw typeError("ERR_OPTION", `SWATS watches Adam or AdamW, but got ${kindOf(adam)}`);
    const given = knownOptions(options, ["tolerance"], "SWATS");
    this.#adam = adam;
    this.#tolerance = given.tolerance === undefined ? tolerance.default : tolerance.check(given.tolerance);
  }

  /**
   * The estimate; NaN before the first step, and as it was at that moment once it has settled. It is for SGD without
   * momentum: with momentum β, whose steps add up to 1 / (1 − β) of one, it is to be multiplied by 1 − β.
   */
  get lr(): number {
    return this.#lr;
  }

  /** Whether the learning rate has settled; once it has, it stays so. */
  get settled(): boolean {
    return this.#settled;
  }

  /**
   * A step of Adam, with what that takes, returns and throws, and a look at what it changed. Until it has settled, `zeroGrad`
   * fills gradients only after that look: hooks behind the step still see them.
   */
  step(closure?: undefined, options?: StepOptions): undefined;
  step<T>(closure: () => T, options?: StepOptions): T;
  step(closure?: () => unknown, options?: StepOptions): unknown {
    if (this.#settled) return this.#adam.step(closure as () => unknown, options);
    const { gradScale, zeroGrad } = options === undefined ? PLAIN_STEP : checkStepOptions(options);
    const before = new Map<Tensor, Float64Array>();
    for (const { params } of this.#adam.paramGroups) {
      for (const param of params) if (param.requiresGrad) before.set(param, Float64Array.from(param.data));
    }
    const finish = () => {
      this.#look(before, gradScale);
      if (zeroGrad) this.#adam.zeroGrad({ setToNone: false });
    };
    let loss: unknown;
    try {
      loss = this.#adam.step(closure as () => unknown, { gradScale });
    } catch (error) {
      // The step was done all the same.
      if ((error as Partial<CodedError>).code === "ERR_HOOK") finish();
      throw error;
    }
    finish();
    return loss;
  }

  /** {@link Adam.zeroGrad} of the optimizer that is watched. */
  zeroGrad(options?: ZeroGradOptions): void {
    this.#adam.zeroGrad(options);
  }

  get #beta2(): number {
    return this.#adam.paramGroups[0].betas[1];
  }

  #look(before: ReadonlyMap<Tensor, Float64Array>, gradScale: number): void {
    let [length, along] = [0, 0];
    for (const { params, maximize } of this.#adam.paramGroups) {
      for (const param of params) {
        const old = before.get(param);
        if (old === undefined || param.grad === null) continue;
        const [data, grad] = [param.data, (param.grad as Tensor).data];
        for (let i = 0; i < old.length; i++) {
          const change = (data[i] as number) - (old[i] as number);
          length += change * change;
          along += maximize ? change * (grad[i] as number) : -change * (grad[i] as number);
        }
      }
    }
    along *= gradScale;
    // Across the gradient, or without a step, there is nothing to learn.
    if (along === 0) return;
    const gamma = length / along;
    this.#step++;
    this.#average = this.#beta2 * this.#average + (1 - this.#beta2) * gamma;
    this.#lr = this.#rateOf(this.#average, this.#step);
    this.#settled = this.#step > 1 && this.lr > 0 && Math.abs(this.lr - gamma) < this.#tolerance;
  }

  /** The average without its bias; NaN before the first step. */
  #rateOf(average: number, step: number): number {
    return average / (1 - integerPower(this.#beta2, step));
  }

  /**
   * SGD on the same groups: momentum β₁ with its buffers empty, at (1 − β₁) times the learning rate that has settled;
   * groups whose learning rate is below the highest have one that is lower in proportion.
   * Weight decay and `maximize` are those of the groups. Adam is left as it is: dispose of it to have its memory back.
   * @throws ERR_OPTION if nothing has settled yet
   */
  toSGD(): SGD {
    if (!this.#settled) {
      throw stateError("ERR_OPTION", `the learning rate has not settled yet: it is ${shown(this.lr)} now`);
    }
    const groups = this.#adam.paramGroups;
    const highest = Math.max(...groups.map(({ lr }) => lr));
    return new SGD(
      groups.map(({ params, paramNames, name, lr, betas, weightDecay, maximize }) => ({
        params,
        paramNames,
        name,
        lr: lr === 0 ? 0 : (1 - betas[0]) * this.lr * (lr / highest),
        momentum: betas[0],
        weightDecay,
        maximize,
      })),
    );
  }

  toString(): string {
    return `SWATS(lr=${this.lr}, settled=${this.#settled})`;
  }

  [INSPECT](): string {
    return this.toString();
  }

  get [Symbol.toStringTag](): string {
    return "SWATS";
  }

  /** What a later run needs to go on watching, beside Adam's own state dict. */
  stateDict(): SWATSStateDict {
    return { step: this.#step, average: this.#average, settled: this.#settled };
  }

  /** @throws ERR_STATE_MISMATCH if the dict is not one of `stateDict()`; nothing has changed then */
  loadStateDict(dict: SWATSStateDict): void {
    const { step, average, settled } = ownOptions(dict, "state dict");
    const isCount = Number.isSafeInteger(step) && (step as number) >= 0;
    if (!isCount || !Number.isFinite(average) || typeof settled !== "boolean") {
      throw mismatch(
        `a state dict of SWATS has a step, an average and settled, got ${shown(step)}, ${shown(average)} and ${shown(settled)}`,
      );
    }
    const lr = this.#rateOf(average as number, step as number);
    if (settled && !((step as number) > 1 && lr > 0)) {
      throw mismatch(`a state dict of SWATS cannot have settled at a learning rate of ${lr} after ${step} steps`);
    }
    [this.#step, this.#average, this.#lr, this.#settled] = [step as number, average as number, lr, settled];
  }
}
