/** Files of `torch.save` put together by hand: archives of stored entries, and pickles by their instructions. */

import { crc32 } from "node:zlib";

/** What of an archive is to be wrong. */
export interface Flaws {
  readonly method?: number;
  readonly crc?: number;
  /** Writes sizes and places as 64-bit fields, as torch does for large files. */
  readonly is64?: boolean;
  /** Where all entries claim to begin. */
  readonly offset?: number;
  readonly size?: number;
}

/** An archive of stored entries. */
export function zip(entries: readonly (readonly [name: string, bytes: Uint8Array])[], flaws: Flaws = {}): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of entries) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50);
    central.writeUInt16LE(flaws.method ?? 0, 10);
    central.writeUInt32LE(flaws.crc ?? crc32(bytes), 16);
    const extra = Buffer.alloc(flaws.is64 ? 28 : 0);
    const [size, offset] = [flaws.size ?? bytes.length, flaws.offset ?? at];
    if (flaws.is64) {
      extra.writeUInt16LE(1);
      extra.writeUInt16LE(24, 2);
      for (const [i, value] of [size, size, offset].entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    }
    for (const field of [20, 24]) central.writeUInt32LE(flaws.is64 ? 0xffff_ffff : size, field);
    central.writeUInt16LE(Buffer.byteLength(name), 28);
    central.writeUInt16LE(extra.length, 30);
    central.writeUInt32LE(flaws.is64 ? 0xffff_ffff : offset, 42);
    parts.push(local, Buffer.from(name), Buffer.from(bytes));
    directory.push(central, Buffer.from(name), extra);
    at += 30 + Buffer.byteLength(name) + bytes.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(flaws.is64 ? 0xffff : entries.length, 10);
  end.writeUInt32LE(flaws.is64 ? 0xffff_ffff : at, 16);
  const end64 = Buffer.alloc(flaws.is64 ? 56 + 20 : 0);
  if (flaws.is64) {
    end64.writeUInt32LE(0x06064b50);
    end64.writeBigUInt64LE(BigInt(entries.length), 32);
    end64.writeBigUInt64LE(BigInt(at), 48);
    end64.writeUInt32LE(0x07064b50, 56);
    end64.writeBigUInt64LE(BigInt(at + list.length), 64);
  }
  return Buffer.concat([...parts, list, end64, end]);
}

/** The instructions of a pickle, each as bytes; protocol and end are added. */
export function pickle(...instructions: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat([
    Buffer.of(0x80, 2),
    ...instructions.map((each) => (typeof each === "string" ? Buffer.from(each, "latin1") : each)),
    Buffer.from("."),
  ]);
}

/** A text, a small number, a tuple, a name of Python's. */
export const text = (value: string) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(value));
  return Buffer.concat([Buffer.from("X"), length, Buffer.from(value)]);
};
export const integer = (value: number) => {
  const bytes = Buffer.alloc(5, "J");
  bytes.writeInt32LE(value, 1);
  return bytes;
};
export const tuple = (...items: readonly (string | Uint8Array)[]) =>
  Buffer.concat(["(", ...items, "t"].map((each) => (typeof each === "string" ? Buffer.from(each, "latin1") : each)));
export const named = (module: string, name: string) => `c${module}\n${name}\n`;

/** A tensor over the storage with a key; its size may be other instructions. */
export const tensor = (
  key: string,
  offset: number,
  size: readonly number[] | string,
  stride: readonly number[],
  type = named("torch", "FloatStorage"),
  metadata: string | Uint8Array = "",
) =>
  Buffer.concat([
    Buffer.from(named("torch._utils", "_rebuild_tensor_v2")),
    tuple(
      Buffer.concat([tuple(text("storage"), type, text(key), text("cpu"), integer(0)), Buffer.from("Q")]),
      integer(offset),
      typeof size === "string" ? size : tuple(...size.map(integer)),
      tuple(...stride.map(integer)),
      "\x89",
      named("collections", "OrderedDict"),
      ")R",
      metadata,
    ),
    Buffer.from("R"),
  ]);

/** A sparse tensor of these parts. */
export const sparse = (indices: Uint8Array, values: Uint8Array, size: readonly number[], layout = "torch.sparse_coo") =>
  Buffer.concat([
    Buffer.from(named("torch._utils", "_rebuild_sparse_tensor")),
    tuple(
      Buffer.concat([Buffer.from(named("torch.serialization", "_get_layout")), tuple(text(layout)), Buffer.from("R")]),
      tuple(indices, values, tuple(...size.map(integer)), "\x89"),
    ),
    Buffer.from("R"),
  ]);

/** A file whose value is a dict with one key, x. */
export function torchFile(
  value: string | Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  flaws?: Flaws,
): Uint8Array {
  const data = Object.entries(storages).map(([key, bytes]) => [`a/data/${key}`, bytes] as const);
  return zip([["a/data.pkl", pickle("}", text("x"), value, "s")], ...data], flaws);
}
