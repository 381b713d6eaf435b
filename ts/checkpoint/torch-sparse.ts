/** Sparse tensors of `torch.save`, such as the momentum of SGD over sparse gradients, as dense ones. */

import { invalid } from "./invalid.js";
import { elementOfDType, elementsIn, type StoredElement, type StoredTensor } from "./stored-tensor.js";
import { areCounts, type Budget } from "./torch-tensor.js";
import { isTensor } from "./tree.js";

/** What torch makes of a layout and (indices, values, size, …), with zeros; values of a slice that comes twice add up. */
export function denseIn(layout: unknown, parts: unknown, budget: Budget): StoredTensor {
  const [indices, values, size] = Array.isArray(parts) ? parts : [];
  if (layout !== "torch.sparse_coo" || !isTensor(indices) || !isTensor(values) || !areCounts(size)) throw broken();
  const [sparseDim = 0, count = 0] = indices.shape;
  const expected = [count, ...size.slice(sparseDim)];
  const isWhole = indices.shape.length === 2 && sparseDim <= size.length && `${values.shape}` === `${expected}`;
  if (!isWhole || indices.dtype !== "int64" || !/^float(32|64)$/.test(values.dtype)) throw broken();

  const element = elementOfDType(values.dtype) as StoredElement;
  const length = size.reduce((product, extent) => product * extent, 1);
  budget.bytes -= length * element.bytes;
  budget.values -= count;
  // Not the other way round: extents that are beyond numbers, and a 0 among them, make it NaN.
  if (!(budget.bytes >= 0 && budget.values >= 0))
    throw invalid("storage", "the pickle has sparse tensors that are too large for the file as dense ones");
  const data = elementsIn(new Uint8Array(length * element.bytes), element) as Float64Array;
  const sliceLength = size.slice(sparseDim).reduce((product, extent) => product * extent, 1);
  for (let i = 0; i < count; i++) {
    let slice = 0;
    for (let d = 0; d < sparseDim; d++) {
      const index = Number(indices.data[d * count + i]);
      const extent = size[d] as number;
      if (!(index >= 0 && index < extent)) throw broken();
      slice = slice * extent + index;
    }
    for (let k = 0; k < sliceLength; k++) {
      const at = slice * sliceLength + k;
      data[at] = (data[at] as number) + Number(values.data[i * sliceLength + k]);
    }
  }
  return { dtype: values.dtype, shape: [...size], data };
}

const broken = () =>
  invalid("storage", "the pickle has a sparse tensor whose indices, values and size do not go together");
