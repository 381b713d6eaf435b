/** What can be wrong with the bytes of a checkpoint. */

import { type CodedError, stateError } from "../check.js";

/** The rule of the format that a file breaks; messages end with it. */
export type Rule =
  | "too-small"
  | "header-too-large"
  | "header-length"
  | "utf-8"
  | "json"
  | "duplicate-key"
  | "name"
  | "count"
  | "metadata"
  | "dtype"
  | "integer"
  | "shape"
  | "shape-overflow"
  | "size-mismatch"
  | "offsets"
  | "offset-overlap"
  | "hole"
  | "truncated"
  | "version"
  | "layout"
  | "zip"
  | "pickle"
  | "storage";

/** The error for bytes that break a rule: one sentence, and the rule's name. */
export function invalid(rule: Rule, sentence: string): CodedError {
  return stateError("ERR_CHECKPOINT", `${sentence} (${rule})`);
}
