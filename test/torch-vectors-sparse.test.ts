/** torch's run of SparseAdam, on gradients with rows that come twice, to the bit; in float64 and with `coalesce` besides. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DType, expectSameBits, fromHex } from "./support/bits.js";
import { type AnyOptimizer, FAMILY } from "./support/family.js";
import { PACKAGES } from "./support/packages.js";
import type { Package } from "./support/second-copy.js";

interface SparseRun {
  readonly name: string;
  readonly options: { readonly lr: number };
  readonly shape: [rows: number, columns: number];
  readonly init: readonly string[];
  readonly steps: readonly { readonly rows: readonly number[]; readonly values: readonly string[] }[];
  readonly expect: Readonly<Record<string, Readonly<Record<"params" | "exp_avg" | "exp_avg_sq", readonly string[]>>>>;
}

const { cases } = JSON.parse(readFileSync(new URL("vectors/sparse-adam.json", import.meta.url), "utf8")) as {
  cases: SparseRun[];
};

/** Every recorded step, with arrays by torch's names. */
function* repeat(run: SparseRun, from: Package, { coalesce = false, dtype = "float32" as DType } = {}) {
  const { Parameter, SparseTensor } = from;
  const [rows, columns] = run.shape;
  const parameter = Parameter.from(fromHex(run.init, "float32"), { shape: run.shape, dtype });
  const optimizer: AnyOptimizer = FAMILY.SparseAdam.create(from, [parameter], run.options);
  for (const [at, step] of run.steps.entries()) {
    const values = [...fromHex(step.values, "float32")];
    const nested = step.rows.map((_, i) => values.slice(i * columns, (i + 1) * columns));
    const gradient = SparseTensor.coo([[...step.rows]], nested, { shape: [rows, columns], dtype });
    parameter.grad = coalesce ? gradient.coalesce() : gradient;
    optimizer.step();
    const recorded = run.expect[at + 1];
    if (recorded === undefined) continue;
    const state = optimizer.state.get(parameter) as unknown as Record<"expAvg" | "expAvgSq", typeof parameter>;
    const arrays = { params: parameter.data, exp_avg: state.expAvg.data, exp_avg_sq: state.expAvgSq.data };
    yield { step: at + 1, arrays, recorded };
  }
}

describe.each(PACKAGES)("on %s", (_, from) => {
  test.each(cases)("$name has torch's bits, whether rows are summed here or by the optimizer", (run) => {
    expect(
      run.steps.some(({ rows }) => new Set(rows).size < rows.length),
      "a row comes twice",
    ).toBe(true);
    for (const coalesce of [false, true]) {
      let compared = 0;
      for (const { step, arrays, recorded } of repeat(run, from, { coalesce })) {
        for (const [name, hex] of Object.entries(recorded)) {
          expectSameBits(arrays[name as keyof typeof arrays], fromHex(hex, "float32"), `${name} after step ${step}`);
          compared++;
        }
      }
      expect(compared).toBe(9);
    }
  });

  test.each(cases)("$name in float64 is torch's float32 run without its rounding", (run) => {
    for (const { arrays, recorded } of repeat(run, from, { dtype: "float64" })) {
      for (const [name, hex] of Object.entries(recorded)) {
        const theirs = fromHex(hex, "float32");
        const apart = [...arrays[name as keyof typeof arrays]].map((x, i) => Math.abs(x - theirs[i]));
        expect(Math.max(...apart), name).toBeLessThan(5e-7);
        expect(Math.max(...apart), `${name} is not rounded`).toBeGreaterThan(0);
      }
    }
  });
});
