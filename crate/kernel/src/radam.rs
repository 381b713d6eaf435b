//! RAdam: Adam that waits until its second moment can be trusted (Liu et al., arXiv 1908.03265), as torch.optim
//! computes it.
//!
//! ```text
//! param, grad, exp_avg, exp_avg_sq as in Adam
//! rho_inf = 2 / (1 − beta2) − 1,   rho = rho_inf − 2 · t · beta2ᵗ / bias_correction2
//! rho > 5:  param = param + (−(lr · rect · √bias_correction2 / bias_correction1) · exp_avg) / (√exp_avg_sq + eps)
//!           rect = √((rho − 4)(rho − 2) · rho_inf / ((rho_inf − 4)(rho_inf − 2) · rho))
//! else:     param = param + (−(lr / bias_correction1) · exp_avg)
//! ```

use crate::decay::{Decay, Lerp, grad_factor};
use crate::flush::MomentFlush;
use crate::lane::Lane;
use crate::scalars::{powers, sqrt};
use crate::sweep::Rule;
use crate::table::{Table, sweep_table};

/// What a param group says of its step.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // the words of torch.optim.RAdam
pub struct Options {
    pub lr: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
    pub weight_decay: f64,
    pub decoupled_weight_decay: bool,
    pub maximize: bool,
    /// What gradients are multiplied by first.
    pub grad_scale: f64,
    pub flush_denormal: bool,
}

/// The scalars of one step count.
#[derive(Clone, Copy)]
pub struct RAdam<L> {
    update: Update<L>,
    flush: MomentFlush,
}

impl<L: Lane> RAdam<L> {
    /// The scalars of a parameter's `step`th update, counted from 1.
    pub fn new(options: &Options, step: u64) -> Self {
        let Options { lr, beta1, beta2, eps, .. } = *options;
        let (power1, power2) = powers(beta1, beta2, step);
        let (bias_correction1, bias_correction2) = (1.0 - power1, 1.0 - power2);
        let rho_inf = 2.0 / (1.0 - beta2) - 1.0;
        let rho = rho_inf - 2.0 * step as f64 * power2 / bias_correction2;
        let is_rectified = rho > 5.0;
        let rectified = || {
            let rect = (rho - 4.0) * (rho - 2.0) * rho_inf / ((rho_inf - 4.0) * (rho_inf - 2.0) * rho);
            sqrt(rect) * sqrt(bias_correction2)
        };
        let step_size = lr * if is_rectified { rectified() } else { 1.0 } / bias_correction1;
        let factor = grad_factor(options.grad_scale, options.maximize);
        Self {
            update: Update {
                decay: Decay::new(lr, options.weight_decay, options.decoupled_weight_decay, factor),
                lerp: Lerp::new(beta1),
                beta2: L::splat(beta2),
                one_minus_beta2: L::splat(1.0 - beta2),
                // Where nothing is rectified the root is masked, and to divide by 0 + 1 changes nothing.
                eps: L::splat(if is_rectified { eps } else { 1.0 }),
                is_rectified: L::mask(is_rectified),
                neg_step_size: L::splat(-step_size),
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
    eps: L,
    is_rectified: L,
    neg_step_size: L,
}

impl<L: Lane> Rule<L, 3, 1> for Update<L> {
    #[inline(always)]
    fn apply(self, [param, exp_avg, exp_avg_sq]: [L; 3], [grad]: [L; 1]) -> [L; 3] {
        let grad = self.decay.coupled(param, grad);
        let exp_avg = self.lerp.apply(exp_avg, grad);
        let exp_avg_sq = exp_avg_sq.mul(self.beta2).add(self.one_minus_beta2.mul(grad).mul(grad));
        let denom = exp_avg_sq.sqrt().only(self.is_rectified).add(self.eps);
        [self.decay.decoupled(param).add(self.neg_step_size.mul(exp_avg).div(denom)), exp_avg, exp_avg_sq]
    }
}
