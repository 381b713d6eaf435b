/**
 * Parameters: tensors with a gradient.
 */

import { knownOptions, rangeError, shown, typeError } from "./check.js";
import { checkDType, type DType, ELEMENTS } from "./dtype.js";
import { type SparseGrad, STORE } from "./sparse-grad.js";
import type { SparseTensor } from "./sparse-tensor.js";
import {
  allocate,
  bindings,
  checkTensorOptions,
  filled,
  foreignTensor,
  isForeign,
  TENSOR_OPTIONS,
  Tensor,
  type TensorOptions,
} from "./tensor.js";
import type { Memory } from "./tensor-memory.js";
import { addValues, checkValues, copyValues, keptFrom, sameShape, type TensorValues } from "./values.js";
import { memoryBuffer } from "./wasm/instance.js";
import { PLACE } from "./wasm/memory.js";

/** How to make a parameter. */
export interface ParameterOptions extends TensorOptions {
  /** What messages call it. */
  readonly name?: string;
  /** False: optimizers leave it alone. True by default. */
  readonly requiresGrad?: boolean;
}

const PARAMETER_OPTIONS = [...TENSOR_OPTIONS, "name", "requiresGrad"];

/** Where a gradient is, for the kernel. @internal */
export interface ActiveGrad {
  /** The values; 0 once disposed. */
  readonly pointer: number;
  /** The head that says which slices they are for; 0 for all. */
  readonly sparsePointer: number;
  checkAlive(): void;
}

/** A tensor that optimizers update. */
export class Parameter extends Tensor {
  /** What messages call it. */
  name: string | undefined;
  #activeGrad: ActiveGrad | null = null;
  #grad: Tensor | SparseTensor | null = null;
  #ownGrad: Tensor | null = null;
  #sparseGrad: SparseGrad | null = null;
  #requiresGrad: boolean;

  private constructor(shape: readonly number[], dtype: DType, memory: Memory, own: Record<string, unknown>) {
    super(shape, dtype, memory);
    this.name = own.name as string | undefined;
    this.#requiresGrad = (own.requiresGrad as boolean | undefined) ?? true;
  }

  /**
   * A parameter with a copy of `values`.
   *
   * @example
   * const weight = Parameter.from([[0.1, -0.2], [0.3, 0.4]], { name: "weight" });
   */
  static override from(values: TensorValues, options: ParameterOptions = {}): Parameter {
    const { shape, dtype, own } = checkTensorOptions(options, values, PARAMETER_OPTIONS, "Parameter.from");
    checkParameterOptions(own);
    const kept = keptFrom(values, memoryBuffer());
    return filled(new Parameter(shape, dtype, allocate(shape, dtype, PLACE.param), own), kept);
  }

  /** A parameter of zeros. */
  static override zeros(shape: readonly number[], options: Omit<ParameterOptions, "shape"> = {}): Parameter {
    const own = knownOptions(options, ["dtype", "name", "requiresGrad"], "Parameter.zeros");
    checkParameterOptions(own);
    const dtype = checkDType(own.dtype === undefined ? "float32" : own.dtype);
    return new Parameter(shape, dtype, allocate(shape, dtype, PLACE.param), own);
  }

  /**
   * A parameter of `shape` over the elements of `tensor` from `start` on: the same bytes, nothing is copied. So all
   * parameters of a model can lie in one tensor, to be saved, sent or averaged as one. `tensor.dispose()` ends them all.
   *
   * @example
   * const flat = Parameter.zeros([6]);
   * const weight = Parameter.view(flat, 0, [2, 2], { name: "weight" });
   * const bias = Parameter.view(flat, 4, [2], { name: "bias" });
   */
  static view(
    tensor: Tensor,
    start: number,
    shape: readonly number[],
    options: Omit<ParameterOptions, "shape" | "dtype"> = {},
  ): Parameter {
    const own = knownOptions(options, ["name", "requiresGrad"], "Parameter.view");
    checkParameterOptions(own);
    if (isForeign(tensor)) throw foreignTensor();
    if (!(tensor instanceof Tensor))
      throw typeError("ERR_OPTION", `Parameter.view takes a Tensor, got ${shown(tensor)}`);
    if (tensor.isBorrowed) throw rangeError("ERR_ALIAS", "a parameter must not be the state of an optimizer");
    return new Parameter(shape, tensor.dtype, tensor.window(start, shape), own);
  }

