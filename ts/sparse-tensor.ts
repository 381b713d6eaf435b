/**
 * Sparse gradients: values for some slices of a tensor, in coordinate form, as `torch.sparse_coo_tensor` makes them.
 *
 * They are plain JavaScript memory and need no disposal; a parameter copies them into a buffer of its own when they
 * are assigned as its gradient.
 */

import { knownOptions, rangeError, typeError } from "./check.js";
import { type DType, type DTypeOf, ELEMENTS, type FloatArray } from "./dtype.js";
import { BRAND } from "./foreign.js";
import { INSPECT } from "./globals.js";
import { SparseGrad, STORE } from "./sparse-grad.js";
import { checkIndices, checkInside, extentOf, type SparseIndices } from "./sparse-indices.js";
import { Tensor } from "./tensor.js";
import { dtypeFor } from "./tensor-options.js";
import { checkValues, copyValues, lengthOf, shapeOf, type TensorValues } from "./values.js";
import { memoryBuffer } from "./wasm/instance.js";

/** How to make a sparse tensor. */
export interface SparseTensorOptions<D extends DType = DType> {
  /** Extents of the dimensions; by default the sparse ones end at the largest index. */
  readonly shape?: readonly number[] | undefined;
  /** Element type; by default that of a typed array, float32 otherwise. */
  readonly dtype?: D | undefined;
}

/** A tensor that has values for some slices only and is zero elsewhere. */
export class SparseTensor<D extends DType = DType> {
  /** Extents of all dimensions. */
  readonly shape: readonly number[];
  /** Element type. */
  readonly dtype: D;
  /** Indices of the slices, an array for each sparse dimension. */
  readonly indices: readonly Int32Array[];
  /** The slices, one after the other. */
  readonly values: FloatArray<D>;
  /** True if no slice is named twice and they are in order, and this is known: of what `coalesce()` returns. */
  readonly isCoalesced: boolean;

  private constructor(
    shape: readonly number[],
    dtype: D,
    indices: readonly Int32Array[],
    values: FloatArray<D>,
    isCoalesced: boolean,
  ) {
    // TypeScript keeps the constructor to the package; in JavaScript one may take it for torch's function.
    if (!Object.hasOwn(ELEMENTS, dtype)) {
      const how = "SparseTensor.coo(indices, values, { shape })";
      throw typeError("ERR_OPTION", `a SparseTensor is made by ${how}, not by new`);
    }
    this.shape = Object.freeze([...shape]);
    this.dtype = dtype;
    this.indices = Object.freeze(indices);
    this.values = values;
    this.isCoalesced = isCoalesced;
    Object.freeze(this);
  }

  /**
   * A sparse tensor with copies of `indices` and `values`, as `torch.sparse_coo_tensor`. Values of a slice that is
   * named more than once add up.
   *
   * @throws ERR_SHAPE or ERR_DTYPE if indices, values and shape do not go together, ERR_DETACHED if the values' memory is gone
   * @example
   * SparseTensor.coo([3, 7], [[0.1, 0.2], [0.3, 0.4]], { shape: [1000, 2] }); // rows 3 and 7 of 1000 × 2
   * SparseTensor.coo([[0, 2], [1, 1]], [5, 6], { shape: [3, 3] });            // elements (0, 1) and (2, 1)
   */
  static coo<Values extends TensorValues, D extends DType = DTypeOf<Values>>(
    indices: SparseIndices,
    values: Values,
    options: SparseTensorOptions<D> = {},
  ): SparseTensor<NoInfer<D>> {
    const own = knownOptions(options, ["shape", "dtype"], "SparseTensor.coo");
    const columns = checkIndices(indices);
    const count = columns[0]?.length ?? 0;
    const dtype = dtypeFor(values, own.dtype, "SparseTensor.coo") as D;
    const inferred = () => [...columns.map(extentOf), ...shapeOf(values).slice(1)];
    const given = (own.shape as readonly number[] | undefined) ?? inferred();
    lengthOf(given);
    const shape = [...given];
    checkInside(columns, shape);
    const extents = [count, ...shape.slice(columns.length)];
    checkValues(values, extents, dtype, true, "values");
    const array = new ELEMENTS[dtype].TypedArray(lengthOf(extents));
    copyValues(values, array);
    return new SparseTensor(shape, dtype, columns, array, count < 2);
  }

  /** The same as `values`, so that what reads a gradient's elements need not know its kind. */
  get data(): FloatArray<D> {
    return this.values;
  }

  /** Does nothing: the memory is JavaScript's. It is here so that gradients of both kinds can be disposed. */
  dispose(): void {}

  /** Number of slices with values. */
  get nnz(): number {
    return this.indices[0]?.length ?? 0;
  }

  /** Number of dimensions that are indexed; the others are dense. */
  get sparseDim(): number {
    return this.indices.length;
  }

