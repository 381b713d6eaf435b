/** Mistakes somebody could make in the other rules. */

const SGD = "crate/kernel/src/sgd.rs";
const SPARSE = "crate/kernel/src/sparse_adam.rs";
const ADAMAX = "crate/kernel/src/adamax.rs";
const NADAM = "crate/kernel/src/nadam.rs";
const RADAM = "crate/kernel/src/radam.rs";

/** @type {import("./index.mjs").Mutant[]} */
export const FAMILY_MUTANTS = [
  { name: "SGD: the first buffer is damped", file: SGD, from: "if step == 1 {", to: "if step == 0 {" },
  {
    name: "SGD: Nesterov's momentum by the body without it",
    file: SGD,
    from: "true if L::SPECIALIZED && !self.nesterov",
    to: "true if L::SPECIALIZED",
  },
  { name: "SGD: nesterov ignored", file: SGD, from: "L::mask(options.nesterov)", to: "L::mask(false)" },
  { name: "SGD: dampening for momentum", file: SGD, from: "1.0 - options.dampening)", to: "1.0 - options.momentum)" },
  { name: "SGD: sparse gradients not swept", file: SGD, from: "sweep_sparse::<L, _, 1>(&self.plain, table);", to: "" },
  {
    name: "SparseAdam: eps after the correction",
    file: SPARSE,
    from: "lr * sqrt(bias_correction2) / bias_correction1",
    to: "lr / bias_correction1 + 0.0 * bias_correction2",
  },
  {
    name: "SparseAdam: gradient not squared",
    file: SPARSE,
    from: "grad.mul(grad).sub(exp_avg_sq)",
    to: "grad.sub(exp_avg_sq)",
  },
  {
    name: "Adamax: eps left out",
    file: ADAMAX,
    from: "grad.only(self.without_sign).add(self.eps)",
    to: "grad.only(self.without_sign)",
  },
  {
    name: "Adamax: sum for maximum",
    file: ADAMAX,
    from: "decayed.only(self.without_sign).max_magnitude(",
    to: "decayed.only(self.without_sign).add(",
  },
  {
    name: "Adamax: no bias correction",
    file: ADAMAX,
    from: "-(options.lr / bias_correction(options.beta1, step))",
    to: "-options.lr",
  },
  { name: "NAdam: momentum of this step twice", file: NADAM, from: "options.mu(step + 1)", to: "options.mu(step)" },
  {
    name: "NAdam: product not kept as a float32",
    file: NADAM,
    from: "f64::from(before as f32 * self.mu(step) as f32)",
    to: "before * self.mu(step)",
  },
  { name: "NAdam: momentum decays with another base", file: NADAM, from: "-4.082_199_452_025_517e-2", to: "-4.08e-2" },
  { name: "RAdam: rectified from 4", file: RADAM, from: "rho > 5.0", to: "rho > 4.0" },
  { name: "RAdam: no second correction", file: RADAM, from: "sqrt(rect) * sqrt(bias_correction2)", to: "sqrt(rect)" },
  {
    name: "RAdam: eps before it rectifies",
    file: RADAM,
    from: "if is_rectified { eps } else { 1.0 }",
    to: "if is_rectified { eps } else { 1.0 + eps }",
  },
  { name: "RAdam: never rectified", file: RADAM, from: "L::mask(is_rectified)", to: "L::mask(false)" },
];
