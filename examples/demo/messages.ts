/** What the page and its worker say to each other. */

/** The form. Optimizers read what their rule has: SGD its momentum, the others their betas. */
export interface Settings {
  /** A key of `optimizers`. */
  readonly optimizer: string;
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly momentum: number;
}

/** What an epoch came to. */
export interface Result {
  /** Mean over the training digits, while they were being learnt. */
  readonly loss: number;
  /** Share of the test digits that is read correctly afterwards. */
  readonly accuracy: number;
}

/** The last epoch. */
export interface Epoch extends Result {
  readonly epoch: number;
  /** The first layer's, hidden × pixels. */
  readonly weights: Float32Array<ArrayBuffer>;
}

export type ToWorker =
  /** New weights, from the seed. */
  | { readonly type: "reset"; readonly seed: number; readonly settings: Settings }
  | { readonly type: "settings"; readonly settings: Settings }
  /** Asks for a checkpoint. */
  | { readonly type: "save" }
  | { readonly type: "resume"; readonly checkpoint: Uint8Array }
  /** Trains for so many epochs, unless it is told otherwise before; 0 pauses. */
  | { readonly type: "train"; readonly epochs: number }
  | { readonly type: "read"; readonly pixels: Float64Array }
  /** Asks for a digit out of the test part. */
  | { readonly type: "sample" };

export type FromWorker =
  /** There is another network; it has learnt nothing, or what its history says. */
  | {
      readonly type: "ready";
      readonly kernel: "wasm" | "js";
      readonly weights: Float32Array<ArrayBuffer>;
      readonly settings: Settings;
      readonly history: readonly Result[];
    }
  | ({ readonly type: "epoch" } & Epoch)
  | { readonly type: "stopped" }
  | { readonly type: "saved"; readonly epoch: number; readonly checkpoint: Uint8Array<ArrayBuffer> }
  /** Why there is no checkpoint. */
  | { readonly type: "unsaved"; readonly message: string }
  /** Why a checkpoint cannot be resumed. */
  | { readonly type: "unreadable"; readonly message: string }
  /** The probability of each class. */
  | { readonly type: "answer"; readonly probabilities: Float64Array }
  | { readonly type: "sample"; readonly pixels: Float64Array; readonly label: number }
  /** Settings that the optimizer does not take, in its own words; training goes on with those before. */
  | { readonly type: "refused"; readonly message: string };
