/** Parameters after ten steps of torch 2.13.0 (fused, ATEN_CPU_CAPABILITY=default), small enough to be typed in. */

import { Adam, type AdamOptions, AdamW, Parameter } from "adam-wasm";
import { expect, test } from "vitest";
import { expectSameBits, fromHex } from "./support/bits.js";

const START = [1, -2, 3, 0.5, -0.25, 0];

/** Exact in float32, and different in every element and step. */
const gradient = (step: number) => START.map((_, i) => (((7 * i + 3 * step) % 11) - 5) / 8);

type Golden = readonly [name: string, Optimizer: typeof Adam, options: Partial<AdamOptions>, params: string];

const GOLDENS: readonly Golden[] = [
  ["Adam", Adam, {}, "3f800a9b c000147e 403fcf55 3f00dd8f be80d3b0 39606292"],
  ["Adam with L2", Adam, { lr: 1e-2, weightDecay: 0.1 }, "3f7a6b2a bffcaf4a 403b5396 3f059a52 be8580a2 3b0df31b"],
  [
    "AMSGrad with L2",
    Adam,
    { lr: 1e-2, weightDecay: 0.1, amsgrad: true },
    "3f7a6b2a bffcaf4a 403b5396 3f059a52 be85809f 3b0df31b",
  ],
  ["Adam, maximizing", Adam, { lr: 1e-2, maximize: true }, "3f7f2bea bffe660c 4041e6b1 3eeeb0c2 be6f763c bb0c3d9a"],
  [
    "Adam with beta1 .3",
    Adam,
    { lr: 1e-2, betas: [0.3, 0.9] },
    "3f7d4a7a bfff9828 403eb1d5 3f04d964 be812eb4 bc12ea52",
  ],
  ["AdamW", AdamW, { lr: 1e-2 }, "3f804905 c000ac05 403de87d 3f088585 be8822a4 3b0c4222"],
  [
    "AMSGrad with decoupled decay",
    AdamW,
    { lr: 1e-2, weightDecay: 0.1, amsgrad: true },
    "3f7e4272 bfff0971 403c332c 3f0753c1 be86efd5 3b0c69c8",
  ],
];

test.each(GOLDENS)("%s", (_, Optimizer, options, params) => {
  const expected = fromHex(params.split(" "), "float32");
  const exact = tenSteps(Optimizer, { ...options, exact: true });
  expectSameBits(exact, expected, "params, exact");

  const close = tenSteps(Optimizer, options);
  for (const [i, x] of close.entries()) expect(x, `params[${i}] by default`).toBeCloseTo(expected[i], 6);
});

function tenSteps(Optimizer: typeof Adam, options: Partial<AdamOptions>) {
  const param = Parameter.from(START);
  const optimizer = new Optimizer([param], options);
  for (let step = 1; step <= 10; step++) {
    param.grad = gradient(step);
    optimizer.step();
  }
  return param.data.slice();
}
