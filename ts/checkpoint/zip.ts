/** Archives as `torch.save` writes them: entries that are stored and not compressed, with 64-bit sizes where it likes to. */

import { shown } from "../check.js";
import { MAX_ENTRIES } from "./header.js";
import { invalid } from "./invalid.js";

const END = { signature: 0x06054b50, bytes: 22, maxComment: 65_535 };
const END_64 = { signature: 0x06064b50, bytes: 56 };
const LOCATOR_64 = { signature: 0x07064b50, bytes: 20 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const IN_EXTRA_16 = 0xffff;
const IN_EXTRA_32 = 0xffff_ffff;

/** The entries of an archive by name, as views of its bytes. Throws ERR_CHECKPOINT for anything unusual. */
export function readZip(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, start } = directoryOf(view);
  const utf8 = new TextDecoder();
  const entries = new Map<string, Uint8Array>();
  const ranges: [begin: number, end: number][] = [];
  const checksums = new Map<string, number>();
  let at = start;
  for (let i = 0; i < count; i++) {
    need(view, at, CENTRAL, "an entry of its directory");
    const [method, nameLength, extraLength, commentLength] = [10, 28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    ) as [number, number, number, number];
    const next = at + CENTRAL.bytes + nameLength + extraLength + commentLength;
    if (next > bytes.length) throw broken("an entry of its directory that ends behind the file");
    const name = utf8.decode(bytes.slice(at + CENTRAL.bytes, at + CENTRAL.bytes + nameLength));
    if (method !== 0)
      throw broken(`the entry ${shown(name)}, which is compressed; torch.save stores entries as they are`);
    if (entries.has(name)) throw broken(`two entries with the name ${shown(name)}`);
    const [packed, size, offset] = sizesOf(view, at, nameLength, extraLength);
    if (packed !== size) throw broken(`the entry ${shown(name)}, which has two sizes`);
    need(view, offset, LOCAL, `the entry ${shown(name)}`);
    const begin = offset + LOCAL.bytes + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
    if (begin + size > bytes.length) throw broken(`the entry ${shown(name)}, which ends behind the file`);
    entries.set(name, bytes.subarray(begin, begin + size));
    checksums.set(name, view.getUint32(at + 16, true));
    ranges.push([offset, begin + size]);
    at = next;
  }
  // Before the bytes are read: each of them is then read once.
  checkDisjoint(ranges);
  for (const [name, content] of entries) {
    if (crc32(content) !== checksums.get(name))
      throw broken(`the entry ${shown(name)}, which is damaged, or was saved without a checksum`);
  }
  return entries;
}

/** Where the directory is, and how many entries it has. */
function directoryOf(view: DataView): { count: number; start: number } {
  let end = view.byteLength - END.bytes;
  const first = Math.max(0, end - END.maxComment);
  while (end >= first && view.getUint32(end, true) !== END.signature) end--;
  if (end < first)
    throw broken("no directory: it was cut off, or is no archive, which torch.save makes since torch 1.6");
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  const result = count === IN_EXTRA_16 || start === IN_EXTRA_32 ? directory64(view, end) : { count, start };
  if (result.count > MAX_ENTRIES) throw broken(`${result.count} entries, more than ${MAX_ENTRIES}`);
  return result;
}

function directory64(view: DataView, end: number): { count: number; start: number } {
  const locator = end - LOCATOR_64.bytes;
  need(view, locator, LOCATOR_64, "a locator of its directory");
  const at = integer64(view, locator + 8);
  need(view, at, END_64, "an end of its directory");
  return { count: integer64(view, at + 32), start: integer64(view, at + 48) };
}

/** Sizes and place of an entry; those that do not fit their fields are in the extra one, in this order. */
function sizesOf(view: DataView, at: number, nameLength: number, extraLength: number): [number, number, number] {
  const sizes = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  let field = at + CENTRAL.bytes + nameLength;
  const end = field + extraLength;
  while (field + 4 <= end && view.getUint16(field, true) !== 1) field += 4 + view.getUint16(field + 2, true);
  let value = field + 4;
  const [size, packed, offset] = sizes.map((each) => {
    if (each !== IN_EXTRA_32) return each;
    if (value + 8 > end) throw broken("an entry without its size");
    value += 8;
    return integer64(view, value - 8);
  }) as [number, number, number];
  return [packed, size, offset];
}

function integer64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(view.byteLength)) throw broken(`a size of ${value} bytes, more than the file has`);
  return Number(value);
}

function need(view: DataView, at: number, { signature, bytes }: typeof LOCAL, what: string): void {
  const isThere = at >= 0 && at + bytes <= view.byteLength && view.getUint32(at, true) === signature;
  if (!isThere) throw broken(`no ${what} at byte ${at}`);
}

/** Many names for the same bytes would be a small file and a large result, and a long way to it. */
function checkDisjoint(ranges: [begin: number, end: number][]): void {
  ranges.sort(([a], [b]) => a - b);
  for (const [i, [begin]] of ranges.entries()) {
    if (begin < (ranges[i - 1]?.[1] ?? 0)) throw broken(`entries that overlap at byte ${begin}`);
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) {
    crc = (CRC_TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

const broken = (found: string) => invalid("zip", `the archive has ${found}`);
