//! Adamax (Kingma & Ba, arXiv 1412.6980, section 7), as torch.optim computes it.
//!
//! ```text
//! grad    = factor · grad + weight_decay · param
//! exp_avg = lerp(exp_avg, grad, 1 − beta1)
//! exp_inf = max(beta2 · exp_inf, |grad| + eps)
//! param   = param + (−(lr / bias_correction1) · exp_avg) / exp_inf
//! ```

use crate::decay::{Decay, Lerp, grad_factor};
use crate::flush::{flush, is_flushed};
use crate::lane::Lane;
use crate::scalars::bias_correction;
use crate::sweep::Rule;
use crate::table::{Table, sweep_table};

/// What a param group says of its step.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // the words of torch.optim.Adamax
pub struct Options {
    pub lr: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
    pub weight_decay: f64,
    pub maximize: bool,
    /// What gradients are multiplied by first.
    pub grad_scale: f64,
    pub flush_denormal: bool,
}

/// The scalars of one step count.
#[derive(Clone, Copy)]
pub struct Adamax<L> {
    update: Update<L>,
    flushes: bool,
}

impl<L: Lane> Adamax<L> {
    /// The scalars of a parameter's `step`th update, counted from 1.
    pub fn new(options: &Options, step: u64) -> Self {
        let factor = grad_factor(options.grad_scale, options.maximize);
        Self {
            update: Update {
                decay: Decay::new(options.lr, options.weight_decay, false, factor),
                lerp: Lerp::new(options.beta1),
                beta2: L::splat(options.beta2),
                eps: L::splat(options.eps),
                neg_step_size: L::splat(-(options.lr / bias_correction(options.beta1, step))),
                without_sign: L::without_sign(),
            },
            flushes: is_flushed(options.flush_denormal, step),
        }
    }

    /// One update of every row with a gradient, in place. The moments are `exp_avg` and `exp_inf`.
    ///
    /// # Safety
    /// As [`sweep_table`].
    pub unsafe fn step(&self, table: Table) {
        // SAFETY: the caller's promise.
        unsafe {
            sweep_table::<L, _, 3>(&self.update, table);
            if self.flushes {
                // Not exp_inf: it is never below eps.
                flush::<L>(table.rows, 0);
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Update<L> {
    decay: Decay<L>,
    lerp: Lerp<L>,
    beta2: L,
    eps: L,
    neg_step_size: L,
    without_sign: L,
}

impl<L: Lane> Rule<L, 3, 1> for Update<L> {
    #[inline(always)]
    fn apply(self, [param, exp_avg, exp_inf]: [L; 3], [grad]: [L; 1]) -> [L; 3] {
        let grad = self.decay.coupled(param, grad);
        let exp_avg = self.lerp.apply(exp_avg, grad);
        let decayed = exp_inf.mul(self.beta2);
        let magnitude = grad.only(self.without_sign).add(self.eps);
        let exp_inf = decayed.only(self.without_sign).max_magnitude(magnitude.only(self.without_sign));
        [param.add(self.neg_step_size.mul(exp_avg).div(exp_inf)), exp_avg, exp_inf]
    }
}
