/**
 * Clipping of gradients, as `torch.nn.utils` does it, in one call of the kernel over all of them.
 *
 * Norms are added up in float64, so that large gradients do not overflow and long ones lose no digits, in an order that
 * does not depend on anything: the same bits everywhere. torch adds up in the dtype of the gradients.
 */

import { type ArrayTable, arrayTable, type KernelArray } from "./array-table.js";
import { checkBoolean, kindOf, knownOptions, rangeError, shown, typeError } from "./check.js";
import { checkDType, type DType } from "./dtype.js";
import { refuseForeign } from "./foreign.js";
import type { Parameter } from "./parameter.js";
import { listOf, parametersOf } from "./parameter-list.js";
import { SparseGrad } from "./sparse-grad.js";
import { SparseTensor } from "./sparse-tensor.js";
import { Tensor } from "./tensor.js";
import { call } from "./wasm/instance.js";

/** What is clipped: the gradients of one parameter, or of several. */
export type ClipParams = Parameter | Iterable<Parameter>;

/** What has a norm: one tensor or several; null, as `grad` is without a gradient, counts for nothing. */
export type NormTensors = Tensor | SparseTensor | Iterable<Tensor | SparseTensor | null>;

/** Which norm. */
export interface NormOptions {
  /** Order of the norm, 2 by default: any number, `Infinity` for the largest magnitude, `-Infinity` for the smallest. */
  readonly normType?: number | undefined;
  /** Throw ERR_NONFINITE if the norm is NaN or infinite; false by default. */
  readonly errorIfNonfinite?: boolean | undefined;
}

/**
 * Scales gradients in place so that the norm of all of them together is at most `maxNorm`, and returns what the norm was.
 *
 * ```text
 * grad *= min(1, maxNorm / (norm + 1e-6))
 * ```
 *
 * As in torch, the factor is always multiplied in, so a norm of exactly `maxNorm` shrinks by its 1e-6th part, and a norm
 * that is not finite leaves no gradient intact, unless `errorIfNonfinite`. `grad` of a parameter with a sparse gradient
 * is another tensor afterwards, in which every slice is named once: its norm is that of the sums.
 *
 * @throws ERR_ALIAS if two gradients share memory, and ERR_NONFINITE as `errorIfNonfinite` says; nothing has changed then
 * @example
 * const norm = clipGradNorm(optimizer.paramGroups[0].params, 1.0);
 */
export function clipGradNorm(params: ClipParams, maxNorm: number, options: NormOptions = {}): number {
  const parameters = clipped(params, "clipGradNorm");
  checkLimit(maxNorm, "maxNorm");
  const order = checkNormOptions(options, "clipGradNorm");
  const table = gradTable(parameters);
  const norm = normOf(table, order, "parameters");
  scale(parameters, table, coefficient(norm, maxNorm, table.dtype));
  return norm;
}

/**
 * The second half of {@link clipGradNorm}: scales gradients in place by `min(1, maxNorm / (totalNorm + 1e-6))`.
 *
 * @throws ERR_ALIAS if two gradients share memory; nothing has changed then
 */
export function clipGradsWithNorm(params: ClipParams, maxNorm: number, totalNorm: number): void {
  const parameters = clipped(params, "clipGradsWithNorm");
  checkLimit(maxNorm, "maxNorm");
  checkNorm(totalNorm);
  const table = gradTable(parameters);
  scale(parameters, table, coefficient(totalNorm, maxNorm, table.dtype));
}

/**
 * Moves every element of the gradients into [−`clipValue`, `clipValue`], in place; NaN stays NaN.
 *
 * @throws ERR_ALIAS if two gradients share memory; nothing has changed then
 */
export function clipGradValue(params: ClipParams, clipValue: number): void {
  const parameters = clipped(params, "clipGradValue");
  checkLimit(clipValue, "clipValue");
  const { pointer, count } = gradTable(parameters);
  if (count > 0) call((kernel) => kernel.clampGrads(pointer, count, clipValue));
  for (const { gradient } of parameters) gradient.readSlices();
}

/**
 * The norm of all elements of the tensors, as if they were one; 0 if there are none. It is rounded to float32 unless one
 * of the tensors is float64. Order 0 counts the tensors that are not all zero, as in torch.
 *
 * A sum beyond the range of float64 makes the norm infinite; with float32 elements, orders up to 7 cannot get there. Powers
 * are multiplications and square roots, one for each bit of the order: 1.5 is quick, 1.3 takes 52 roots an element.
 *
 * @throws ERR_ALIAS if two tensors share memory, and ERR_NONFINITE as `errorIfNonfinite` says
 */
export function getTotalNorm(tensors: NormTensors, options: NormOptions = {}): number {
  const order = checkNormOptions(options, "getTotalNorm");
  const copies: SparseGrad[] = [];
  try {
    const arrays = tensorsOf(tensors).map((tensor) => {
      if (!(tensor instanceof SparseTensor)) return tensor;
      const copy = new SparseGrad();
      copies.push(copy);
      copy.set(tensor.coalesce());
      return copy;
    });
    return normOf(arrayTable(arrays, "tensors"), order, "tensors");
  } finally {
    for (const copy of copies) copy.dispose();
  }
}

