/** The kernel's memory, seen from outside: how large it is, and how to make it grow. */

import { Tensor } from "adam-wasm";

/** The buffer as it is now; another one after each growth. */
export function memory(): ArrayBuffer {
  return Tensor.zeros([0]).data.buffer;
}

/** Makes memory grow, and leaves nothing behind but the room. */
export function grow(): void {
  const before = memory();
  const bytes = before.byteLength;
  Tensor.zeros([bytes / 4]).dispose();
  if (memory() === before) throw new Error("more than there is was allocated, and memory has not grown");
}
