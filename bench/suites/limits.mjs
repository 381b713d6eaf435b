/** What no step can beat here: the divider, the memory, and the call. */

import * as adamWasm from "adam-wasm";
import { step } from "../../scripts/lib/step.mjs";
import { standing } from "../contestants/adam-wasm.mjs";
import { race } from "../lib/measure.mjs";
import { instantiate } from "../lib/wat.mjs";
import { dataOf, flat } from "../lib/workload.mjs";

/** Vectors of four elements in one call: they stay in the first-level cache. */
const VECTORS = 256;
const CALLS = 1000;

/** @type {import("./index.mjs").Suite} */
export const LIMITS = {
  name: "limits",
  run: ({ effort }) => step("limits", () => measureLimits(effort)),
  tables: ({ divider, dividerExact, call, fixed }) => [
    {
      title: "Limits",
      head: ["", "ns"],
      rows: [
        ["divider: a square root and a division, per element (128 bits)", divider.toFixed(3)],
        ["divider: a square root and two divisions, per element (exact)", dividerExact.toFixed(3)],
        ["call of an exported function with the arguments of a step", call.toFixed(1)],
        ["fixed cost: a step of one element, through the API", fixed.toFixed(0)],
      ],
    },
  ],
};

/** Nanoseconds: of the divider per element, of calls each. */
async function measureLimits(effort) {
  const elements = 4 * VECTORS;
  const oneElement = standing(adamWasm, dataOf(flat(1)));
  const [divider, dividerExact, call, fixed] = await race(
    [await dividing(1), await dividing(2), await calling(), oneElement],
    effort,
  );
  oneElement.dispose();
  return {
    divider: divider.best / elements,
    dividerExact: dividerExact.best / elements,
    call: call.best / CALLS,
    fixed: fixed.best,
  };
}

/**
 * Square roots of numbers in memory, each divided into others: nothing waits for the result of another. Two roots and then
 * their divisions, as some processors are slower when they take turns.
 */
async function dividing(divisions) {
  const root = (offset) => `(f32x4.sqrt (v128.load offset=${offset} (local.get $at)))`;
  const inner = (offset) => (divisions === 1 ? root(offset) : `(f32x4.div ${root(offset)} (local.get $b))`);
  const { fill, sweep } = await instantiate(`(module (memory 1)
    (func (export "fill") (local $at i32)
      (loop $next
        (f32.store (local.get $at) (f32.add (f32.const 1.1) (f32.convert_i32_u (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const ${16 * VECTORS})))))
    (func (export "sweep") (result f32) (local $at i32) (local $b v128) (local $first v128) (local $second v128) (local $sum v128)
      (local.set $b (f32x4.splat (f32.const 1.7)))
      (loop $next
        (local.set $first ${inner(0)})
        (local.set $second ${inner(16)})
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.div (local.get $b) (local.get $first))))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.div (local.get $b) (local.get $second))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const ${16 * VECTORS}))))
      (f32x4.extract_lane 0 (local.get $sum))))`);
  fill();
  return { step: sweep };
}

/** Calls out of a loop in JavaScript, as a step is one. */
async function calling() {
  const { call } = await instantiate(`(module (func (export "call")
    (param i32 f64 f64 f64 f64 f64 i32 f64) (result i32) (local.get 0)))`);
  return {
    step: () => {
      for (let i = 0; i < CALLS; i++) call(i, 1e-3, 0.9, 0.999, 1e-8, 0, 0, 1);
    },
  };
}
