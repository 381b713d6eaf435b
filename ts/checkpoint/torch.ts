/** Files of `torch.save` (.pt, .pth, .bin): read without Python, and without running what is in them. */

import { shown } from "../check.js";
import { delivered } from "./checkpoint.js";
import { invalid } from "./invalid.js";
import type { Targets } from "./restore.js";
import { bytesOf } from "./safetensors.js";
import { elementOfDType } from "./stored-tensor.js";
import { MAX_DEPTH } from "./text.js";
import { denseIn } from "./torch-sparse.js";
import { type Budget, Storage, TypeName, tensorIn } from "./torch-tensor.js";
import { isTensor } from "./tree.js";
import { unpickle } from "./unpickle.js";
import { readZip } from "./zip.js";

/**
 * Reads a file of `torch.save` as `load` reads a checkpoint: dicts as plain objects, tuples as arrays, tensors as
 * `{ dtype, shape, data }`, sparse ones of floats as dense ones. `targets` are restored in place, all of them or none.
 *
 * @throws ERR_CHECKPOINT if the file is damaged or holds more than dicts, lists, tensors and plain values, and what `load`
 *   throws for its targets
 * @example
 * const { optimizer: dict } = loadTorch<{ optimizer: StateDict }>(await readFile("checkpoint.pt"));
 * optimizer.loadStateDict(dict);
 */
export function loadTorch<C extends object = Record<string, unknown>>(
  bytes: Uint8Array | ArrayBufferLike,
  targets?: Targets,
): C {
  const file = bytesOf(bytes);
  const entries = readZip(file);
  const pickle = [...entries.keys()].find((name) => name.endsWith("/data.pkl"));
  if (pickle === undefined) throw invalid("zip", "the archive has no data.pkl, so it is no file of torch.save's");
  const folder = pickle.slice(0, -"data.pkl".length);
  const order = entries.get(`${folder}byteorder`);
  if (order !== undefined && String.fromCharCode(...order.subarray(0, 8)) !== "little") {
    throw invalid("storage", "the file has its bytes in another order than little-endian");
  }
  // Each byte may be copied some times, and each one may stand for a value; a small file has no large result.
  const budget = { bytes: 4 * file.length, values: file.length };
  const value = unpickle(entries.get(pickle) as Uint8Array, {
    names: namesWith(budget),
    persistent: (id) => storageOf(id, folder, entries),
  });
  const plain = plainOf(value, 0, budget);
  if (typeof plain !== "object" || plain === null || Array.isArray(plain) || isTensor(plain)) {
    throw invalid("layout", `the file holds ${shown(plain)} and no dict`);
  }
  return delivered(plain, targets);
}

const STORAGES = {
  Double: "float64",
  Float: "float32",
  Half: "float16",
  BFloat16: "bfloat16",
  Long: "int64",
  Int: "int32",
  Short: "int16",
  Char: "int8",
  Byte: "uint8",
  Bool: "bool",
  ComplexFloat: "complex64",
} as const;

const DTYPES = [
  "uint64",
  "uint32",
  "uint16",
  "float8_e4m3fn",
  "float8_e5m2",
  "float8_e4m3fnuz",
  "float8_e5m2fnuz",
  "float8_e8m0fnu",
] as const;

/** All that a pickle may name. */
function namesWith(budget: Budget): ReadonlyMap<string, unknown> {
  const typed = (name: string) => new TypeName(elementOfDType(name));
  return new Map<string, unknown>([
    ...Object.entries(STORAGES).map(([name, dtype]) => [`torch.${name}Storage`, typed(dtype)] as const),
    ...DTYPES.map((dtype) => [`torch.${dtype}`, typed(dtype)] as const),
    ["torch.storage.UntypedStorage", new TypeName(undefined)],
    ["collections.OrderedDict", () => new Map()],
    ["collections.Counter", (counts: unknown) => counts],
    ["torch.Size", (extents: unknown) => extents],
    ["torch._utils._rebuild_parameter", (tensor: unknown) => tensor],
    ["torch._utils._rebuild_parameter_with_state", (tensor: unknown) => tensor],
    [
      "torch._utils._rebuild_tensor_v2",
      (...[storage, offset, size, stride, , , metadata]: unknown[]) =>
        tensorIn({ storage, offset, size, stride, metadata }, budget),
    ],
    [
      "torch._utils._rebuild_tensor_v3",
      (...[storage, offset, size, stride, , , type, metadata]: unknown[]) =>
        tensorIn({ storage, type, offset, size, stride, metadata }, budget),
    ],
    ["torch.serialization._get_layout", (name: unknown) => name],
    ["torch._utils._rebuild_sparse_tensor", (layout: unknown, parts: unknown) => denseIn(layout, parts, budget)],
  ]);
}

function storageOf(id: unknown, folder: string, entries: ReadonlyMap<string, Uint8Array>): Storage {
  const [kind, type, key] = Array.isArray(id) ? id : [];
  const bytes = entries.get(`${folder}data/${key}`);
  if (kind !== "storage" || !(type instanceof TypeName) || bytes === undefined) {
    throw invalid("storage", `the pickle refers to ${shown(key)}, which is no storage of the file`);
  }
  return new Storage(bytes, type.element);
}

/** Maps as objects. What occurs in many places is copied to each, but not more often than the file has bytes. */
function plainOf(value: unknown, depth: number, budget: Budget): unknown {
  if (--budget.values < 0 || depth > MAX_DEPTH)
    throw invalid("pickle", "the pickle has values that hold themselves, or too many");
  if (Array.isArray(value)) return value.map((item) => plainOf(item, depth + 1, budget));
  if (value instanceof Map) {
    const members = new Map<string, unknown>();
    for (const [key, member] of value) {
      const isName = typeof key === "string" || typeof key === "number";
      if (!isName || members.has(`${key}`))
        throw invalid("pickle", `the pickle has the key ${shown(key)}, which no object can have`);
      members.set(`${key}`, plainOf(member, depth + 1, budget));
    }
    return Object.fromEntries(members);
  }
  const isPlain = value === null || ["number", "string", "boolean", "bigint"].includes(typeof value) || isTensor(value);
  if (!isPlain) throw invalid("pickle", `the pickle has ${shown(value)} in the place of a value`);
  return value;
}
