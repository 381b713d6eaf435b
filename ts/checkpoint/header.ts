/**
 * The header of a safetensors file, read as if an enemy had written it: everything is checked before anything is made of
 * the data behind it.
 *
 * ```text
 * 8 bytes   N, little-endian
 * N bytes   {"__metadata__":{"key":"text"},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},…}
 * the rest  the tensors: each byte belongs to exactly one
 * ```
 */

import { shown } from "../check.js";
import { invalid } from "./invalid.js";
import { JsonScanner } from "./json-scanner.js";
import { byteLengthOf, elementOf, type StoredElement } from "./stored-tensor.js";

/** What stands before the header: its length. */
export const PREFIX_BYTES = 8;
/** How long headers may be, as in the reference implementation. */
export const MAX_HEADER_BYTES = 100_000_000;
/** Of a name, as it is written in the header. */
export const MAX_NAME_BYTES = 4096;
/** Of tensors, of texts, and of an archive: many times what models have, and little enough to refuse in a second. */
export const MAX_ENTRIES = 250_000;
/** As many as torch and NumPy have. */
export const MAX_DIMENSIONS = 64;
/** How an archive begins, as which torch.save writes. */
const ZIP_SIGNATURE = 0x04034b50;
/** The name under which a header has texts, and which no tensor can have. */
export const METADATA = "__metadata__";

/** A tensor as its header describes it. */
export interface Entry {
  readonly name: string;
  readonly element: StoredElement;
  readonly shape: readonly number[];
  /** Its bytes, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of their data. */
  readonly entries: readonly Entry[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly dataStart: number;
}

/** Reads the header of a whole file; throws ERR_CHECKPOINT for a file that breaks any rule of the format. */
export function readHeader(bytes: Uint8Array): Header {
  const length = headerLength(bytes);
  const dataStart = PREFIX_BYTES + length;
  const scanner = new JsonScanner(bytes.subarray(PREFIX_BYTES, dataStart), "the header");
  const entries = new Map<string, Entry>();
  let metadata: ReadonlyMap<string, string> | undefined;
  scanner.object((name) => {
    if (entries.has(name) || (name === METADATA && metadata !== undefined)) throw duplicate(shown(name));
    if (entries.size === MAX_ENTRIES) throw tooMany("tensors");
    if (name === METADATA) metadata = readMetadata(scanner);
    else entries.set(name, readEntry(scanner, name));
  }, MAX_NAME_BYTES);
  scanner.end();
  const sorted = [...entries.values()].sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkLayout(sorted, bytes.length - dataStart);
  return { entries: sorted, metadata: metadata ?? new Map(), dataStart };
}

function headerLength(bytes: Uint8Array): number {
  if (bytes.length < PREFIX_BYTES) {
    throw invalid("too-small", `a safetensors file has 8 bytes at least, this one has ${bytes.length}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const hint = Number(length & 0xffffffffn) === ZIP_SIGNATURE ? "; files of torch.save are for loadTorch" : "";
  if (length > MAX_HEADER_BYTES) {
    const words = `the header should have ${length} bytes, at most ${MAX_HEADER_BYTES} are read${hint}`;
    throw invalid("header-too-large", words);
  }
  if (Number(length) > bytes.length - PREFIX_BYTES) {
    const words = `the header should have ${length} bytes, the whole file has ${bytes.length}${hint}`;
    throw invalid("header-length", words);
  }
  return Number(length);
}

function readMetadata(scanner: JsonScanner): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  scanner.object((key) => {
    if (metadata.has(key)) throw duplicate(`${shown(key)} of ${METADATA}`);
    if (metadata.size === MAX_ENTRIES) throw tooMany("texts");
    if (scanner.peek() !== '"'.charCodeAt(0)) throw invalid("metadata", `${shown(key)} of ${METADATA} is not a string`);
    metadata.set(key, scanner.string());
  }, MAX_NAME_BYTES);
  return metadata;
}

function readEntry(scanner: JsonScanner, name: string): Entry {
  let element: StoredElement | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  scanner.object((key) => {
    if (key === "dtype" && element === undefined) element = readElement(scanner, name);
    else if (key === "shape" && shape === undefined) shape = readIntegers(scanner, MAX_DIMENSIONS, name, "shape");
    else if (key === "data_offsets" && offsets === undefined) offsets = readIntegers(scanner, 2, name, "offsets");
    else if (key === "dtype" || key === "shape" || key === "data_offsets") throw duplicate(`${key} of ${shown(name)}`);
    else throw invalid("json", `${describe(name)} has the unknown field ${shown(key)}`);
  }, MAX_NAME_BYTES);
  if (element === undefined || shape === undefined || offsets === undefined) {
    throw invalid("json", `${describe(name)} needs a dtype, a shape and data_offsets`);
  }
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || begin > end) {
    throw invalid("offsets", `${describe(name)} has data_offsets [${offsets}], which are no begin and end`);
  }
  const size = byteLengthOf(shape, element);
  if (!Number.isSafeInteger(size)) {
    throw invalid("shape-overflow", `${describe(name)} has shape [${shape}], more bytes than can be counted`);
  }
  if (end - begin !== size) {
    throw invalid(
      "size-mismatch",
      `${describe(name)} is ${element.tag} with shape [${shape}], ${size} bytes, but has ${end - begin} in data_offsets`,
    );
  }
  return { name, element, shape, begin, end };
}

function readElement(scanner: JsonScanner, name: string): StoredElement {
  const tag = scanner.string(MAX_NAME_BYTES);
  const element = elementOf(tag);
  if (element === undefined) throw invalid("dtype", `${describe(name)} has the unknown dtype ${shown(tag)}`);
  return element;
}

function readIntegers(scanner: JsonScanner, most: number, name: string, rule: "shape" | "offsets"): number[] {
  const integers: number[] = [];
  scanner.array(() => {
    if (integers.length === most) throw invalid(rule, `${describe(name)} has more than ${most} numbers in its ${rule}`);
    integers.push(scanner.integer());
  });
  return integers;
}

/** Each byte of the data belongs to one tensor. */
function checkLayout(entries: readonly Entry[], length: number): void {
  let at = 0;
  for (const { name, begin, end } of entries) {
    if (begin < at)
      throw invalid("offset-overlap", `${describe(name)} begins at ${begin}, in a tensor that ends at ${at}`);
    if (begin > at) throw invalid("hole", `bytes ${at} to ${begin} of the data belong to no tensor`);
    at = end;
  }
  if (at > length) throw invalid("truncated", `the data should have ${at} bytes, but has ${length}`);
  if (at < length) throw invalid("hole", `bytes ${at} to ${length} of the data belong to no tensor`);
}

const tooMany = (what: string) => invalid("count", `the header has more than ${MAX_ENTRIES} ${what}`);
const describe = (name: string) => `tensor ${shown(name)}`;
const duplicate = (what: string) => invalid("duplicate-key", `the header has the duplicate key ${what}`);