/**
 * What gradients of this norm must be multiplied by for a norm of at most `maxNorm`: `min(1, maxNorm / (totalNorm +
 * 1e-6))`, each operation rounded to `dtype`. As `gradScale` of a step it clips on the way, in one pass less. It is NaN if
 * the norm is, and a step refuses that.
 *
 * @example
 * const norm = getTotalNorm(params.map(({ grad }) => grad));
 * optimizer.step(undefined, { gradScale: clipCoefficient(norm, 1) });
 */
export function clipCoefficient(
  totalNorm: number,
  maxNorm: number,
  options: { readonly dtype?: DType | undefined } = {},
): number {
  checkNorm(totalNorm);
  checkLimit(maxNorm, "maxNorm");
  const { dtype = "float32" } = knownOptions(options, ["dtype"], "clipCoefficient");
  return coefficient(totalNorm, maxNorm, checkDType(dtype));
}

function coefficient(totalNorm: number, maxNorm: number, dtype: DType): number {
  const round = dtype === "float32" ? Math.fround : (x: number) => x;
  // torch multiplies by the reciprocal, and so rounds once more than a division.
  const reciprocal = round(1 / round(round(totalNorm) + round(1e-6)));
  return Math.min(1, round(reciprocal * round(maxNorm)));
}

function normOf({ pointer, count, dtype }: ArrayTable, { normType, errorIfNonfinite }: Order, what: string): number {
  const sum = count === 0 ? 0 : call((kernel) => kernel.gradNorm(pointer, count, normType));
  const norm = dtype === "float32" ? Math.fround(sum) : sum;
  if (errorIfNonfinite && !Number.isFinite(norm)) {
    throw rangeError(
      "ERR_NONFINITE",
      `The total norm of order ${normType} for gradients from \`${what}\` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set errorIfNonfinite: false`,
    );
  }
  return norm;
}

function scale(parameters: readonly Parameter[], { pointer, count }: ArrayTable, factor: number): void {
  if (count > 0) call((kernel) => kernel.scaleGrads(pointer, count, factor));
  for (const { gradient } of parameters) gradient.readSlices();
}

function gradTable(parameters: readonly Parameter[]): ArrayTable {
  const grads: KernelArray[] = [];
  for (const { gradient } of parameters) if (gradient.stored !== null) grads.push(gradient.stored);
  return arrayTable(grads, "gradients");
}

function clipped(params: unknown, what: string): readonly Parameter[] {
  const parameters = parametersOf(params, what);
  if (parameters.length === 0) warnOfGenerator(params);
  return parameters;
}

let hasWarned = false;

/** One that was run through before clips nothing in every step, which nobody may notice. */
function warnOfGenerator(params: unknown): void {
  const isGenerator = typeof params === "object" && params !== null && "next" in params;
  if (!isGenerator || hasWarned) return;
  hasWarned = true;
  console.warn("adam-wasm: `parameters` is an empty generator, no gradient clipping will occur.");
}

function tensorsOf(tensors: unknown): readonly (Tensor | SparseTensor)[] {
  const items = listOf(tensors, "getTotalNorm").filter((item) => item !== null);
  for (const item of items) {
    if (item instanceof Tensor || item instanceof SparseTensor) continue;
    refuseForeign(item);
    throw typeError("ERR_OPTION", `getTotalNorm takes Tensors, but one of them is ${kindOf(item)}`);
  }
  return items as unknown as readonly (Tensor | SparseTensor)[];
}

interface Order {
  readonly normType: number;
  readonly errorIfNonfinite: boolean;
}

function checkNormOptions(options: unknown, what: string): Order {
  const { normType = 2, errorIfNonfinite = false } = knownOptions(options, ["normType", "errorIfNonfinite"], what);
  checkNumberOrInfinity(normType, "normType", (order) => !Number.isNaN(order));
  return { normType, errorIfNonfinite: checkBoolean(errorIfNonfinite, "errorIfNonfinite") };
}

/** A number from 0 up; infinity asks for nothing to be clipped. */
function checkLimit(value: unknown, name: string): void {
  checkNumberOrInfinity(value, name, (limit) => limit >= 0);
}

/** A norm as it may have been measured: also NaN and infinity. */
function checkNorm(value: unknown): void {
  checkNumberOrInfinity(value, "totalNorm", (norm) => !(norm < 0));
}

function checkNumberOrInfinity(
  value: unknown,
  name: string,
  accepts: (value: number) => boolean,
): asserts value is number {
  const message = `Invalid ${name}: ${shown(value)}`;
  if (typeof value !== "number") throw typeError("ERR_OPTION", message);
  if (!accepts(value)) throw rangeError("ERR_OPTION", message);
}