  /** Elements of one slice. */
  get sliceLength(): number {
    return this.shape.slice(this.sparseDim).reduce((length, extent) => length * extent, 1);
  }

  /** The same tensor with every slice named once, in order: duplicates are added up in the order in which they come. */
  coalesce(): SparseTensor<D> {
    if (this.isCoalesced) return this;
    const { sliceLength, values } = this;
    const numbers = this.sliceNumbers();
    const order = Array.from(numbers.keys()).sort((a, b) => (numbers[a] as number) - (numbers[b] as number) || a - b);
    const firsts = order.filter((at, i) => i === 0 || numbers[at] !== numbers[order[i - 1] as number]);
    const sums = new ELEMENTS[this.dtype].TypedArray(firsts.length * sliceLength);
    let target = -sliceLength;
    order.forEach((at, i) => {
      const isNew = i === 0 || numbers[at] !== numbers[order[i - 1] as number];
      if (isNew) target += sliceLength;
      for (let k = 0; k < sliceLength; k++) {
        const value = values[at * sliceLength + k] as number;
        sums[target + k] = isNew ? value : (sums[target + k] as number) + value;
      }
    });
    const indices = this.indices.map((column) => Int32Array.from(firsts, (at) => column[at] as number));
    return new SparseTensor(this.shape, this.dtype, indices, sums, true);
  }

  /** A dense tensor with the same values. */
  toDense(): Tensor<D> {
    const dense = Tensor.zeros(this.shape, { dtype: this.dtype });
    this.addTo(dense.data);
    return dense;
  }

  toString(): string {
    return `sparse tensor(nnz=${this.nnz}, size=[${this.shape}], sparse_dim=${this.sparseDim}, dtype=${this.dtype})`;
  }

  get [Symbol.toStringTag](): string {
    return "SparseTensor";
  }

  /** @internal */
  get [BRAND](): ArrayBuffer {
    return memoryBuffer();
  }

  [INSPECT](): string {
    return this.toString();
  }

  /** Memory for the gradient of a parameter. @internal */
  [STORE](): SparseGrad {
    return new SparseGrad();
  }

  /** Adds the values to the elements of a dense tensor of the same shape. @internal */
  addTo(dense: FloatArray): void {
    const { sliceLength, values } = this;
    this.sliceNumbers().forEach((slice, i) => {
      for (let k = 0; k < sliceLength; k++) {
        const at = slice * sliceLength + k;
        dense[at] = (dense[at] as number) + (values[i * sliceLength + k] as number);
      }
    });
  }

  /** Which slice of the whole tensor each of the values is, counted row by row. @internal */
  sliceNumbers(): number[] {
    return Array.from({ length: this.nnz }, (_, i) =>
      this.indices.reduce(
        (number, column, dimension) => number * (this.shape[dimension] as number) + (column[i] as number),
        0,
      ),
    );
  }

  /**
   * The same, out of the reach of whoever holds this one. Its indices are checked again: what is written into them goes
   * nowhere else on its way to the kernel. @internal
   */
  copy(): SparseTensor<D> {
    const columns = checkIndices(this.indices);
    checkInside(columns, this.shape);
    const numbers = this.sliceNumbers();
    const isCoalesced =
      this.isCoalesced && numbers.every((number, i) => i === 0 || number > (numbers[i - 1] as number));
    return new SparseTensor(this.shape, this.dtype, columns, this.values.slice() as FloatArray<D>, isCoalesced);
  }

  /** A tensor of the same kind without any values. @internal */
  empty(): SparseTensor<D> {
    const none = this.indices.map(() => new Int32Array(0));
    return new SparseTensor(this.shape, this.dtype, none, new ELEMENTS[this.dtype].TypedArray(0), true);
  }

  /** The same slices with other values, which are not copied. @internal */
  withValues(values: FloatArray<D>): SparseTensor<D> {
    return new SparseTensor(this.shape, this.dtype, this.indices, values, this.isCoalesced);
  }

  /** The slices of both, still to be coalesced. One without slices may index what it likes. @internal */
  concat(other: SparseTensor<D>): SparseTensor<D> {
    if (this.nnz === 0) return other;
    if (other.nnz === 0) return this;
    if (other.sparseDim !== this.sparseDim) {
      throw rangeError("ERR_SHAPE", `expected a sparse tensor of sparse_dim ${this.sparseDim}, got ${other.sparseDim}`);
    }
    const values = new ELEMENTS[this.dtype].TypedArray(this.values.length + other.values.length);
    values.set(this.values);
    values.set(other.values, this.values.length);
    const indices = this.indices.map((column, d) => Int32Array.from([...column, ...(other.indices[d] as Int32Array)]));
    return new SparseTensor(this.shape, this.dtype, indices, values, false);
  }
}
