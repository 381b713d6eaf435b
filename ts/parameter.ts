/**
 * Parameters: tensors with a gradient.
 */

import { knownOptions, rangeError, shown, typeError } from "./check.js";
import { checkDType, type DType, ELEMENTS } from "./dtype.js";
import {
  allocate,
  bindings,
  checkTensorOptions,
  filled,
  foreignTensor,
  isForeign,
  type Memory,
  TENSOR_OPTIONS,
  Tensor,
  type TensorOptions,
} from "./tensor.js";
import { checkValues, copyValues, keptFrom, sameShape, type TensorValues } from "./values.js";
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

/** A tensor that optimizers update. */
export class Parameter extends Tensor {
  /** What messages call it. */
  name: string | undefined;
  #activeGrad: Tensor | null = null;
  #grad: Tensor | null = null;
  #ownGrad: Tensor | null = null;
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

  /** False: frozen, optimizers leave it alone even if it has a gradient, and keep no moments for it. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }
  set requiresGrad(value: boolean) {
    checkParameterOptions({ requiresGrad: value });
    this.#requiresGrad = value;
    this.#activate();
  }

  /** The gradient an optimizer uses: none while the parameter is frozen. @internal */
  get activeGrad(): Tensor | null {
    return this.#activeGrad;
  }

  /**
   * The gradient of the next step, or null: optimizers then skip the parameter.
   *
   * A tensor is kept by reference, so that whoever computes gradients can write into it step after step. A typed array
   * of the same dtype or a nested array is copied into a buffer that the parameter keeps for the next one.
   */
  get grad(): Tensor | null {
    return this.#grad;
  }
  set grad(value: Tensor | TensorValues | null) {
    this.checkAlive();
    if (value === null) this.#grad = null;
    else if (value === this.#grad) value.checkAlive();
    else if (value instanceof Tensor) this.#grad = this.#checkGrad(value);
    else if (!this.#copyGradAgain(value)) this.#copyGrad(value);
    this.#activate();
  }

  /** Takes the gradient away. @internal */
  clearGrad(): void {
    this.#grad = null;
    this.#activate();
  }

  #activate(): void {
    const grad = this.#requiresGrad ? this.#grad : null;
    if (grad === this.#activeGrad) return;
    this.#activeGrad = grad;
    bindings.version++;
  }

  override dispose(): void {
    super.dispose();
    this.#ownGrad?.dispose();
    this.#grad = this.#ownGrad = this.#activeGrad = null;
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
    if (grad.dtype !== this.dtype) {
      throw typeError("ERR_DTYPE", `the gradient of ${this.describe()} must be ${this.dtype}, got ${grad.dtype}`);
    }
    if (!sameShape(grad.shape, this.shape)) {
      throw rangeError(
        "ERR_SHAPE",
        `the gradient of ${this.describe()} has shape [${grad.shape}], expected [${this.shape}]`,
      );
    }
    if (grad.isBorrowed) {
      throw rangeError("ERR_ALIAS", `the gradient of ${this.describe()} must not be the state of an optimizer`);
    }
    const bytes = this.data.byteLength;
    if (grad.pointer < this.pointer + bytes && this.pointer < grad.pointer + bytes) {
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
}

function checkParameterOptions(own: Record<string, unknown>): void {
  if (own.name !== undefined && typeof own.name !== "string") {
    throw typeError("ERR_OPTION", `name must be a string, got ${shown(own.name)}`);
  }
  if (own.requiresGrad !== undefined && typeof own.requiresGrad !== "boolean") {
    throw typeError("ERR_OPTION", `requiresGrad must be a boolean, got ${shown(own.requiresGrad)}`);
  }
}
