/**
 * Mistakes somebody could make in Adam, each as a replacement in one file. `npm test -- --fast` must fail for each.
 *
 * `from` must occur in the file; all its occurrences are replaced.
 */

const ADAM = "crate/kernel/src/adam.rs";
const DECAY = "crate/kernel/src/decay.rs";
const FLUSH = "crate/kernel/src/flush.rs";
const LANE = "crate/kernel/src/lane/wasm.rs";
const MEMORY = "crate/bindings/src/memory.rs";
const SCALARS = "crate/kernel/src/scalars.rs";
const SWEEP = "crate/kernel/src/sweep.rs";
const STATE = "crate/bindings/src/state/mod.rs";
const TABLE = "crate/kernel/src/table.rs";

/** @type {{ name: string, file: string, from: string, to: string }[]} */
export const MUTANTS = [
  {
    name: "beta1 and beta2 swapped",
    file: ADAM,
    from: "let Options { lr, beta1, beta2, eps, weight_decay, .. } = *options;",
    to: "let Options { lr, beta1: beta2, beta2: beta1, eps, weight_decay, .. } = *options;",
  },
  {
    name: "first bias correction dropped",
    file: ADAM,
    from: "= bias_corrections(beta1, beta2, step);",
    to: "= (1.0, bias_corrections(beta1, beta2, step).1);",
  },
  {
    name: "second bias correction dropped",
    file: ADAM,
    from: "let bias_correction2_sqrt = sqrt(bias_correction2);",
    to: "let bias_correction2_sqrt = 1.0 + 0.0 * bias_correction2;",
  },
  {
    name: "second bias correction without its root",
    file: ADAM,
    from: "sqrt(bias_correction2)",
    to: "bias_correction2",
  },
  {
    name: "eps inside the root",
    file: ADAM,
    from: "exp_avg_sq.sqrt().mul(scalars.bias_correction2_sqrt)",
    to: "exp_avg_sq.add(scalars.eps).sqrt().mul(scalars.bias_correction2_sqrt)",
  },
  {
    name: "eps before the correction",
    file: ADAM,
    from: "exp_avg_sq.sqrt().mul(scalars.bias_correction2_sqrt)",
    to: "exp_avg_sq.sqrt().add(scalars.eps).mul(scalars.bias_correction2_sqrt)",
  },
  {
    name: "magnitude in place of the square",
    file: ADAM,
    from: "scalars.one_minus_beta2.mul(squared).mul(squared)",
    to: "scalars.one_minus_beta2.mul(grad.max(L::splat(0.0).sub(grad)))",
  },
  {
    name: "1 − beta2 is beta2",
    file: ADAM,
    from: "one_minus_beta2: L::splat(1.0 - beta2)",
    to: "one_minus_beta2: L::splat(beta2)",
  },
  {
    name: "(1 − beta2)·(g·g) in place of ((1 − beta2)·g)·g",
    file: ADAM,
    from: "scalars.one_minus_beta2.mul(squared).mul(squared)",
    to: "scalars.one_minus_beta2.mul(grad.mul(grad))",
  },
  {
    name: "lerp with one branch",
    file: DECAY,
    from: "L::round(weight) >= 0.5",
    to: "false && L::round(weight) >= 0.5",
  },
  {
    name: "maximum that drops a NaN",
    file: LANE,
    from: "Self(i32x4_max(self.0, other.0))",
    to: "Self(f32x4_pmax(self.0, other.0))",
  },
  {
    name: "maximum that drops a NaN with a sign",
    file: ADAM,
    from: ".max_magnitude(exp_avg_sq.only(without_sign))",
    to: ".max_magnitude(exp_avg_sq)",
  },
  {
    name: "clamp that drops a NaN",
    file: LANE,
    from: "Self($max(self.0, other.0))",
    to: "Self(f32x4_pmax(self.0, other.0))",
  },
  {
    name: "minimum in place of the maximum",
    file: ADAM,
    from: "max_exp_avg_sq.only(without_sign).max_magnitude(exp_avg_sq.only(without_sign))",
    to: "L::splat(0.0).sub(L::splat(0.0).sub(max_exp_avg_sq).max(L::splat(0.0).sub(exp_avg_sq)))",
  },
  {
    name: "AMSGrad on the corrected second moment",
    file: ADAM,
    from: ".max_magnitude(exp_avg_sq.only(without_sign))",
    to: ".max_magnitude(exp_avg_sq.mul(self.0.bias_correction2_sqrt).only(without_sign))",
  },
  {
    name: "L2 after the first moment",
    file: ADAM,
    from: "let grad = decay.l2(param, grad);\n                (param, grad, lerp.apply_from_exp_avg(exp_avg, grad))",
    to: "let raw = grad;\n                let grad = decay.l2(param, grad);\n                (param, grad, lerp.apply_from_exp_avg(exp_avg, raw))",
  },
  {
    name: "decoupled decay after the update",
    file: ADAM,
    from: "let (param, exp_avg, exp_avg_sq) = self.moments(param, exp_avg, exp_avg_sq, grad);\n        [self.descend(param, exp_avg, exp_avg_sq), exp_avg, exp_avg_sq]",
    to: "let (_, exp_avg, exp_avg_sq) = self.moments(param, exp_avg, exp_avg_sq, grad);\n        [self.0.decay.decoupled(self.descend(param, exp_avg, exp_avg_sq)), exp_avg, exp_avg_sq]",
  },
  {
    name: "no L2 makes a zero of -0",
    file: DECAY,
    from: "if has_l2 { weight_decay } else { -0.0 }",
    to: "if has_l2 { weight_decay } else { 0.0 }",
  },
  { name: "no L2 of an infinite parameter", file: DECAY, from: "param.only(self.has_l2)", to: "param" },
  {
    name: "decoupled decay without the learning rate",
    file: DECAY,
    from: "1.0 - lr * weight_decay",
    to: "1.0 - weight_decay",
  },
  {
    name: "decay when weight_decay is 0",
    file: DECAY,
    from: "1.0 - lr * weight_decay } else { 1.0 }",
    to: "1.0 - lr * weight_decay } else { 1.0 - lr * 1e-4 }",
  },
  {
    name: "maximize ignored",
    file: DECAY,
    from: "if maximize { -grad_scale } else { grad_scale }",
    to: "if maximize { grad_scale } else { grad_scale }",
  },
  {
    name: "sign of the update",
    file: ADAM,
    from: "neg_step_size: L::splat(-step_size)",
    to: "neg_step_size: L::splat(step_size)",
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
    name: "no room behind an array",
    file: MEMORY,
    from: "checked_add(shift + VECTOR)?",
    to: "checked_add(shift)?.max(1)",
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
    name: "step scalars in f32",
    file: SCALARS,
    from: "    1.0 - power(beta, step)\n",
    to: "    f64::from(1.0 - power(beta, step) as f32)\n",
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
    name: "gradients not compared with parameters that are added later",
    file: "ts/optim/param-groups.ts",
    from: "    for (const { state } of this.#groups) state.bindAnew();\n",
    to: "",
  },
  {
    name: "loaded options that are true left out of the step",
    file: "ts/optim/param-groups.ts",
    from: "      group.checked.flags = optionFlags(group.checked.values);\n",
    to: "",
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
  {
    name: "reciprocal dropped",
    file: ADAM,
    from: "(false, false) => 1.0 / bias_correction2_sqrt,",
    to: "(false, false) => 1.0,",
  },
  {
    name: "exact without its second division",
    file: ADAM,
    from: "let divided = options.exact &&",
    to: "let divided = false && options.exact &&",
  },
  {
    name: "epsilon-hat ignored",
    file: ADAM,
    from: "match options.epsilon_hat {",
    to: "match false && options.epsilon_hat {",
  },
  {
    name: "gradient scale ignored",
    file: DECAY,
    from: "if maximize { -grad_scale } else { grad_scale }",
    to: "if maximize { -1.0 } else { 1.0 }",
  },
  {
    name: "options swapped on their way to the kernel",
    file: "ts/optim/adam.ts",
    from: "state.stepAdam(lr, betas[0], betas[1], eps, weightDecay, ",
    to: "state.stepAdam(lr, betas[0], betas[1], weightDecay, eps, ",
  },
  {
    name: "a frozen parameter is stepped",
    file: "ts/gradient.ts",
    from: "this.#isFrozen ? null : this.stored",
    to: "this.stored",
  },
  {
    name: "a gradient is spread once for all",
    file: "ts/gradient.ts",
    from: "if (this.#isSpread) bindings.version++;",
    to: "",
  },
  {
    name: "the table is written where it was before memory grew",
    file: "ts/optim/group-state.ts",
    from: "          table = this.#viewTable();",
    to: "",
  },
];
