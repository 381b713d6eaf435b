/** `gradScale`: a step with it is the step of gradients that were scaled before, bit for bit, and leaves them as they are. */

import {
  Adam,
  Adamax,
  AdamW,
  clipCoefficient,
  clipGradNorm,
  getTotalNorm,
  NAdam,
  type Optimizer,
  Parameter,
  RAdam,
  SGD,
  SparseAdam,
  SparseTensor,
  type StepOptions,
  type Tensor,
} from "adam-wasm";
import { describe, expect, test } from "vitest";
import { ROW } from "../dist/wasm/instance.js";
import { type DType, expectSameBits, floats } from "./support/bits.js";
import { normals } from "./support/noise.js";
import { PLATFORMS, type Platform } from "./support/platforms.js";

interface AnyOptimizer extends Pick<Optimizer, "step"> {
  readonly state: ReadonlyMap<Parameter, object>;
}
type Make = (params: Parameter[], maximize: boolean) => AnyOptimizer;

const DENSE: Readonly<Record<string, Make>> = {
  Adam: (params, maximize) => new Adam(params, { maximize }),
  "Adam with L2": (params, maximize) => new Adam(params, { maximize, weightDecay: 0.1 }),
  "Adam from the gradient": (params, maximize) => new Adam(params, { maximize, betas: [0.3, 0.99] }),
  "exact Adam with AMSGrad": (params, maximize) => new Adam(params, { maximize, exact: true, amsgrad: true }),
  AMSGrad: (params, maximize) => new Adam(params, { maximize, amsgrad: true }),
  AdamW: (params, maximize) => new AdamW(params, { maximize }),
  SGD: (params, maximize) => new SGD(params, { maximize, weightDecay: 0.1 }),
  "SGD with momentum": (params, maximize) => new SGD(params, { maximize, momentum: 0.9, nesterov: true }),
  Adamax: (params, maximize) => new Adamax(params, { maximize }),
  NAdam: (params, maximize) => new NAdam(params, { maximize }),
  RAdam: (params, maximize) => new RAdam(params, { maximize }),
};
const SPARSE: Readonly<Record<string, Make>> = {
  SparseAdam: (params, maximize) => new SparseAdam(params, { maximize }),
  "SGD, sparse": (params, maximize) => new SGD(params, { maximize }),
  "SGD with momentum, sparse": (params, maximize) => new SGD(params, { maximize, momentum: 0.9 }),
};

const ROWS = [4, 1, 4, 9];
const STEPS = 6;

/** Runs the optimizer, with every gradient clipped in place or on the way. */
function run(make: Make, dtype: DType, maximize: boolean, isSparse: boolean, onTheWay: boolean) {
  const [wide, narrow] = [10, 3].map((rows, i) =>
    Parameter.from(floats(dtype, normals(i, 0, 3 * rows)), { shape: [rows, 3] }),
  ) as [Parameter, Parameter];
  const optimizer = make([wide, narrow], maximize);
  for (let step = 1; step <= STEPS; step++) {
    const grad = (length: number) => floats(dtype, normals(40, step, length));
    const slices = () => SparseTensor.coo(ROWS, grad(3 * ROWS.length), { shape: [10, 3] });
    wide.grad = isSparse ? slices() : grad(30);
    narrow.grad = step === 2 || isSparse ? null : grad(9);
    if (onTheWay) {
      const before = wide.grad;
      const norm = getTotalNorm([wide.grad, narrow.grad]);
      optimizer.step(undefined, { gradScale: clipCoefficient(norm, 0.7, { dtype }) });
      expect(wide.grad).toBe(before);
      if (!isSparse) expectSameBits((before as Tensor).data, grad(30), "the gradient itself");
    } else {
      clipGradNorm([wide, narrow], 0.7);
      optimizer.step();
    }
  }
  const moments = [...optimizer.state.values()].flatMap((state) =>
    Object.values(state).filter((value: unknown): value is Tensor => typeof value === "object"),
  );
  return [wide, narrow, ...moments].map(({ data }) => data.slice());
}

describe.each([...Object.keys(DENSE), ...Object.keys(SPARSE)])("%s", (name) => {
  test.each(["float32", "float64"] as const)("clipped on the way, %s", (dtype) => {
    const isSparse = name in SPARSE;
    const make = (DENSE[name] ?? SPARSE[name]) as Make;
    for (const maximize of [false, true]) {
      const [inPlace, onTheWay] = [false, true].map((way) => run(make, dtype, maximize, isSparse, way));
      expect(onTheWay).toHaveLength((inPlace as unknown[]).length);
      for (const [i, array] of (inPlace ?? []).entries()) {
        expectSameBits(onTheWay?.[i] as typeof array, array, `array ${i}, maximize ${maximize}`);
      }
    }
  });
});

