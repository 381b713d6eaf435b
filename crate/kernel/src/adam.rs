//! Adam (Kingma & Ba, arXiv 1412.6980) as torch.optim computes it, with AdamW (Loshchilov & Hutter, arXiv 1711.05101)
//! and AMSGrad (Reddi, Kale & Kumar, arXiv 1904.09237).
//!
//! ```text
//! grad   = factor · grad                               factor: grad_scale, negative to maximize
//! param  = param · (1 − lr · weight_decay)             decoupled decay, or
//! grad   = grad + weight_decay · param                 L2
//! exp_avg     = lerp(exp_avg, grad, 1 − beta1)
//! exp_avg_sq  = exp_avg_sq · beta2 + ((1 − beta2) · grad) · grad
//! max_exp_avg_sq = max(max_exp_avg_sq, exp_avg_sq)     AMSGrad; then stands for exp_avg_sq
//! denom  = √exp_avg_sq · (1 / √bias_correction2) + eps
//! param  = param + (−(lr / bias_correction1) · exp_avg) / denom
//! ```
//!
//! - `exact` divides by √bias_correction2 instead, as torch does: all bits are then those of torch's fused CPU kernel
//!   without FMA. The reciprocal costs one division less and moves the parameter by its last bits.
//! - `epsilon_hat`, the rule of 2017 (Caffe, TensorFlow, Keras): eps is added before the correction, so
//!   `denom = √exp_avg_sq + eps` and the step size is `lr · √bias_correction2 / bias_correction1`. The same loop.

use crate::decay::{Decay, Lerp, grad_factor};
use crate::flush::{MomentFlush, sees_vanishing, vanishing_below};
use crate::lane::Lane;
use crate::scalars::{bias_corrections, sqrt};
use crate::table::{Table, sweep_table};

mod body;
use body::{DECAYED, GENERAL, L2, PLAIN, SCALED, Scalars, Update, VANISHING};

/// What a param group says of its step.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // the words of torch.optim.Adam
pub struct Options {
    pub lr: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub eps: f64,
    pub weight_decay: f64,
    pub amsgrad: bool,
    pub maximize: bool,
    pub decoupled_weight_decay: bool,
    pub epsilon_hat: bool,
    pub exact: bool,
    /// What gradients are multiplied by first.
    pub grad_scale: f64,
    /// Zero subnormal moments at every [`FLUSH_INTERVAL`](crate::flush::FLUSH_INTERVAL)th step.
    pub flush_denormal: bool,
}

/// The scalars of one step count, rounded once and spread over lanes, and which body they need.
///
/// A neutral operand stands in for a body of its own only where it changes no bit (0·Inf is NaN), and costs little to those
/// who would not need it.
#[derive(Clone, Copy)]
pub struct Adam<L> {
    scalars: Scalars<L>,
    vanishing_grad_below: f64,
    kind: u8,
    divided: bool,
    amsgrad: bool,
    flush: MomentFlush,
}

impl<L: Lane> Adam<L> {
    /// The scalars of a parameter's `step`th update, counted from 1.
    pub fn new(options: &Options, step: u64) -> Self {
        let Options { lr, beta1, beta2, eps, weight_decay, decoupled_weight_decay, .. } = *options;
        let (bias_correction1, bias_correction2) = bias_corrections(beta1, beta2, step);
        let bias_correction2_sqrt = sqrt(bias_correction2);
        let step_size = match options.epsilon_hat {
            true => lr * bias_correction2_sqrt / bias_correction1,
            false => lr / bias_correction1,
        };
        // Divided by 1, nothing changes: late steps of `exact` take the quicker body without changing a bit.
        let divided = options.exact && !options.epsilon_hat && L::round(bias_correction2_sqrt) != 1.0;
        let correction = match (options.epsilon_hat, divided) {
            (true, _) => 1.0,
            (false, true) => bias_correction2_sqrt,
            (false, false) if options.exact => 1.0,
            (false, false) => 1.0 / bias_correction2_sqrt,
        };
        let grad_factor = grad_factor(options.grad_scale, options.maximize);
        let (is_scaled, decays) = (L::round(grad_factor) != 1.0, weight_decay != 0.0);
        // Pairs need a rate that is not below 0.
        let is_usual = L::SPECIALIZED && !Lerp::<L>::starts_at_grad(beta1) && step_size >= 0.0;
        let kind = match (is_scaled, decays, decoupled_weight_decay) {
            _ if !is_usual => GENERAL,
            (false, false, _) => PLAIN,
            (false, true, true) => DECAYED,
            (false, true, false) => L2,
            // Not with what fewer people use: the rest is left to the general body.
            (true, false, _) | (true, true, true) if !divided && !options.amsgrad => SCALED,
            _ => GENERAL,
        };
        let vanishing_below = vanishing_below(1.0 - beta2);
        Self {
            scalars: Scalars {
                decay: Decay::new(lr, weight_decay, decoupled_weight_decay, grad_factor),
                lerp: Lerp::new(beta1),
                beta2: L::splat(beta2),
                one_minus_beta2: L::splat(1.0 - beta2),
                bias_correction2_sqrt: L::splat(correction),
                eps: L::splat(eps),
                neg_step_size: L::splat(-step_size),
                vanishing_below: L::splat(vanishing_below),
                without_sign: L::without_sign(),
            },
            vanishing_grad_below: vanishing_below / grad_factor.abs(),
            kind,
            divided,
            amsgrad: options.amsgrad,
            flush: MomentFlush::new::<L>(options.flush_denormal, step, eps),
        }
    }

    /// One update of every row with a gradient, in place. The moments are `exp_avg`, `exp_avg_sq` and, with `amsgrad`,
    /// `max_exp_avg_sq`.
    ///
    /// # Safety
    /// As [`sweep_table`].
    pub unsafe fn step(&self, table: Table) {
        // SAFETY: the caller's promise.
        unsafe {
            match (if L::SPECIALIZED { self.kind } else { GENERAL }, self.divided) {
                (PLAIN | DECAYED | SCALED, false)
                    if !self.amsgrad && sees_vanishing::<L>(table.rows, self.vanishing_grad_below) =>
                {
                    sweep_table::<L, _, 3>(&Update::<L, VANISHING, false>(self.scalars), table)
                }
                (PLAIN, false) => self.sweep::<PLAIN, false>(table),
                (PLAIN, true) => self.sweep::<PLAIN, true>(table),
                (DECAYED, false) => self.sweep::<DECAYED, false>(table),
                (DECAYED, true) => self.sweep::<DECAYED, true>(table),
                (SCALED, _) => sweep_table::<L, _, 3>(&Update::<L, SCALED, false>(self.scalars), table),
                (L2, false) => self.sweep::<L2, false>(table),
                (L2, true) => self.sweep::<L2, true>(table),
                (_, false) => self.sweep::<GENERAL, false>(table),
                (_, true) => self.sweep::<GENERAL, true>(table),
            }
            self.flush.apply::<L>(table.rows);
        }
    }

    unsafe fn sweep<const KIND: u8, const DIVIDED: bool>(&self, table: Table) {
        let update = Update::<L, KIND, DIVIDED>(self.scalars);
        // SAFETY: the caller's promise.
        unsafe {
            match self.amsgrad {
                false => sweep_table::<L, _, 3>(&update, table),
                true => sweep_table::<L, _, 4>(&update, table),
            }
        }
    }
}
