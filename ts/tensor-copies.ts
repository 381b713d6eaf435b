/** Tensors copied into each other, and exchanged, one by one. */

import { Tensor } from "./tensor.js";

/** New tensors with the same elements, for all or, if memory is exhausted, for none. */
export function copiesOf(tensors: readonly Tensor[]): Tensor[] {
  const copies: Tensor[] = [];
  try {
    for (const { shape, dtype } of tensors) copies.push(Tensor.zeros(shape, { dtype }));
  } catch (error) {
    for (const made of copies) made.dispose();
    throw error;
  }
  // Only now: the allocations may have moved the tensors' views.
  copyAll(tensors, copies);
  return copies;
}

/** Copies each tensor into its counterpart. */
export function copyAll(from: readonly Tensor[], to: readonly Tensor[]): void {
  to.forEach((target, i) => {
    target.data.set((from[i] as Tensor).data);
  });
}

/** Exchanges the elements of each tensor with its counterpart's, in place: there is nothing that could stop it half-way. */
export function exchangeAll(these: readonly Tensor[], those: readonly Tensor[]): void {
  these.forEach((tensor, at) => {
    const [a, b] = [wordsOf(tensor), wordsOf(those[at] as Tensor)];
    for (let i = 0; i < a.length; i++) [a[i], b[i]] = [b[i] as number, a[i] as number];
  });
}

/** The bits of elements, which as numbers could become others: NaN has many. */
const wordsOf = ({ data }: Tensor) => new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
