/**
 * Errors and assertions.
 *
 * Errors are the standard classes with a stable `code`, as in Node: TypeError for the wrong kind of thing, RangeError
 * for a wrong value, Error for the wrong moment or machine. Programs test the code; the message is for people.
 */

/**
 * The codes of all errors this package throws. `@throws` names those that are a method's own; nearly every call may throw
 * ERR_OPTION, ERR_DISPOSED, ERR_ENV and ERR_POISONED.
 *
 * ```text
 * ERR_OPTION           an argument, an option or a value that is not allowed, or not now
 * ERR_SHAPE            another shape than is asked for, or none
 * ERR_DTYPE            another dtype than is asked for, or values that are no numbers
 * ERR_ALIAS            two that share memory, and must not
 * ERR_DISPOSED         what was disposed
 * ERR_REENTRANT        a call from within another one of the same optimizer, or of averages that are swapped
 * ERR_DETACHED         an array whose memory is gone, as a view from before memory grew
 * ERR_OOM              memory is exhausted
 * ERR_LIMIT            more than any memory, or any checkpoint, can hold
 * ERR_NONFINITE        a norm that is not finite, if `errorIfNonfinite`
 * ERR_HOOK             a hook that runs after a step or a load has thrown; that is done all the same
 * ERR_STATE_MISMATCH   a state dict or checkpoint of another model, optimizer or schedule
 * ERR_CHECKPOINT       bytes that are no checkpoint
 * ERR_POISONED         the kernel has failed: the program is to be started anew
 * ERR_ENV              no kernel here, or an object of another copy of the package
 * ```
 */
export type ErrorCode =
  | "ERR_OPTION"
  | "ERR_SHAPE"
  | "ERR_DTYPE"
  | "ERR_ALIAS"
  | "ERR_DISPOSED"
  | "ERR_REENTRANT"
  | "ERR_DETACHED"
  | "ERR_OOM"
  | "ERR_LIMIT"
  | "ERR_NONFINITE"
  | "ERR_HOOK"
  | "ERR_STATE_MISMATCH"
  | "ERR_CHECKPOINT"
  | "ERR_POISONED"
  | "ERR_ENV";

/** An error of this package. */
export type CodedError<E extends Error = Error> = E & { readonly code: ErrorCode };

/** Wrong kind: a TypeError with a code. */
export const typeError = (code: ErrorCode, message: string) => coded(new TypeError(message), code, typeError);

/** Wrong value: a RangeError with a code. */
export const rangeError = (code: ErrorCode, message: string) => coded(new RangeError(message), code, rangeError);

/** Wrong moment or machine: an Error with a code. */
export const stateError = (code: ErrorCode, message: string, cause?: unknown) =>
  coded(cause === undefined ? new Error(message) : new Error(message, { cause }), code, stateError);

/** For a state dict or checkpoint that is valid, but another model's or optimizer's. */
export const mismatch = (message: string) => coded(new RangeError(message), "ERR_STATE_MISMATCH", mismatch);

function coded<E extends Error>(error: E, code: ErrorCode, hidden: unknown): CodedError<E> {
  // V8 writes the name into the stack when that is first read: "RangeError [ERR_OPTION]: …" there, and RangeError as
  // the name that programs see.
  const { captureStackTrace } = Error as { captureStackTrace?: (error: Error, hidden: unknown) => void };
  if (captureStackTrace !== undefined) {
    Object.defineProperty(error, "name", { value: `${error.name} [${code}]`, configurable: true });
    captureStackTrace(error, hidden);
    void error.stack;
    Reflect.deleteProperty(error, "name");
  }
  return Object.assign(error, { code });
}

/** A value as a message shows it: short, and strings in quotes. */
export function shown(value: unknown): string {
  return shownTo(2, value);
}

/** Arrays are shown to a depth, so that there is an end also to those that hold themselves. */
function shownTo(depth: number, value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "function") return value.name === "" ? "a function" : `function ${value.name}`;
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) {
    if (value.length > 8 || (depth === 0 && value.length > 0)) return `an array of ${value.length}`;
    return `[${value.map((each) => shownTo(depth - 1, each)).join(", ")}]`;
  }
  if (typeof value === "object" && value !== null) return `an object (${kindOf(value)})`;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The kind of a value: "Float32Array", "Parameter", "null", or its type. */
