/** Mistakes somebody could make in what all rules share: vectors, sweeps, flushing, memory and the counts of steps. */

const FLUSH = "crate/kernel/src/flush.rs";
const LANE = "crate/kernel/src/lane/wasm.rs";
const MEMORY = "crate/bindings/src/memory.rs";
const PAIRS = "crate/kernel/src/pairs.rs";
const SWEEP = "crate/kernel/src/sweep.rs";
const STATE = "crate/bindings/src/state/mod.rs";
const TABLE = "crate/kernel/src/table.rs";

/** @type {import("./index.mjs").Mutant[]} */
export const KERNEL_MUTANTS = [
  {
    name: "maximum that drops a NaN",
    file: LANE,
    from: "Self(i32x4_max(self.0, other.0))",
    to: "Self(f32x4_pmax(self.0, other.0))",
  },
  {
    name: "clamp that drops a NaN",
    file: LANE,
    from: "Self($max(self.0, other.0))",
    to: "Self(f32x4_pmax(self.0, other.0))",
  },
  { name: "last vector skipped", file: SWEEP, from: "while left > 0 {", to: "while left >= L::WIDTH {" },
  {
    name: "last vector stored whole",
    file: SWEEP,
    from: "new[array].store_first(written[array].add(i), left)",
    to: "new[array].store(written[array].add(i))",
  },
  {
    name: "last vector one element short",
    file: SWEEP,
    from: "store_first(written[array].add(i), left)",
    to: "store_first(written[array].add(i), left.saturating_sub(1).max(1))",
  },
  {
    name: "last vector done twice",
    file: SWEEP,
    from: "        i += L::WIDTH;\n        left -= L::WIDTH;",
    to: "        let again = usize::from(i > 0 && left == L::WIDTH);\n        i += L::WIDTH - again;\n        left -= L::WIDTH - again;",
  },
  {
    name: "both parameters of a pair out of the state of the first",
    file: PAIRS,
    from: "let mut arrays = states[k];",
    to: "let mut arrays = states[k / 2];",
  },
  {
    name: "a NaN of one vector in the other of its pair",
    file: LANE,
    from: "Self($pmin(self.0, other.0))",
    to: "Self($pmin(other.0, self.0))",
  },
  { name: "pairs past the end", file: PAIRS, from: "while left >= 2 * L::WIDTH {", to: "while left > L::WIDTH {" },
  {
    name: "gradients of the second of a pair not zeroed",
    file: PAIRS,
    from: "for at in pair {",
    to: "for at in [i] {",
  },
  {
    name: "no room behind an array",
    file: MEMORY,
    from: "checked_add(shift + VECTOR + TAIL)?",
    to: "checked_add(shift + TAIL)?.max(TAIL + 1)",
  },
  {
    name: "gradients zeroed up to the last vector",
    file: SWEEP,
    from: "zero_first::<L>(array.add(i), left);",
    to: "zero_first::<L>(array.add(i), 0);",
  },
  {
    name: "zeros behind the end of gradients",
    file: SWEEP,
    from: "zero_first::<L>(array.add(i), left);",
    to: "L::splat(0.0).store(array.add(i));",
  },
  {
    name: "gradients of rules without state zeroed in part",
    file: TABLE,
    from: "row.grad.cast::<L::Scalar>().write_bytes(0, row.len);",
    to: "row.grad.write_bytes(0, row.len);",
  },
  {
    name: "step counted per group",
    file: STATE,
    from: "let own = Run { dtype: slot.dtype, step: slot.step, product: slot.product };",
    to: "let step = current.map_or(slot.step, |run: Run| run.step);\n            let own = Run { dtype: slot.dtype, step, product: slot.product };",
  },
  {
    name: "step counted without a gradient",
    file: STATE,
    from: "            if row.grad.is_null() {\n                continue;",
    to: "            if row.grad.is_null() {\n                slot.step += 1;\n                continue;",
  },
  {
    name: "moments that nobody asks for any more stay",
    file: STATE,
    from: "} else if which >= count && !moment.is_null() {",
    to: "} else if which > count && !moment.is_null() {",
  },
  {
    name: "moments start anew when there are to be more",
    file: STATE,
    from: "if which < count && moment.is_null() {",
    to: "if which < count {",
  },
  {
    name: "flush removed",
    file: FLUSH,
    from: "flush_denormal && step.is_multiple_of(FLUSH_INTERVAL)",
    to: "false",
  },
  {
    name: "flush at another interval",
    file: FLUSH,
    from: "FLUSH_INTERVAL: u64 = 32",
    to: "FLUSH_INTERVAL: u64 = 16",
  },
  {
    name: "flush of second moments beside any eps",
    file: FLUSH,
    from: "eps > 4096.0 * sqrt(L::SMALLEST_NORMAL)",
    to: "eps > 0.0",
  },
  {
    name: "flush threshold",
    file: LANE,
    from: "SMALLEST_NORMAL: f64 = f32::MIN_POSITIVE as f64",
    to: "SMALLEST_NORMAL: f64 = f32::MIN_POSITIVE as f64 * 1.01",
  },
  {
    name: "norm of what lies behind an array",
    file: "crate/kernel/src/reduce.rs",
    from: "L::load(from.add(i)).select(padding, L::mask_first(count - i))",
    to: "L::load(from.add(i))",
  },
  {
    name: "flush of all negative numbers",
    file: LANE,
    from: "u32x4_ge(i32x4_shl(self.0, 1), i32x4_shl(threshold.0, 1))",
    to: "i32x4_ge(self.0, threshold.0)",
  },
  {
    name: "gradients taken for 0 whose square is not",
    file: FLUSH,
    from: "(1.0 - 1e-6)",
    to: "1.1",
  },
  {
    name: "flush of the parameter",
    file: FLUSH,
    from: "[row.moments[moment].cast()]",
    to: "[row.param.cast()]",
  },
];
