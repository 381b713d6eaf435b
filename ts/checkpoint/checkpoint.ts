/**
 * Checkpoints: state dicts, tensors and plain values as one safetensors file, which PyTorch and people can read.
 *
 * Tensors have the names that their keys make (`optimizer.state.0.exp_avg`); all else is JSON in the metadata, with the
 * same keys.
 */

import { checkBoolean, knownOptions, shown, typeError } from "../check.js";
import { LIVE_STATE_DICT } from "../live-state-dict.js";
import { widened } from "./half.js";
import { invalid } from "./invalid.js";
import { checkRule, isOptimizerDict, withNumbers, withTensors } from "./optimizer-dict.js";
import { restore, type Targets } from "./restore.js";
import { deserialize, serialize } from "./safetensors.js";
import { fromText, isPlainObject, toText } from "./text.js";
import { isTensor, putTogether, takeApart } from "./tree.js";

const VERSION = "1";

/** What has a state dict: optimizers, schedulers, averaged models, and whatever of yours has these two methods. */
export interface Stateful {
  stateDict(): object;
  loadStateDict(dict: never): void;
}

/** How to save. */
export interface SaveOptions {
  /** Save optimizers with `epsilonHat`, a rule that PyTorch does not have, all the same; false by default. */
  readonly epsilonHat?: boolean | undefined;
}

/**
 * A checkpoint as bytes: what has a `stateDict()` by that, tensors by dtype, shape and data, and numbers, strings, booleans,
 * null, arrays and plain objects as they are. Equal checkpoints, with their keys in the same order, are equal bytes.
 *
 * @throws ERR_OPTION for values that no file can hold, and for an optimizer with `epsilonHat` unless that is allowed,
 *   ERR_LIMIT for more than a file holds, ERR_OOM if there is no memory for it
 * @example
 * const bytes = save({ model: { weight, bias }, optimizer, scheduler, epoch: 3 });
 */
export function save(
  checkpoint: Readonly<Record<string, unknown>>,
  options: SaveOptions = {},
): Uint8Array<ArrayBuffer> {
  if (!isPlainObject(checkpoint))
    throw typeError("ERR_OPTION", `a checkpoint must be a plain object, got ${shown(checkpoint)}`);
  const { epsilonHat = false } = knownOptions(options, ["epsilonHat"], "save");
  const isKnown = checkBoolean(epsilonHat, "epsilonHat");
  const { tensors, rest } = takeApart(checkpoint, (value, name) => {
    const plain = isStateful(value) ? (value[LIVE_STATE_DICT]?.() ?? value.stateDict()) : value;
    if (!isOptimizerDict(plain)) return plain;
    if (!isKnown) checkRule(plain, name);
    return withTensors(plain);
  });
  return serialize(tensors, { checkpoint: toText(rest, "checkpoint"), checkpoint_version: VERSION, format: "pt" });
}

/** Optimizers can do without a copy of all they have. */
function isStateful(value: unknown): value is Stateful & { [LIVE_STATE_DICT]?(): object } {
  return typeof (value as Partial<Stateful> | null | undefined)?.stateDict === "function";
}

/**
 * Reads a checkpoint, or any safetensors file. Tensors are `{ dtype, shape, data }` with views of `bytes`; `float16` and
 * `bfloat16` ones are widened to float32.
 *
 * What is in `targets` is restored in place: all of it, or if anything does not fit, nothing.
 *
 * @throws ERR_CHECKPOINT if the bytes are no valid checkpoint, ERR_STATE_MISMATCH if they are another model's, ERR_OPTION for
 *   targets that nothing can be restored to, ERR_HOOK if a hook throws when all is restored
 * @example
 * const { epoch } = load(bytes, { model: { weight, bias }, optimizer, scheduler });
 */
export function load<C extends object = Record<string, unknown>>(
  bytes: Uint8Array | ArrayBufferLike,
  targets?: Targets,
): C {
  const { tensors, metadata } = deserialize(bytes);
  const version = metadata.get("checkpoint_version") ?? VERSION;
  if (version !== VERSION)
    throw invalid("version", `the checkpoint has version ${shown(version)}, this reader knows "1"`);
  const rest = fromText(metadata.get("checkpoint") ?? "{}", "the text of the checkpoint");
  if (!isPlainObject(rest)) throw invalid("layout", "the text of the checkpoint is no object");
  const named = new Map([...tensors].map(([name, tensor]) => [name, widened(tensor)]));
  return delivered(putTogether({ tensors: named, rest }), targets);
}

/** What was read, as it is handed out; and restored into targets, if there are some. */
export function delivered<C extends object>(read: unknown, targets: Targets | undefined): C {
  const checkpoint = withNumbersInside(read) as C;
  if (targets !== undefined) restore(targets, checkpoint);
  return checkpoint;
}

/** All state dicts of optimizers in it with numbers. */
function withNumbersInside(value: unknown): unknown {
  if (isOptimizerDict(value)) return withNumbers(value);
  if (Array.isArray(value)) return value.map(withNumbersInside);
  if (!isPlainObject(value) || isTensor(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withNumbersInside(member)]));
}