  /** False: frozen, optimizers leave it alone even if it has a gradient, and keep no moments for it. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }
  set requiresGrad(value: boolean) {
    checkParameterOptions({ requiresGrad: value });
    this.#requiresGrad = value;
    this.#activate();
  }

  /** What an optimizer binds: nothing while the parameter is frozen. @internal */
  get activeGrad(): ActiveGrad | null {
    return this.#activeGrad;
  }

  /** The gradient as it is stored: a tensor, or the values of a sparse one without duplicates. @internal */
  get storedGrad(): Tensor | SparseGrad | null {
    return isSparse(this.#grad) ? this.#sparseGrad : this.#grad;
  }

  /**
   * The gradient of the next step, or null: optimizers then skip the parameter.
   *
   * A tensor is kept by reference, so that whoever computes gradients can write into it step after step. A typed array
   * of the same dtype or a nested array is copied into a buffer that the parameter keeps for the next one; so are the
   * slices of a sparse tensor.
   */
  get grad(): Tensor | SparseTensor | null {
    return this.#grad;
  }
  set grad(value: Tensor | SparseTensor | TensorValues | null) {
    this.checkAlive();
    if (value === null) this.#grad = null;
    else if (value instanceof Tensor) this.#grad = value === this.#grad ? alive(value) : this.#checkGrad(value);
    else if (isSparse(value)) this.#copySparse(value);
    else if (!this.#copyGradAgain(value)) this.#copyGrad(value);
    this.#activate();
  }

  /**
   * Adds to the gradient, as backward passes of torch do: over micro-batches, the sum is the gradient of them all. The
   * first addition copies; later ones add in place, also in a tensor that was assigned.
   */
  accumulateGrad(values: Tensor | SparseTensor | TensorValues): void {
    const what = `the gradient of ${this.describe()}`;
    if (isForeign(values)) throw foreignTensor();
    if (values instanceof Tensor) this.#checkGrad(values);
    else if (!isSparse(values)) checkValues(values, this.shape, this.dtype, false, what);
    const added = values instanceof Tensor ? values.data : values;
    const grad = this.#grad;
    if (grad === null) this.grad = added;
    else if (isSparse(added) !== isSparse(grad)) {
      throw typeError("ERR_OPTION", `${what} cannot be sparse in one part and dense in another`);
    } else if (isSparse(added)) {
      this.#checkKind(added);
      this.grad = (grad as SparseTensor).concat(added);
    } else addValues(added as TensorValues, (grad as Tensor).data);
  }

  /** Takes the gradient away, or fills it with zeros. @internal */
  zeroGrad(setToNone: boolean): void {
    if (setToNone) {
      this.#grad = null;
      this.#activate();
    } else if (this.#grad instanceof Tensor) this.#grad.fill(0);
    else if (this.#grad !== null) {
      this.#copySparse(this.#grad.empty());
      this.#activate();
    }
  }

  /**
   * Takes over the stored values of a sparse gradient after they were changed: `grad` is then another tensor, with every
   * slice once. @internal
   */
  readSparseGrad(): void {
    if (!isSparse(this.#grad) || this.#sparseGrad === null) return;
    this.#grad = this.#grad.coalesce().withValues(this.#sparseGrad.copyValues());
    if (this.#activeGrad === this.#ownGrad) this.#activeGrad = null;
    this.#activate();
  }

  /** Puts a dense gradient in the place of a sparse one, for a rule that needs one; `grad` is still sparse. @internal */
  densifyGrad(): void {
    if (!isSparse(this.#grad) || this.#activeGrad === this.#ownGrad) return;
    this.#ownGrad ??= Tensor.zeros(this.shape, { dtype: this.dtype });
    this.#ownGrad.fill(0);
    this.#grad.addTo(this.#ownGrad.data);
    this.#activeGrad = this.#ownGrad;
    bindings.version++;
  }

  #activate(): void {
    const grad = isSparse(this.#grad) ? this.#sparseGrad : this.#grad;
    const active = this.#requiresGrad ? grad : null;
    if (active === this.#activeGrad) return;
    this.#activeGrad = active;
    bindings.version++;
  }

  override dispose(): void {
    super.dispose();
    this.#ownGrad?.dispose();
    this.#sparseGrad?.dispose();
    this.#grad = this.#ownGrad = this.#sparseGrad = this.#activeGrad = null;
  }

  /** @internal */
  override describe(): string {
    return this.name === undefined ? `Parameter of shape [${this.shape}]` : `Parameter "${this.name}"`;
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`;
  }

  override get [Symbol.toStringTag](): string {
    return "Parameter";
  }

  #checkGrad(grad: Tensor): Tensor {
    grad.checkAlive();
    this.#checkKind(grad);
    if (grad.isBorrowed) {
      throw rangeError("ERR_ALIAS", `the gradient of ${this.describe()} must not be the state of an optimizer`);
    }
    const { byteLength } = this;
    if (grad.pointer < this.pointer + byteLength && this.pointer < grad.pointer + byteLength) {
      throw rangeError("ERR_ALIAS", `the gradient of ${this.describe()} overlaps the parameter itself`);
    }
    return grad;
  }

  /** What every step but the first comes to, without garbage: a typed array like the last one, into the same buffer. */
  #copyGradAgain(values: unknown): boolean {
    const own = this.#ownGrad;
    if (own === null || own.pointer === 0 || this.length === 0) return false;
    if (!(values instanceof ELEMENTS[this.dtype].TypedArray) || values.length !== this.length) return false;
    own.data.set(values);
    this.#grad = own;
    return true;
  }

  #checkKind(grad: Tensor | SparseTensor): void {
    if (grad.dtype !== this.dtype) {
      throw typeError("ERR_DTYPE", `the gradient of ${this.describe()} must be ${this.dtype}, got ${grad.dtype}`);
    }
    if (!sameShape(grad.shape, this.shape)) {
      throw rangeError(
        "ERR_SHAPE",
        `the gradient of ${this.describe()} has shape [${grad.shape}], expected [${this.shape}]`,
      );
    }
  }

  #copyGrad(values: unknown): void {
    if (isForeign(values)) throw foreignTensor();
    if (values === undefined)
      throw typeError("ERR_OPTION", `the gradient of ${this.describe()} is undefined; use null for none`);
    checkValues(values, this.shape, this.dtype, false, `the gradient of ${this.describe()}`);
    let kept = values as TensorValues;
    if (this.#ownGrad === null || this.#ownGrad.pointer === 0) {
      kept = keptFrom(kept, memoryBuffer());
      this.#ownGrad = Tensor.zeros(this.shape, { dtype: this.dtype });
    }
    copyValues(kept, this.#ownGrad.data);
    this.#grad = this.#ownGrad;
  }

  #copySparse(grad: SparseTensor): void {
    this.#checkKind(grad);
    this.#sparseGrad ??= grad[STORE]();
    this.#sparseGrad.set(grad.coalesce());
    this.#grad = grad;
    // One that was made dense for a rule is to be looked at again.
    if (this.#activeGrad === this.#ownGrad) this.#activeGrad = null;
  }
}

/** True for a sparse tensor of this copy of the package. */
function isSparse(value: unknown): value is SparseTensor {
  return typeof value === "object" && value !== null && STORE in value;
}

/** The tensor, which must not have been disposed. */
function alive(tensor: Tensor): Tensor {
  tensor.checkAlive();
  return tensor;
}

function checkParameterOptions(own: Record<string, unknown>): void {
  if (own.name !== undefined && typeof own.name !== "string") {
    throw typeError("ERR_OPTION", `name must be a string, got ${shown(own.name)}`);
  }
  if (own.requiresGrad !== undefined && typeof own.requiresGrad !== "boolean") {
    throw typeError("ERR_OPTION", `requiresGrad must be a boolean, got ${shown(own.requiresGrad)}`);
  }
}