/** The step of each rule, its arguments up to the flags, the flags it knows, and how many moments it has. */
const KERNELS = [
  ["stepAdam", [1e-2, 0.9, 0.99, 1e-8, 0.1], [0, 1, 2, 4, 16, 17], 3],
  ["stepAdam", [1e-2, 0.9, 0.99, 1e-8, 0], [0, 1, 2, 4, 16, 17], 3],
  ["stepAdamax", [1e-2, 0.9, 0.99, 1e-8, 0.1], [0, 2], 2],
  ["stepNAdam", [1e-2, 0.9, 0.99, 1e-8, 0.1, 4e-3], [0, 2, 4], 2],
  ["stepRAdam", [1e-2, 0.9, 0.99, 1e-8, 0.1], [0, 2, 4], 2],
  ["stepSGD", [1e-2, 0.9, 0.1, 0.1], [0, 2, 64, 66], 1],
] as const;

function kernelRun({ kernel }: Platform, which: number, dtype: DType, flags: number, gradScale: number) {
  const [name, scalars, , moments] = KERNELS[which] as (typeof KERNELS)[number];
  const length = 1001;
  const bytes = length * (dtype === "float32" ? 4 : 8);
  const [param, grad] = [kernel.allocate(bytes, 0), kernel.allocate(bytes, 1)];
  const TypedArray = dtype === "float32" ? Float32Array : Float64Array;
  const state = kernel.newState();
  kernel.addSlot(state, param, length, dtype === "float32" ? 0 : 1);
  kernel.reserveSlot(state, 0, moments);
  const view = (pointer: number) => new TypedArray(kernel.memory.buffer, pointer, length);
  view(param).set(normals(1, 0, length));
  const table = () => new Uint32Array(kernel.memory.buffer, kernel.stateTable(state), ROW.words);
  table()[ROW.grad] = grad;
  for (let step = 1; step <= 8; step++) {
    view(grad).set(normals(2, step, length));
    (kernel[name] as (...numbers: number[]) => void)(state, ...scalars, flags, gradScale);
  }
  const pointers = [param, ...table().subarray(ROW.moments, ROW.moments + moments)];
  const arrays = pointers.map((pointer) => view(pointer).slice());
  kernel.freeState(state);
  for (const pointer of [param, grad]) kernel.deallocate(pointer, bytes);
  return arrays;
}

test.each(["float32", "float64"] as const)("every rule has the same bits in plain JavaScript, %s", (dtype) => {
  for (const which of KERNELS.keys()) {
    for (const flags of (KERNELS[which] as (typeof KERNELS)[number])[2]) {
      for (const gradScale of [1, 0.3, -1, 0]) {
        const [module, javascript] = PLATFORMS.map((platform) => kernelRun(platform, which, dtype, flags, gradScale));
        for (const [i, array] of (javascript ?? []).entries()) {
          const what = `array ${i} of ${KERNELS[which]?.[0]}, flags ${flags}, scale ${gradScale}`;
          expectSameBits(module?.[i] as typeof array, array, what);
        }
      }
    }
  }
});

describe("the option", () => {
  const parameter = Parameter.from([1]);
  parameter.grad = [1];
  const optimizer = new SGD([parameter], { lr: 0.5 });

  test("may be 0, negative, left out, and stand beside a closure", () => {
    parameter.fill(1);
    optimizer.step(undefined, { gradScale: 0 });
    expect(parameter.item()).toBe(1);
    expect(optimizer.step(() => 7, { gradScale: 0.5 })).toBe(7);
    expect(parameter.item()).toBe(0.75);
    optimizer.step(undefined, { gradScale: -0.5 });
    optimizer.step(undefined, {});
    expect(parameter.item()).toBe(0.5);
  });

  test.each([
    [{ gradScale: Number.NaN }, RangeError, "Invalid gradScale: NaN"],
    [{ gradScale: Number.POSITIVE_INFINITY }, RangeError, "Invalid gradScale: Infinity"],
    [{ gradScale: 1e39 }, RangeError, "Invalid gradScale: 1e+39"],
    [{ gradScale: "1" }, TypeError, 'Invalid gradScale: "1"'],
    [{ gradscale: 1 }, TypeError, 'step has no option "gradscale"; did you mean "gradScale"?'],
    [1, TypeError, "options of step must be an object, got 1; known are gradScale, zeroGrad"],
  ])("%o is refused before the closure runs", (options, type, message) => {
    const before = parameter.item();
    let runs = 0;
    const step = () => optimizer.step(() => runs++, options as unknown as StepOptions);
    expect(step).toThrow(type);
    expect(step).toThrow(expect.objectContaining({ code: "ERR_OPTION", message }));
    expect([runs, parameter.item()]).toEqual([0, before]);
    optimizer.step();
  });
});
