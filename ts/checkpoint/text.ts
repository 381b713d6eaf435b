/**
 * Plain values as JSON in the dialect of Python's `json`, which has NaN, Infinity and -0.0 as well: every number comes back
 * as it was, there and here.
 */

import { kindOf, rangeError, shown, typeError } from "../check.js";
import { invalid } from "./invalid.js";
import { JsonScanner } from "./json-scanner.js";

/** How deep values may nest, so that no file can exhaust the stack. */
export const MAX_DEPTH = 64;

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** Numbers, strings, booleans, null, and arrays and plain objects of them, as text. Members that are undefined are left out. */
export function toText(value: unknown, path: string): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0.0" : String(value);
  if (typeof value === "boolean" || value === null) return String(value);
  if (typeof value === "string") return JSON.stringify(checkText(value, path));
  if (Array.isArray(value)) return `[${value.map((item, i) => toText(item, `${path}.${i}`))}]`;
  if (!isPlainObject(value))
    throw typeError("ERR_OPTION", `a checkpoint cannot hold ${path}, which is ${shown(value)}${classHint(value)}`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${JSON.stringify(checkText(key, path))}:${toText(member, `${path}.${key}`)}`);
  return `{${members}}`;
}

/** The value of such a text; throws ERR_CHECKPOINT for any other. */
export function fromText(text: string, what: string): unknown {
  const scanner = new JsonScanner(new TextEncoder().encode(text), what);
  const value = readValue(scanner, what, 0);
  scanner.end();
  return value;
}

function readValue(scanner: JsonScanner, what: string, depth: number): unknown {
  if (depth > MAX_DEPTH) throw invalid("json", `${what} nests more than ${MAX_DEPTH} deep`);
  const first = String.fromCharCode(scanner.peek() ?? 0);
  if (first === '"') return scanner.string();
  if (first === "[") {
    const items: unknown[] = [];
    scanner.array(() => items.push(readValue(scanner, what, depth + 1)));
    return items;
  }
  if (first === "{") {
    const members = new Map<string, unknown>();
    scanner.object((key) => {
      if (members.has(key)) throw invalid("duplicate-key", `${what} has the duplicate key ${shown(key)}`);
      members.set(key, readValue(scanner, what, depth + 1));
    });
    // Defines what it is given, `__proto__` too, and sets nothing.
    return Object.fromEntries(members);
  }
  for (const [word, value] of WORDS) if (scanner.skip(word)) return value;
  return scanner.number();
}

/** True for what `{}` makes, in this realm or another one. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || kindOf(value) !== "Object") return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What to give in place of a model that is an object of a class. */
export function classHint(value: unknown): string {
  return kindOf(value) === "Object" && !isPlainObject(value)
    ? " of a class: pass { ...it }, or give it stateDict() and loadStateDict()"
    : "";
}

/** Checks that a value is a string that UTF-8 can hold. */
export function checkText(text: unknown, what: string): string {
  if (typeof text !== "string") throw typeError("ERR_OPTION", `${what} must be a string, got ${shown(text)}`);
  if (/\p{Surrogate}/u.test(text))
    throw rangeError("ERR_OPTION", `${what} has half of a surrogate pair: ${shown(text)}`);
  return text;
}
