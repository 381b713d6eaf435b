/**
 * A parameter's gradient: what is assigned, where its values lie for the kernel, and the buffers that are kept from one
 * step to the next.
 */

import { bindings } from "./bindings.js";
import { typeError } from "./check.js";
import { type DType, ELEMENTS } from "./dtype.js";
import { refuseForeign } from "./foreign.js";
import { checkGradKind, checkGradTensor, gradOf } from "./gradient-checks.js";
import { type SparseGrad, STORE } from "./sparse-grad.js";
import type { SparseTensor } from "./sparse-tensor.js";
import { Tensor } from "./tensor.js";
import { addValues, checkValues, copyValues, keptFrom, type TensorValues } from "./values.js";
import { memoryBuffer } from "./wasm/instance.js";

/** A gradient as people see it. */
export type Grad<D extends DType = DType> = Tensor<D> | SparseTensor<D> | null;

/** Where a gradient is, for the kernel. */
export interface StoredGrad {
  /** The values; 0 once disposed. */
  readonly pointer: number;
  /** The head that says which slices they are for; 0 for all. */
  readonly sparsePointer: number;
  checkAlive(): void;
}

/** Whose buffer a tensor is. */
const keepers = new WeakMap<Tensor, Gradient>();

export class Gradient {
  readonly #owner: Tensor;
  /** What was assigned; a sparse tensor is a copy, which nobody else has. */
  #value: Grad = null;
  /** A copy of that copy, for whoever asks. */
  #shown: SparseTensor | null = null;
  /** For values that are copied. */
  #buffer: Tensor | null = null;
  /** For sparse ones. */
  #slices: SparseGrad | null = null;
  /** Whether a rule reads the sparse values from the buffer, where they are among zeros. */
  #isSpread = false;
  #isFrozen: boolean;
  #active: Tensor | SparseGrad | null = null;

  constructor(owner: Tensor, isFrozen: boolean) {
    this.#owner = owner;
    this.#isFrozen = isFrozen;
  }

  /** What was assigned: a tensor, also if its values were copied, or null. */
  get value(): Grad {
    if (!isSparse(this.#value)) return this.#value;
    this.#shown ??= this.#value.copy();
    return this.#shown;
  }

  /** What is measured and scaled: a tensor, or the values of a sparse one without duplicates. */
  get stored(): Tensor | SparseGrad | null {
    const value = this.#value;
    return value === null || value instanceof Tensor ? value : this.#slices;
  }

  /** What an optimizer binds: nothing while the parameter is frozen. */
  get active(): StoredGrad | null {
    return this.#active;
  }

  /** Whether optimizers bind the very tensor that was assigned, which a step can then zero. */
  get isStepped(): boolean {
    return this.#active === this.#value;
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }
  set isFrozen(value: boolean) {
    this.#isFrozen = value;
    this.#activate();
  }

  assign(value: Grad | TensorValues): void {
    if (value === null) this.#value = null;
    else if (value instanceof Tensor) {
      if (value === this.#value) value.checkAlive();
      else {
        checkGradTensor(value, this.#owner);
        // It is somebody's gradient now, and no buffer any more.
        const keeper = keepers.get(value);
        if (keeper !== undefined && keeper.#buffer === value) keeper.#buffer = null;
      }
      this.#value = value;
    } else if (!this.#copyAgain(value)) {
      if (isSparse(value)) this.#copySparse(value);
      else this.#copy(value);
    }
    this.#activate();
  }

  accumulate(values: Tensor | SparseTensor | TensorValues): void {
    refuseForeign(values);
    if (isSparse(values)) this.#addSparse(values);
    else this.#addDense(values);
  }

  /** Takes the gradient away, or fills it with zeros. */
  zero(setToNone: boolean): void {
    if (setToNone) {
      this.#value = null;
      this.#activate();
    } else if (this.#value instanceof Tensor) this.#value.fill(0);
    else if (this.#value !== null) {
      this.#copySparse(this.#value.empty());
      this.#activate();
    }
  }

  /** Takes over what a call has made of the stored values of a sparse gradient: every slice is then there once. */
  readSlices(): void {
    if (!isSparse(this.#value) || this.#slices === null) return;
    this.#keepSparse(this.#value.coalesce().withValues(this.#slices.copyValues()));
  }

  /** The values of a sparse gradient among zeros, for a rule that needs all. May make memory grow. */
  spread(): Tensor {
    const buffer = this.#makeBuffer();
    buffer.fill(0);
    (this.#value as SparseTensor).addTo(buffer.data);
    this.#isSpread = true;
    return buffer;
  }

  dispose(): void {
    this.#buffer?.dispose();
    this.#slices?.dispose();
    this.#value = this.#shown = this.#buffer = this.#slices = this.#active = null;
  }

  #activate(): void {
    const active = this.#isFrozen ? null : this.stored;
    if (active === this.#active) return;
    this.#active = active;
    bindings.version++;
  }

  /** What was spread is old: optimizers are to ask for it again. */
  #unspread(): void {
    if (this.#isSpread) bindings.version++;
    this.#isSpread = false;
  }

  #addSparse(added: SparseTensor): void {
    checkGradKind(added, this.#owner);
    const value = this.#value;
    if (value instanceof Tensor) added.addTo(value.data);
    else this.assign(value === null ? added : value.concat(added));
  }

  #addDense(values: Tensor | TensorValues): void {
    const { shape, dtype } = this.#owner;
    if (values instanceof Tensor) checkGradTensor(values, this.#owner);
    else checkValues(values, shape, dtype, false, gradOf(this.#owner));
    const added = values instanceof Tensor ? values.data : values;
    const value = this.#value;
    if (value instanceof Tensor) addValues(added, value.data);
    else {
      this.assign(added);
      value?.addTo((this.#value as Tensor).data);
    }
  }

  #copySparse(grad: SparseTensor): void {
    checkGradKind(grad, this.#owner);
    const kept = grad.copy();
    this.#slices ??= kept[STORE]();
    this.#slices.set(kept.coalesce());
    this.#keepSparse(kept);
  }

  #keepSparse(kept: SparseTensor): void {
    this.#value = kept;
    this.#shown = null;
    this.#unspread();
  }

  /** What every step but the first comes to, without garbage: a typed array like the last one, into the same buffer. */
  #copyAgain(values: unknown): boolean {
    const buffer = this.#buffer;
    if (buffer === null || buffer.pointer === 0 || buffer.length === 0) return false;
    if (!(values instanceof ELEMENTS[buffer.dtype].TypedArray) || values.length !== buffer.length) return false;
    buffer.data.set(values);
    this.#value = buffer;
    return true;
  }

  #copy(values: unknown): void {
    const { shape, dtype } = this.#owner;
    refuseForeign(values);
    if (values === undefined) throw typeError("ERR_OPTION", `${gradOf(this.#owner)} is undefined; use null for none`);
    checkValues(values, shape, dtype, false, gradOf(this.#owner));
    // Making the buffer may detach them.
    const kept = keptFrom(values as TensorValues, memoryBuffer());
    this.#value = this.#makeBuffer();
    copyValues(kept, this.#value.data);
  }

  /** The buffer; a new one if somebody disposed of it. */
  #makeBuffer(): Tensor {
    const { shape, dtype } = this.#owner;
    if (!this.#buffer?.pointer) {
      this.#buffer = Tensor.zeros(shape, { dtype });
      keepers.set(this.#buffer, this);
    }
    return this.#buffer;
  }
}

/** True for a sparse tensor of this copy of the package. */
function isSparse(value: unknown): value is SparseTensor {
  return typeof value === "object" && value !== null && STORE in value;
}
