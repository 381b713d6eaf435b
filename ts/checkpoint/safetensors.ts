/**
 * The safetensors format: named tensors, and texts about them, as bytes that run nothing.
 *
 * The same tensors are the same bytes, and those of the reference implementation: large elements first, then by name.
 */

import { isIterable, kindOf, ownOptions, rangeError, shown, typeError } from "../check.js";
import { lengthOf } from "../values.js";
import {
  MAX_DIMENSIONS,
  MAX_ENTRIES,
  MAX_HEADER_BYTES,
  MAX_NAME_BYTES,
  METADATA,
  PREFIX_BYTES,
  readHeader,
} from "./header.js";
import { elementOfDType, elementsIn, type StoredElement, type StoredTensor } from "./stored-tensor.js";
import { checkText } from "./text.js";

/** What is in a file. */
export interface SafeTensors {
  /** In the order of their data. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Reads a safetensors file. Tensors are views of `bytes` where their elements are aligned there, else copies.
 *
 * @throws ERR_CHECKPOINT if the bytes break a rule of the format; the message ends with the rule's name
 */
export function deserialize(bytes: Uint8Array | ArrayBufferLike): SafeTensors {
  const file = bytesOf(bytes);
  const { entries, metadata, dataStart } = readHeader(file);
  const data = file.subarray(dataStart);
  const tensors = entries.map(({ name, element, shape, begin, end }) => {
    const { dtype } = element;
    return [name, { dtype, shape, data: elementsIn(data.subarray(begin, end), element) }] as const;
  });
  return { tensors: new Map(tensors), metadata };
}

/** What a program gives as a file. Never one of a subclass: `slice` of Node's copies nothing. */
export function bytesOf(bytes: unknown): Uint8Array {
  if (!/^(Uint8Array|(Shared)?ArrayBuffer)$/.test(kindOf(bytes))) {
    throw typeError("ERR_OPTION", `a checkpoint is read from a Uint8Array or an ArrayBuffer, got ${shown(bytes)}`);
  }
  try {
    return ArrayBuffer.isView(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      : new Uint8Array(bytes as ArrayBufferLike);
  } catch {
    throw typeError("ERR_DETACHED", "the bytes of the checkpoint are detached: their memory was transferred");
  }
}

/** Tensors by name: as pairs, a Map, or the properties of an object. */
export type NamedTensors =
  | Iterable<readonly [name: string, tensor: StoredTensor]>
  | Readonly<Record<string, StoredTensor>>;

/**
 * The same tensors and texts as a safetensors file.
 *
 * @throws ERR_OPTION, ERR_DTYPE or ERR_SHAPE for what no file can hold, ERR_LIMIT for more than one holds, ERR_OOM if there is
 *   no memory for it
 */
export function serialize(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const rows = rowsOf(tensors);
  const header = encodeHeader(rows, metadata);
  const size = header.length + (rows.at(-1)?.end ?? 0);
  const file = bytesFor(size);
  file.set(header);
  for (const { bytes, begin } of rows) file.set(bytes, header.length + begin);
  return file;
}

interface Row {
  readonly name: string;
  readonly element: StoredElement;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  begin: number;
  end: number;
}

/** Checked, in the order of the file, and with their places. */
function rowsOf(tensors: NamedTensors): Row[] {
  const pairs = [...pairsOf(tensors)];
  if (pairs.length > MAX_ENTRIES) {
    throw rangeError("ERR_LIMIT", `a file holds ${MAX_ENTRIES} tensors at most, got ${pairs.length}`);
  }
  const rows = pairs.map(([name, tensor]) => rowOf(name, tensor));
  const names = new Set<string>();
  for (const { name } of rows) {
    if (names.has(name)) throw rangeError("ERR_OPTION", `two tensors have the name ${shown(name)}`);
    names.add(name);
  }
  rows.sort((a, b) => a.element.rank - b.element.rank || compareNames(a.name, b.name));
  let at = 0;
  for (const row of rows) {
    row.begin = at;
    row.end = at += row.bytes.length;
  }
  return rows;
}

function pairsOf(tensors: NamedTensors): Iterable<readonly [string, StoredTensor]> {
  return (isIterable(tensors) ? tensors : Object.entries(ownOptions(tensors, "tensors"))) as Iterable<
    [string, StoredTensor]
  >;
}

function rowOf(given: unknown, tensor: unknown): Row {
  const name = checkText(given, "the name of a tensor");
  if (name === METADATA)
    throw rangeError("ERR_OPTION", `no tensor can have the name ${METADATA}: files keep texts there`);
  if (jsonLength(name) > MAX_NAME_BYTES) {
    throw rangeError("ERR_LIMIT", `the name of a tensor has ${MAX_NAME_BYTES} bytes at most, got ${shown(name)}`);
  }
  const what = `tensor ${shown(name)}`;
  const { dtype, shape, data } = (tensor ?? {}) as StoredTensor;
  const element = elementOfDType(dtype);
  if (element === undefined)
    throw typeError("ERR_DTYPE", `${what} has a dtype that files do not have: ${shown(dtype)}`);
  // Its values look like those of a dense one.
  if ("indices" in (tensor as object))
    throw typeError("ERR_DTYPE", `${what} is sparse, which files cannot hold; write its toDense()`);
  if (!ArrayBuffer.isView(data) || kindOf(data) !== element.TypedArray.name) {
    throw typeError("ERR_DTYPE", `${what} is ${dtype}, whose data is a ${element.TypedArray.name}, got ${shown(data)}`);
  }
  const length = lengthOf(shape) * element.width;
  if (data.length !== length || (shape as number[]).length > MAX_DIMENSIONS) {
    throw rangeError("ERR_SHAPE", `${what} has shape [${shape}] and ${data.length} elements, which no file can hold`);
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, element, shape: [...(shape as number[])], bytes, begin: 0, end: 0 };
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const jsonLength = (text: string) => utf8(JSON.stringify(text)).length - 2;

/** By code points, as their bytes compare. */
function compareNames(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a.charCodeAt(i) === b.charCodeAt(i)) continue;
    // Equal up to here, so that both or none are in the middle of a pair.
    return (a.codePointAt(i) as number) - (b.codePointAt(i) as number);
  }
  return a.length - b.length;
}

/** The length, and the header, padded with spaces so that the data is aligned. */
function encodeHeader(rows: readonly Row[], metadata: Readonly<Record<string, string>>): Uint8Array {
  const texts = Object.entries(ownOptions(metadata, "metadata"))
    .map(
      ([key, text]) =>
        [checkText(key, "a key of the metadata"), checkText(text, `${shown(key)} of the metadata`)] as const,
    )
    .sort(([a], [b]) => compareNames(a, b));
  const members = rows.map(
    ({ name, element, shape, begin, end }) =>
      `${JSON.stringify(name)}:{"dtype":"${element.tag}","shape":[${shape}],"data_offsets":[${begin},${end}]}`,
  );
  if (texts.length > 0) {
    members.unshift(`"${METADATA}":{${texts.map((pair) => pair.map((text) => JSON.stringify(text)).join(":"))}}`);
  }
  const json = utf8(`{${members}}`);
  const length = 8 * Math.ceil(json.length / 8);
  if (length > MAX_HEADER_BYTES) {
    throw rangeError(
      "ERR_LIMIT",
      `the header of the file would have ${length} bytes, at most ${MAX_HEADER_BYTES} are read`,
    );
  }
  const header = new Uint8Array(PREFIX_BYTES + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, PREFIX_BYTES);
  return header;
}

/** Zeros for a file of so many bytes. */
export function bytesFor(size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch (error) {
    throw rangeError("ERR_OOM", `the file has ${size} bytes, for which there is no memory: ${error}`);
  }
}
