/** Mistakes somebody could make in Adam's rule. */

const ADAM = "crate/kernel/src/adam.rs";
const BODY = "crate/kernel/src/adam/body.rs";
const DECAY = "crate/kernel/src/decay.rs";
const SCALARS = "crate/kernel/src/scalars.rs";

/** @type {import("./index.mjs").Mutant[]} */
export const ADAM_MUTANTS = [
  {
    name: "beta1 and beta2 swapped",
    file: ADAM,
    from: "let Options { lr, beta1, beta2, eps, weight_decay, decoupled_weight_decay, .. } = *options;",
    to: "let Options { lr, beta1: beta2, beta2: beta1, eps, weight_decay, decoupled_weight_decay, .. } = *options;",
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
    file: BODY,
    from: "self.moved(self.decayed(param), self.0.neg_step_size, exp_avg, exp_avg_sq.sqrt())",
    to: "self.moved(self.decayed(param), self.0.neg_step_size, exp_avg, exp_avg_sq.add(self.0.eps).sqrt())",
  },
  {
    name: "eps before the correction",
    file: BODY,
    from: "root.mul(correction)",
    to: "root.add(self.0.eps).mul(correction)",
  },
  {
    name: "magnitude in place of the square",
    file: BODY,
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
    file: BODY,
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
    name: "maximum that drops a NaN with a sign",
    file: BODY,
    from: ".max_magnitude(exp_avg_sq.only(without_sign))",
    to: ".max_magnitude(exp_avg_sq)",
  },
  {
    name: "minimum in place of the maximum",
    file: BODY,
    from: "max_exp_avg_sq.only(without_sign).max_magnitude(exp_avg_sq.only(without_sign))",
    to: "L::splat(0.0).sub(L::splat(0.0).sub(max_exp_avg_sq).max(L::splat(0.0).sub(exp_avg_sq)))",
  },
  {
    name: "AMSGrad on the corrected second moment",
    file: BODY,
    from: ".max_magnitude(exp_avg_sq.only(without_sign))",
    to: ".max_magnitude(exp_avg_sq.mul(self.0.bias_correction2_sqrt).only(without_sign))",
  },
  {
    name: "L2 left out of the quick body",
    file: BODY,
    from: "L2 => decay.l2(param, grad),",
    to: "L2 => grad,",
  },
  {
    name: "decoupled decay after the update",
    file: BODY,
    from: "self.moved(self.decayed(param), self.0.neg_step_size, exp_avg, exp_avg_sq.sqrt())",
    to: "self.decayed(self.moved(param, self.0.neg_step_size, exp_avg, exp_avg_sq.sqrt()))",
  },
  {
    name: "decoupled decay left out of the quick body",
    file: ADAM,
    from: "(false, true, true) => DECAYED,",
    to: "(false, true, true) => PLAIN,",
  },
  {
    name: "a rate below 0 in pairs",
    file: ADAM,
    from: " && step_size >= 0.0;",
    to: ";",
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
  {
    name: "step scalars in f32",
    file: SCALARS,
    from: "    1.0 - power(beta, step)\n",
    to: "    f64::from(1.0 - power(beta, step) as f32)\n",
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
];
