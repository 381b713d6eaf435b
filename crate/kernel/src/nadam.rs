//! NAdam: Adam with Nesterov momentum (Dozat, ICLR workshop 2016), as torch.optim computes it.
//!
//! ```text
//! param, grad = decayed as in Adam
//! mu(t)       = beta1 · (1 − ½ · 0.96^(t · momentum_decay)),   mu_product = mu(1) · … · mu(t)
//! exp_avg     = lerp(exp_avg, grad, 1 − beta1)
//! exp_avg_sq  = exp_avg_sq · beta2 + ((1 − beta2) · grad) · grad
//! denom       = √exp_avg_sq · (1 / √bias_correction2) + eps
//! param       = param + (a · grad + b · exp_avg) / denom
//!     a = −lr · (1 − mu(t)) / (1 − mu_product),   b = −lr · mu(t+1) / (1 − mu_product · mu(t+1))
//! ```
//!
//! torch divides twice by the same denominator and keeps mu_product as a float32; so does this, but for the division.

use crate::decay::{Decay, Lerp, grad_factor};
use crate::flush::MomentFlush;
use crate::lane::Lane;
use crate::scalars::{bias_correction, exp_negative, sqrt};
use crate::sweep::Rule;
use crate::table::{Table, sweep_table};

/// The natural logarithm of 0.96.
const LN_0_96: f64 = -4.082_199_452_025_517e-2;

/// What a param group says of its step.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // the words of torch.optim.NAdam
pub struct Options {
    pub lr: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
    pub weight_decay: f64,
    pub momentum_decay: f64,
    pub decoupled_weight_decay: bool,
    pub maximize: bool,
    /// What gradients are multiplied by first.
    pub grad_scale: f64,
    pub flush_denormal: bool,
}

impl Options {
    fn mu(&self, step: u64) -> f64 {
        self.beta1 * (1.0 - 0.5 * exp_negative(step as f64 * self.momentum_decay * LN_0_96))
    }

    /// The product of all mu up to this step, from that up to the one before: rounded to f32, as torch keeps it.
    pub fn mu_product(&self, before: f64, step: u64) -> f64 {
        f64::from(before as f32 * self.mu(step) as f32)
    }
}

/// The scalars of one step count and product of mu.
#[derive(Clone, Copy)]
pub struct NAdam<L> {
    update: Update<L>,
    flush: MomentFlush,
}

impl<L: Lane> NAdam<L> {
    /// The scalars of a parameter's `step`th update, counted from 1.
    pub fn new(options: &Options, step: u64, mu_product: f64) -> Self {
        let Options { lr, beta1, beta2, eps, .. } = *options;
        let (mu, mu_next) = (options.mu(step), options.mu(step + 1));
        let factor = grad_factor(options.grad_scale, options.maximize);
        Self {
            update: Update {
                decay: Decay::new(lr, options.weight_decay, options.decoupled_weight_decay, factor),
                lerp: Lerp::new(beta1),
                beta2: L::splat(beta2),
                one_minus_beta2: L::splat(1.0 - beta2),
                correction: L::splat(1.0 / sqrt(bias_correction(beta2, step))),
                eps: L::splat(eps),
                grad_coefficient: L::splat(-lr * (1.0 - mu) / (1.0 - mu_product)),
                exp_avg_coefficient: L::splat(-lr * mu_next / (1.0 - mu_product * mu_next)),
            },
            flush: MomentFlush::new::<L>(options.flush_denormal, step, eps),
        }
    }

    /// One update of every row with a gradient, in place. The moments are `exp_avg` and `exp_avg_sq`.
    ///
    /// # Safety
    /// As [`sweep_table`].
    pub unsafe fn step(&self, table: Table) {
        // SAFETY: the caller's promise.
        unsafe {
            sweep_table::<L, _, 3>(&self.update, table);
            self.flush.apply::<L>(table.rows);
        }
    }
}

#[derive(Clone, Copy)]
struct Update<L> {
    decay: Decay<L>,
    lerp: Lerp<L>,
    beta2: L,
    one_minus_beta2: L,
    correction: L,
    eps: L,
    grad_coefficient: L,
    exp_avg_coefficient: L,
}

impl<L: Lane> Rule<L, 3, 1> for Update<L> {
    #[inline(always)]
    fn apply(self, [param, exp_avg, exp_avg_sq]: [L; 3], [grad]: [L; 1]) -> [L; 3] {
        let grad = self.decay.coupled(param, grad);
        let exp_avg = self.lerp.apply(exp_avg, grad);
        let exp_avg_sq = exp_avg_sq.mul(self.beta2).add(self.one_minus_beta2.mul(grad).mul(grad));
        let denom = exp_avg_sq.sqrt().mul(self.correction).add(self.eps);
        let direction = self.grad_coefficient.mul(grad).add(self.exp_avg_coefficient.mul(exp_avg));
        [self.decay.decoupled(param).add(direction.div(denom)), exp_avg, exp_avg_sq]
    }
}
