//! SparseAdam: Adam on the rows that a sparse gradient names, as torch.optim computes it. The other rows neither move
//! nor decay.
//!
//! ```text
//! exp_avg    = exp_avg + (grad − exp_avg) · (1 − beta1)
//! exp_avg_sq = exp_avg_sq + (grad · grad − exp_avg_sq) · (1 − beta2)
//! param      = param + (−lr · √bias_correction2 / bias_correction1) · (exp_avg / (√exp_avg_sq + eps))
//! ```
//!
//! eps is added before the bias correction: the rule of 2017, which torch kept here.

use crate::decay::grad_factor;
use crate::flush::{Flush, is_flushed, outweighs_subnormals};
use crate::lane::Lane;
use crate::scalars::{bias_corrections, sqrt};
use crate::sweep::Rule;
use crate::table::{Table, sweep_sparse};

/// What a param group says of its step.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // the words of torch.optim.SparseAdam
pub struct Options {
    pub lr: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
    pub maximize: bool,
    /// What gradients are multiplied by first.
    pub grad_scale: f64,
    pub flush_denormal: bool,
}

/// The scalars of one step count.
#[derive(Clone, Copy)]
pub struct SparseAdam<L> {
    grad_factor: L,
    one_minus_beta1: L,
    one_minus_beta2: L,
    eps: L,
    neg_step_size: L,
    flush: Flush<L>,
    flush_sq: Flush<L>,
}

impl<L: Lane> SparseAdam<L> {
    /// The scalars of a parameter's `step`th update, counted from 1.
    pub fn new(options: &Options, step: u64) -> Self {
        let Options { lr, beta1, beta2, eps, maximize, grad_scale, flush_denormal } = *options;
        let (bias_correction1, bias_correction2) = bias_corrections(beta1, beta2, step);
        let step_size = lr * sqrt(bias_correction2) / bias_correction1;
        let is_flushed = is_flushed(flush_denormal, step);
        Self {
            grad_factor: L::splat(grad_factor(grad_scale, maximize)),
            one_minus_beta1: L::splat(1.0 - beta1),
            one_minus_beta2: L::splat(1.0 - beta2),
            eps: L::splat(eps),
            neg_step_size: L::splat(-step_size),
            flush: Flush::new(is_flushed),
            flush_sq: Flush::new(is_flushed && outweighs_subnormals::<L>(eps)),
        }
    }

    /// One update of every slice that a sparse gradient names, in place. The moments are `exp_avg` and `exp_avg_sq`.
    ///
    /// # Safety
    /// As [`sweep_sparse`].
    pub unsafe fn step(&self, table: Table) {
        // SAFETY: the caller's promise.
        unsafe { sweep_sparse::<L, _, 3>(self, table) }
    }
}

impl<L: Lane> Rule<L, 3, 1> for SparseAdam<L> {
    #[inline(always)]
    fn apply(self, [param, exp_avg, exp_avg_sq]: [L; 3], [grad]: [L; 1]) -> [L; 3] {
        let grad = grad.mul(self.grad_factor);
        let exp_avg = exp_avg.add(grad.sub(exp_avg).mul(self.one_minus_beta1));
        let exp_avg_sq = exp_avg_sq.add(grad.mul(grad).sub(exp_avg_sq).mul(self.one_minus_beta2));
        let step = self.neg_step_size.mul(exp_avg.div(exp_avg_sq.sqrt().add(self.eps)));
        [param.add(step), self.flush.stored(exp_avg), self.flush_sq.stored(exp_avg_sq)]
    }
}
