/**
 * Tensors in the kernel's linear memory.
 *
 * A tensor owns its bytes until it is disposed or collected; `data` is a view of the same bytes, so what a step writes
 * is there at once. Views die when memory grows, as it may whenever something is allocated, and a step with dense
 * gradients allocates nothing: read `data` again instead of keeping it. A view keeps its tensor alive; a `subarray` of
 * the view does not. Tensors made by `view` share the bytes of another one, and end with it.
 */

import { bindings } from "./bindings.js";
import { knownOptions, rangeError, shown, stateError, typeError } from "./check.js";
import { checkDType, type DType, type DTypeOf, ELEMENTS, type FloatArray } from "./dtype.js";
import { BRAND } from "./foreign.js";
import { DISPOSE, INSPECT } from "./globals.js";
import { formatValues } from "./tensor-format.js";
import { allocation, Loan, type MakeMemory, type Memory, Window } from "./tensor-memory.js";
import { checkTensorOptions, TENSOR_OPTIONS, type TensorOptions } from "./tensor-options.js";
import { checkValues, copyValues, keptFrom, lengthOf, type TensorValues } from "./values.js";
import { memoryBuffer } from "./wasm/instance.js";
import { isAlive, PLACE, viewOf } from "./wasm/memory.js";

/** A view's tensor, so that the bytes live as long as somebody can see them. */
const owners = new WeakMap<FloatArray, Tensor>();

/** Numbers in linear memory with a shape, row by row. */
export class Tensor<D extends DType = DType> {
  readonly #shape: readonly number[];
  readonly #dtype: D;
  readonly #length: number;
  readonly #memory: Memory;
  #view: FloatArray<D> | null = null;

  /** For the classes of this package. */
  protected constructor(shape: readonly number[], dtype: D, makeMemory: MakeMemory) {
    // TypeScript keeps the constructor to the package; in JavaScript `new Parameter(values)` is what people try first.
    if (typeof makeMemory !== "function") {
      const name = this[Symbol.toStringTag];
      throw typeError("ERR_OPTION", `a ${name} is made by ${name}.from(values) or ${name}.zeros(shape), not by new`);
    }
    lengthOf(shape);
    this.#shape = Object.freeze([...shape]);
    this.#dtype = dtype;
    // Of the copy: proxies may say one thing now, and another then.
    this.#length = lengthOf(this.shape);
    this.#memory = makeMemory(this.length, this.shape);
  }

  /**
   * A tensor with a copy of `values`: a number, nested arrays, or a typed array.
   *
   * @throws ERR_SHAPE or ERR_DTYPE if they make no such tensor, ERR_DETACHED if their memory is gone, ERR_OOM if there is no
   *   memory for it, ERR_LIMIT if no memory could hold it
   * @example
   * const gradient = Tensor.from([[0.1, 0.2], [0.3, 0.4]]);
   * const flat = Tensor.from(new Float64Array(6), { shape: [2, 3] });
   */
  static from<Values extends TensorValues, D extends DType = DTypeOf<Values>>(
    values: Values,
    options: TensorOptions<D> = {},
  ): Tensor<NoInfer<D>> {
    const { shape, dtype } = checkTensorOptions(options, values, TENSOR_OPTIONS, "Tensor.from");
    const kept = keptFrom(values, memoryBuffer());
    return filled(new Tensor(shape, dtype as D, allocation(dtype, PLACE.grad)), kept);
  }

  /**
   * A tensor of zeros.
   *
   * @throws ERR_SHAPE or ERR_DTYPE if there is no such tensor, ERR_OOM if there is no memory for it, ERR_LIMIT if no memory
   *   could hold it
   */
  static zeros<D extends DType = "float32">(
    shape: readonly number[],
    options: Omit<TensorOptions<D>, "shape"> = {},
  ): Tensor<NoInfer<D>> {
    const { dtype: named = "float32" } = knownOptions(options, ["dtype"], "Tensor.zeros");
    const dtype = checkDType(named) as D;
    return new Tensor(shape, dtype, allocation(dtype, PLACE.grad));
  }

  /** A tensor over memory that `lender` owns, which it keeps alive. @internal */
  static borrow<D extends DType>(shape: readonly number[], dtype: D, pointer: number, lender: object): Tensor<D> {
    return new Tensor(shape, dtype, () => new Loan(pointer, lender));
  }

  /** Extents of the dimensions; empty for a single number. */
  get shape(): readonly number[] {
    return this.#shape;
  }

  /** Element type. */
  get dtype(): D {
    return this.#dtype;
  }

  /** Number of elements. */
  get length(): number {
    return this.#length;
  }

  /** A gradient says here which slices it is for: all. @internal */
  get sparsePointer(): number {
    return 0;
  }

  /** Byte offset in linear memory; 0 once disposed. @internal */
  get pointer(): number {
    return this.#memory.pointer;
  }

  /** @internal */
  get byteLength(): number {
    return this.length * ELEMENTS[this.dtype].bytes;
  }

  /** True for an optimizer's state, and parts of it. @internal */
  get isBorrowed(): boolean {
    return this.#memory.isBorrowed;
  }

