/**
 * Parameters: tensors with a gradient.
 */

import { checkBoolean, knownOptions, rangeError, shown, typeError, unknownOption } from "./check.js";
import { checkDType, type DType, type DTypeOf } from "./dtype.js";
import { refuseForeign } from "./foreign.js";
import { type Grad, Gradient } from "./gradient.js";
import type { SparseTensor } from "./sparse-tensor.js";
import { filled, Tensor } from "./tensor.js";
import { allocation, type MakeMemory } from "./tensor-memory.js";
import { checkTensorOptions, TENSOR_OPTIONS, type TensorOptions } from "./tensor-options.js";
import { keptFrom, type TensorValues } from "./values.js";
import { memoryBuffer } from "./wasm/instance.js";
import { PLACE } from "./wasm/memory.js";

/** How to make a parameter. */
export interface ParameterOptions<D extends DType = DType> extends TensorOptions<D> {
  /** What messages call it. */
  readonly name?: string | undefined;
  /** False: optimizers leave it alone. True by default. */
  readonly requiresGrad?: boolean | undefined;
}

const PARAMETER_OPTIONS = [...TENSOR_OPTIONS, "name", "requiresGrad"];

/** A tensor that optimizers update. */
export class Parameter<D extends DType = DType> extends Tensor<D> {
  /** What messages call it. */
  name: string | undefined;
  readonly #gradient: Gradient;

  private constructor(shape: readonly number[], dtype: D, makeMemory: MakeMemory, own: Record<string, unknown>) {
    super(shape, dtype, makeMemory);
    this.name = own.name as string | undefined;
    this.#gradient = new Gradient(this, own.requiresGrad === false);
  }

  /** @internal */
  get gradient(): Gradient {
    return this.#gradient;
  }
  /** @internal What people try who look for `grad`. */
  set gradient(_: unknown) {
    throw unknownOption("gradient", ["grad"], "Parameter");
  }

  /**
   * A parameter with a copy of `values`, as {@link Tensor.from} makes it.
   *
   * @throws what that does
   * @example
   * const weight = Parameter.from([[0.1, -0.2], [0.3, 0.4]], { name: "weight" });
   */
  static override from<Values extends TensorValues, D extends DType = DTypeOf<Values>>(
    values: Values,
    options: ParameterOptions<D> = {},
  ): Parameter<NoInfer<D>> {
    const { shape, dtype, own } = checkTensorOptions(options, values, PARAMETER_OPTIONS, "Parameter.from");
    checkParameterOptions(own);
    const kept = keptFrom(values, memoryBuffer());
    return filled(new Parameter(shape, dtype as D, allocation(dtype, PLACE.param), own), kept);
  }

  /** A parameter of zeros, as {@link Tensor.zeros}. */
  static override zeros<D extends DType = "float32">(
    shape: readonly number[],
    options: Omit<ParameterOptions<D>, "shape"> = {},
  ): Parameter<NoInfer<D>> {
    const own = knownOptions(options, ["dtype", "name", "requiresGrad"], "Parameter.zeros");
    checkParameterOptions(own);
    const dtype = checkDType(own.dtype === undefined ? "float32" : own.dtype);
    return new Parameter(shape, dtype as D, allocation(dtype, PLACE.param), own);
  }

  /**
   * A parameter of `shape` over the elements of `tensor` from `start` on: the same bytes, nothing is copied. So all
   * parameters of a model can lie in one tensor, to be saved, sent or averaged as one. `tensor.dispose()` ends them all.
   *
   * @throws ERR_SHAPE if it would not lie within the tensor, ERR_ALIAS if that is the state of an optimizer
   * @example
   * const flat = Parameter.zeros([6]);
   * const weight = Parameter.view(flat, 0, [2, 2], { name: "weight" });
   * const bias = Parameter.view(flat, 4, [2], { name: "bias" });
   */
  static view<D extends DType>(
    tensor: Tensor<D>,
    start: number,
    shape: readonly number[],
    options: Omit<ParameterOptions, "shape" | "dtype"> = {},
  ): Parameter<D> {
    const own = knownOptions(options, ["name", "requiresGrad"], "Parameter.view");
    checkParameterOptions(own);
    refuseForeign(tensor);
    if (!(tensor instanceof Tensor))
      throw typeError("ERR_OPTION", `Parameter.view takes a Tensor, got ${shown(tensor)}`);
    if (tensor.isBorrowed) throw rangeError("ERR_ALIAS", "a parameter must not be the state of an optimizer");
    return new Parameter(shape, tensor.dtype, tensor.window(start), own);
  }

  /** False: frozen, optimizers leave it alone even if it has a gradient, and keep no moments for it. */
  get requiresGrad(): boolean {
    return !this.gradient.isFrozen;
  }
  set requiresGrad(value: boolean) {
    checkParameterOptions({ requiresGrad: value });
    this.gradient.isFrozen = !value;
  }

  /** @internal torch's name for it. Without this, assigning it would add a property, and freeze nothing. */
  set requires_grad(_: unknown) {
    throw unknownOption("requires_grad", ["requiresGrad"], "Parameter");
  }

  /**
   * The gradient of the next step, or null: optimizers then skip the parameter.
   *
   * A tensor is kept by reference, so that whoever computes gradients can write into it step after step. A typed array
   * of the same dtype or a nested array is copied into a buffer that the parameter keeps for the next one (so that what
   * `grad` was before then holds the new values); so are the slices of a sparse tensor, and what is written into the one
   * that `grad` then is changes nothing: assign it.
   *
   * @throws ERR_SHAPE or ERR_DTYPE for another shape or dtype than the parameter's, ERR_DETACHED for an array whose memory is
   *   gone, ERR_ALIAS for a tensor over its bytes or of an optimizer's state, ERR_OOM if there is no memory for a copy
   */
  get grad(): Grad<D> {
    return this.gradient.value as Grad<D>;
  }
  set grad(value: Grad | TensorValues) {
    this.checkAlive();
    this.gradient.assign(value);
  }

  /**
   * Adds to the gradient, as backward passes of torch do: over micro-batches, the sum is the gradient of them all. The
   * first addition copies; later ones add in place, also in a tensor that was assigned. Sparse parts make a sparse sum, and
   * with a dense one among them a dense sum.
   *
   * @throws ERR_SHAPE or ERR_DTYPE for another shape or dtype than the parameter's, and for a sparse part that indexes
   *   another number of dimensions than those before; the others of `grad`
   */
  accumulateGrad(values: Tensor | SparseTensor | TensorValues): void {
    this.checkAlive();
    this.gradient.accumulate(values);
  }

  override dispose(): void {
    super.dispose();
    this.gradient.dispose();
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
}

function checkParameterOptions(own: Record<string, unknown>): void {
  if (own.name !== undefined && typeof own.name !== "string") {
    throw typeError("ERR_OPTION", `name must be a string, got ${shown(own.name)}`);
  }
  if (own.requiresGrad !== undefined) checkBoolean(own.requiresGrad, "requiresGrad");
}
