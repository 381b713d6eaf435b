/** The network and its optimizer: all of the demo that learns, without page or worker around it. */

import type { Optimizer } from "adam-wasm";
import { load, save } from "adam-wasm/checkpoint";
import { batches, CLASSES, type Digits, PIXELS } from "../digits/data.mjs";
import { Network } from "../digits/network.mjs";
import { seededRandom } from "../digits/random.mjs";
import type { Epoch, Result, Settings } from "./messages.js";
import { optimizers } from "./optimizers.js";

export const HIDDEN = 32;
const BATCH = 32;

/** What there is to learn, and what to test it with. */
export interface Parts {
  readonly train: Digits;
  readonly test: Digits;
}

/** What a checkpoint has beside the model and its optimizer. */
interface Kept {
  readonly settings: Settings;
  readonly history: Result[];
  readonly randomState: number;
}

export class Trainer {
  readonly #digits: Parts;
  readonly #random;
  readonly #network: Network;
  #settings: Settings;
  #optimizer: Optimizer;
  #history: Result[] = [];

  /** Takes the first weights and the order of batches from `seed`. */
  constructor(digits: Parts, settings: Settings, seed: number) {
    this.#digits = digits;
    this.#random = seededRandom(seed);
    this.#network = new Network([PIXELS, HIDDEN, CLASSES], this.#random);
    this.#settings = settings;
    this.#optimizer = this.#make(settings);
  }

  /** The training that a checkpoint holds. Throws for any other file. */
  static from(digits: Parts, checkpoint: Uint8Array): Trainer {
    const { settings, history, randomState } = load<Partial<Kept>>(checkpoint);
    if (settings === undefined || !Array.isArray(history) || randomState === undefined)
      throw new RangeError("It is a checkpoint, but not of this page");
    const trainer = new Trainer(digits, settings, 0);
    try {
      load(checkpoint, trainer.#parts);
    } catch (error) {
      trainer.dispose();
      throw error;
    }
    trainer.#history = history;
    trainer.#random.state = randomState;
    return trainer;
  }

  /** All that it takes to go on from here with the same bits. */
  save(): Uint8Array<ArrayBuffer> {
    const kept: Kept = { settings: this.#settings, history: this.#history, randomState: this.#random.state };
    return save({ ...this.#parts, ...kept });
  }

  get settings(): Settings {
    return this.#settings;
  }

  get history(): readonly Result[] {
    return this.#history;
  }

  /** The first layer's weights, hidden × pixels: a copy. */
  get weights(): Float32Array<ArrayBuffer> {
    return this.#network.first.weight.data.slice() as Float32Array<ArrayBuffer>;
  }

  /**
   * Goes on from the present weights with other settings, and as long as it is the same optimizer with its moments. Throws
   * what an optimizer says to settings that it does not take; all stays as it was then.
   */
  use(settings: Settings): void {
    const fresh = this.#make(settings);
    if (settings.optimizer === this.#settings.optimizer) {
      Object.assign(this.#optimizer.paramGroups[0], optimizers.get(settings.optimizer)?.options(settings));
      fresh.dispose();
    } else {
      this.#optimizer.dispose();
      this.#optimizer = fresh;
    }
    this.#settings = settings;
  }

  /** Learns every training digit once, then reads the test digits. */
  epoch(): Epoch {
    const { train } = this.#digits;
    let loss = 0;
    for (const { pixels, labels } of batches(train, BATCH, this.#random)) {
      loss += this.#network.backward(pixels, labels) * labels.length;
      this.#optimizer.step();
      this.#optimizer.zeroGrad({ setToNone: false });
    }
    const result = { loss: loss / train.labels.length, accuracy: this.#accuracy() };
    this.#history.push(result);
    return { ...result, epoch: this.#history.length, weights: this.weights };
  }

  /** The probability of each class. */
  read(pixels: Float64Array): Float64Array {
    return this.#network.predict(pixels);
  }

  dispose(): void {
    this.#optimizer.dispose();
    this.#network.dispose();
  }

  get #parts() {
    return { model: Object.fromEntries(this.#network.namedParameters()), optimizer: this.#optimizer };
  }

  #accuracy() {
    const { pixels, labels } = this.#digits.test;
    const probabilities = this.#network.predict(pixels);
    // The largest of a row with NaN is none: a network that has diverged reads nothing.
    const isRight = (label: number, i: number) => {
      const row = probabilities.subarray(i * CLASSES, (i + 1) * CLASSES);
      return row.indexOf(Math.max(...row)) === label;
    };
    return labels.filter(isRight).length / labels.length;
  }

  #make(settings: Settings) {
    const kind = optimizers.get(settings.optimizer);
    if (kind === undefined) throw new RangeError(`Unknown optimizer: ${settings.optimizer}`);
    return kind.make(this.#network.namedParameters(), kind.options(settings));
  }
}
