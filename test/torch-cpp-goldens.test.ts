/** Where torch's C++ tests of its optimizers end up (test/cpp/api/optim.cpp; values of torch 2.13.0, float64). */

import { Adam, AdamW, Parameter } from "adam-wasm";
import { describe, expect, test } from "vitest";
import { gradients, SHAPES, START } from "./support/sigmoid-net.js";

type Row = readonly [iteration: number, values: readonly number[]];

const GOLDENS: readonly (readonly [name: string, Optimizer: typeof Adam, options: object, rows: readonly Row[]])[] = [
  [
    "Adam, lr 1",
    Adam,
    { lr: 1 },
    [
      [
        0,
        [
          0.789096, 0.502397, 0.858699, 0.658, 0.747599, 1.697599, 0.891499, 0.7021, 1.6892, -1.0508, -1.3941, -1.2843,
          -1.0711,
        ],
      ],
      [
        100,
        [
          8.23311, 7.971171, 6.643672, 6.471068, 6.170157, 7.150854, 8.417769, 6.597305, 7.23184, -6.72966, -7.097428,
          -6.753293, -6.435624,
        ],
      ],
      [
        1000,
        [
          8.233496, 7.971558, 6.643972, 6.471368, 6.170437, 7.151136, 8.418159, 6.59761, 7.232126, -6.729954, -7.097724,
          -6.753576, -6.435902,
        ],
      ],
    ],
  ],
  [
    "Adam, lr 1, weight decay 1e-2",
    Adam,
    { lr: 1, weightDecay: 1e-2 },
    [
      [
        1000,
        [
          0.179637, 0.242509, 0.179637, 0.242509, 0.179637, 0.242509, 0.628722, 0.628722, 0.628722, -1.412347,
          -1.412347, -1.412347, -2.063369,
        ],
      ],
    ],
  ],
  [
    "AMSGrad, lr 1, weight decay 1e-6",
    Adam,
    { lr: 1, weightDecay: 1e-6, amsgrad: true },
    [
      [
        1000,
        [
          0.023491, 0.114286, 2.616679, 3.22674, 1.365761, 2.327864, 1.749827, 5.00228, 4.649571, -6.299425, -6.617466,
          -6.49103, -6.25013,
        ],
      ],
    ],
  ],
  [
    "AdamW with AMSGrad, lr 1, weight decay 1e-6",
    AdamW,
    { lr: 1, weightDecay: 1e-6, amsgrad: true },
    [
      [
        1000,
        [
          8.193095, 7.931379, 6.612103, 6.439554, 6.14061, 7.120195, 8.377506, 6.565326, 7.200718, -6.698509, -7.065809,
          -6.722979, -6.406068,
        ],
      ],
    ],
  ],
];

describe.each(GOLDENS)("%s", (_, Optimizer, options, rows) => {
  test.each([false, true])("exact: %s", (exact) => {
    const parameters = START.map((values, i) => Parameter.from(Float64Array.from(values), { shape: SHAPES[i] }));
    const optimizer = new Optimizer(parameters, { ...options, exact });
    let compared = 0;
    for (let iteration = 0; iteration <= 1000; iteration++) {
      for (const [i, grad] of gradients(parameters.map(({ data }) => data)).entries())
        parameters[i].grad = Float64Array.from(grad);
      optimizer.step();
      const row = rows.find(([at]) => at === iteration);
      if (row === undefined) continue;
      const values = parameters.flatMap(({ data }) => [...data]);
      expect(values).toHaveLength(13);
      for (const [i, x] of row[1].entries()) {
        // torch holds its own to rtol 1e-3, atol 5e-4; the values were printed with six digits.
        expect(
          Math.abs(values[i] - x),
          `value ${i} of iteration ${iteration}: ${values[i]}, torch has ${x}`,
        ).toBeLessThan(2e-6);
      }
      compared++;
    }
    expect(compared).toBe(rows.length);
  });
});
