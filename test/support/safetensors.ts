/** Safetensors files put together by hand, and what is in them as text. */

import type { SafeTensors } from "adam-wasm/checkpoint";

/** A file of a header and data; `length` is what its first eight bytes say, if not the truth. */
export function fileOf(header: string | Uint8Array, data: Uint8Array = new Uint8Array(), length?: bigint): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

/** All that a reader made of a file, to be compared: each tensor's dtype, shape and bytes, by name. */
export function contentOf({ tensors, metadata }: SafeTensors) {
  const rows = [...tensors].map(([name, { dtype, shape, data }]) => {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
    return [name, [dtype, [...shape], bytes]] as const;
  });
  return { tensors: new Map(rows), metadata: new Map(metadata) };
}