export function kindOf(value: unknown): string {
  return typeof value === "object"
    ? Object.prototype.toString.call(value).slice(8, -1).replace("Null", "null")
    : typeof value;
}

/** Whether it is an object that can be iterated; a string is none. */
export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/**
 * The own enumerable properties of an options object, so that nothing is ever read from a prototype. `known` are named to
 * those who gave something else, such as an option by its position.
 */
export function ownOptions(options: unknown, what: string, known: readonly string[] = []): Record<string, unknown> {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const hint = known.length === 0 ? "" : `; known are ${known.join(", ")}`;
    throw typeError("ERR_OPTION", `${what} must be an object, got ${shown(options)}${hint}`);
  }
  return Object.assign(Object.create(null), options);
}

/** True or false. */
export function checkBoolean(value: unknown, name: string): boolean {
  if (typeof value !== "boolean") throw typeError("ERR_OPTION", `${name} must be a boolean, got ${shown(value)}`);
  return value;
}

/** A finite number that `accepts` does; `words` begin the message, which ends with the value. */
export function checkNumber(value: unknown, words: string, accepts: (value: number) => boolean): number {
  if (Number.isFinite(value) && accepts(value as number)) return value as number;
  throw (typeof value === "number" ? rangeError : typeError)("ERR_OPTION", `${words}${shown(value)}`);
}

/** A deep copy of entries; throws if one holds what cannot be copied, such as a function. */
export function copyOf(entries: Readonly<Record<string, unknown>>, what: string): Record<string, unknown> {
  const copies = Object.entries(entries).map(([key, value]) => {
    try {
      return [key, deepCopy(value)];
    } catch {
      throw typeError("ERR_OPTION", `the ${what} has an entry that cannot be copied: ${key}`);
    }
  });
  return Object.fromEntries(copies);
}

/** A deep copy; of plain values by own means, since `structuredClone` is not everywhere, and refuses proxies of them. */
export function deepCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(deepCopy) as T;
  if (ArrayBuffer.isView(value)) return (value as T & Uint8Array).slice() as T;
  if (kindOf(value) !== "Object") return Object(value) === value ? structuredClone(value) : value;
  return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, deepCopy(inner)])) as T;
}

/** Like {@link ownOptions}, and refuses every name that is not among `known`. */
export function knownOptions(options: unknown, known: readonly string[], what: string): Record<string, unknown> {
  const own = ownOptions(options, `options of ${what}`, known);
  for (const name of Object.keys(own)) if (!known.includes(name)) throw unknownOption(name, known, what);
  return own;
}

/** What papers and other libraries call some options, and the names here. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["learningRate", "lr"],
  ["alpha", "lr"],
  ["epsilon", "eps"],
  ["wd", "weightDecay"],
  ["b1", "betas"],
  ["b2", "betas"],
  ["beta1", "betas"],
  ["beta2", "betas"],
  ["l2", "weightDecay"],
  ["size", "shape"],
  ["gradient", "grad"],
  ["avgFn", "decay"],
  ["multiAvgFn", "decay"],
]);

/** The error for an option nobody knows, with the name it has here, or the nearest there is. */
export function unknownOption(name: string, known: readonly string[], what: string): CodedError<TypeError> {
  const camel = name.replace(/_+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const meant = known.find((candidate) => candidate === ELSEWHERE.get(camel)) ?? nearest(name, camel, known);
  const hint = meant === undefined ? `known are ${known.join(", ")}` : `did you mean "${meant}"?`;
  return typeError("ERR_OPTION", `${what} has no option ${shown(name)}; ${hint}`);
}

/** The known name that is spelled nearly like one of two; undefined if there is none. */
function nearest(name: string, camel: string, known: readonly string[]): string | undefined {
  const [near] = known
    .map((candidate) => ({
      candidate,
      distance: Math.min(editDistance(name, candidate), editDistance(camel, candidate)),
    }))
    .sort((a, b) => a.distance - b.distance);
  // Half of a short name may be wrong, or a third of a long one.
  return near !== undefined && near.distance <= Math.max(Math.min(2, name.length / 2), name.length / 3)
    ? near.candidate
    : undefined;
}

/** Letters to insert, drop or replace to get from one word to the other, in either case. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= Math.min(from.length, 64); i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1]?.toLowerCase() === to[j - 1]?.toLowerCase();
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (same ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