  /**
   * A tensor of `shape` over the elements from `start` on, counted row by row: the same bytes, nothing is copied. So one
   * flat tensor can hold many gradients, and `Parameter.view` makes parameters over one.
   *
   * The bytes live as long as one of the tensors does. Disposing this one ends its views, disposing a view frees nothing.
   *
   * @throws ERR_SHAPE if it would not lie within this tensor
   * @example
   * const flat = Tensor.zeros([6]);
   * weight.grad = flat.view(0, [2, 2]);
   * bias.grad = flat.view(4, [2]);
   */
  view(start: number, shape: readonly number[]): Tensor<D> {
    return new Tensor(shape, this.dtype, this.window(start));
  }

  /** How the memory of a view is made. @internal */
  window(start: number): MakeMemory {
    this.checkAlive();
    if (typeof start !== "number") throw typeError("ERR_SHAPE", `a view starts at an element, got ${shown(start)}`);
    return (length, shape) => {
      if (!Number.isSafeInteger(start) || start < 0 || start + length > this.length) {
        throw rangeError(
          "ERR_SHAPE",
          `a view of shape [${shape}] from element ${shown(start)} on is not within the ${this.length} of ${this.describe()}`,
        );
      }
      return new Window(this.#memory, start * ELEMENTS[this.dtype].bytes);
    };
  }

  /**
   * The elements, row by row: a view of linear memory, not a copy. It is dead, with length 0, once memory has grown, which
   * creating tensors can do, and so can the first array assigned to a `grad`: read it again rather than keep it.
   *
   * @throws ERR_DISPOSED once the tensor, or the one that this is a view of, was disposed
   */
  get data(): FloatArray<D> {
    this.checkAlive();
    let view = this.#view;
    // A tensor without elements has a new view each time.
    if (view !== null && isAlive(view)) return view;
    view = viewOf(this.pointer, this.length, this.dtype);
    owners.set(view, this);
    this.#view = view;
    return view;
  }
  /** There is nothing to be assigned: `set` copies values in. */
  set data(_: never) {
    throw typeError("ERR_OPTION", `data of ${this.describe()} cannot be assigned; use set(values), which copies them`);
  }

  /**
   * Copies `values` (the same shape, or flat) into the tensor.
   *
   * @throws ERR_SHAPE or ERR_DTYPE if they are of another shape, or a typed array of another dtype; ERR_DETACHED if their
   *   memory is gone
   */
  set(values: TensorValues): void {
    this.checkAlive();
    checkValues(values, this.shape, this.dtype, false, "values");
    // A typed array may overlap the tensor; several, nested, would find what the first has written.
    copyValues(Array.isArray(values) ? keptFrom(values, memoryBuffer()) : values, this.data);
  }

  /** Sets every element to `value`. */
  fill(value: number): void {
    if (typeof value !== "number") throw typeError("ERR_DTYPE", `fill takes a number, got ${shown(value)}`);
    this.data.fill(value);
  }

  /**
   * The number in a tensor of one element.
   *
   * @throws ERR_SHAPE if there are more, or none
   */
  item(): number {
    this.checkAlive();
    if (this.length !== 1) {
      throw rangeError("ERR_SHAPE", `a Tensor with ${this.length} elements cannot be converted to a number`);
    }
    return this.data[0] as number;
  }

  /**
   * Gives the memory back, unless it is another tensor's. Using the tensor or its views afterwards is an error; disposing
   * it again does nothing, as does disposing a tensor of an optimizer's state, whose memory is the optimizer's.
   */
  dispose(): void {
    if (!(this.#memory instanceof Loan)) this.revoke();
  }

  /** Makes the tensor unusable, also where its memory is an optimizer's, which then has taken it back. @internal */
  revoke(): void {
    bindings.version++;
    this.#view = null;
    this.#memory.free();
  }

  [DISPOSE](): void {
    this.dispose();
  }

  /** Throws if the tensor was disposed. @internal */
  checkAlive(): void {
    if (this.pointer === 0) throw stateError("ERR_DISPOSED", `${this.describe()} was disposed and cannot be used`);
  }

  /** What messages call it. @internal */
  describe(): string {
    return `Tensor of shape [${this.shape}]`;
  }

  /** As torch prints it. */
  toString(): string {
    if (this.pointer === 0) return `tensor(disposed, size=[${this.shape}])`;
    const dtype = this.dtype === "float32" ? "" : `, dtype=${this.dtype}`;
    const size = this.length === 0 && this.shape.length !== 1 ? `, size=[${this.shape}]` : "";
    return `tensor(${formatValues(this.data, this.shape, "tensor(".length)}${size}${dtype})`;
  }

  [INSPECT](): string {
    return this.toString();
  }

  /** Plain values, for small tensors; JSON has no NaN or infinity. `adam-wasm/checkpoint` keeps all bits. */
  toJSON(): { dtype: D; shape: readonly number[]; data: number[] } {
    return { dtype: this.dtype, shape: this.shape, data: Array.from(this.data) };
  }

  /**
   * In arithmetic a tensor is the number in it, as of `item()`; one of more elements is an error, and not NaN. Only to `+`,
   * which may also join texts, that one is its text.
   */
  [Symbol.toPrimitive](hint: string): string | number {
    const isText = this.length === 1 ? hint === "string" : hint !== "number";
    return isText ? this.toString() : this.item();
  }

  get [Symbol.toStringTag](): string {
    return "Tensor";
  }

  /** @internal */
  get [BRAND](): ArrayBuffer {
    return memoryBuffer();
  }
}

/** The tensor, with `values` in it. @internal */
export function filled<T extends Tensor>(tensor: T, values: TensorValues): T {
  copyValues(values, tensor.data);
  return tensor;
}
