//! Adam (Kingma & Ba, arXiv 1412.6980) as torch.optim computes it, with AdamW (Loshchilov & Hutter, arXiv 1711.05101)
//! and AMSGrad (Reddi, Kale & Kumar, arXiv 1904.09237).
//!
//! ```text
//! grad   = factor · grad                               factor: −1 to maximize
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

use crate::flush::{FLUSH_INTERVAL, flush};
use crate::lane::Lane;
use crate::scalars::{bias_correction, sqrt};
use crate::sweep::{Rule, sweep};

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
    /// Zero subnormal moments at every [`FLUSH_INTERVAL`]th step.
    pub flush_denormal: bool,
}

/// Where the arrays of one parameter are, each of `len` elements.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // the words of torch.optim.Adam
pub struct Arrays<S> {
    pub len: usize,
    pub param: *mut S,
    pub grad: *const S,
    pub exp_avg: *mut S,
    pub exp_avg_sq: *mut S,
    /// Used with `amsgrad` only.
    pub max_exp_avg_sq: *mut S,
}

/// The scalars of one step count, rounded once and spread over lanes.
#[derive(Clone, Copy)]
pub struct Adam<L> {
    grad_factor: L,
    weight_decay: L,
    has_l2: L,
    param_decay: L,
    lerp_coefficient: L,
    lerp_from_grad: L,
    beta2: L,
    one_minus_beta2: L,
    bias_correction2_sqrt: L,
    eps: L,
    neg_step_size: L,
    body: Body,
}

/// What chooses the code of the sweep and which moments are flushed behind it.
#[derive(Clone, Copy)]
struct Body {
    adjusted: bool,
    amsgrad: bool,
    divided: bool,
    flush_exp_avg: bool,
    flush_exp_avg_sq: bool,
}

impl<L: Lane> Adam<L> {
    /// The scalars of a parameter's `step`th update, counted from 1.
    pub fn new(options: &Options, step: u64) -> Self {
        let Options { lr, beta1, beta2, eps, weight_decay, .. } = *options;
        let bias_correction1 = bias_correction(beta1, step);
        let bias_correction2_sqrt = sqrt(bias_correction(beta2, step));
        let step_size = match options.epsilon_hat {
            true => lr * bias_correction2_sqrt / bias_correction1,
            false => lr / bias_correction1,
        };
        let l2 = weight_decay != 0.0 && !options.decoupled_weight_decay;
        // Divided by 1, nothing changes: late steps of `exact` take the quicker body without changing a bit.
        let divided = options.exact && !options.epsilon_hat && L::round(bias_correction2_sqrt) != 1.0;
        let correction = match (options.epsilon_hat, divided) {
            (true, _) => 1.0,
            (false, true) => bias_correction2_sqrt,
            (false, false) if options.exact => 1.0,
            (false, false) => 1.0 / bias_correction2_sqrt,
        };
        // torch's lerp starts at the nearer end: exp_avg + w·(grad − exp_avg) for w < ½, else
        // grad − (grad − exp_avg)·(1 − w). Both are base + coefficient · (grad − exp_avg).
        let weight = L::round(1.0 - beta1);
        let from_grad = weight >= 0.5;
        let flushing = options.flush_denormal && step.is_multiple_of(FLUSH_INTERVAL);
        Self {
            grad_factor: L::splat(if options.maximize { -1.0 } else { 1.0 }),
            weight_decay: L::splat(weight_decay),
            has_l2: L::mask(l2),
            param_decay: L::splat(if options.decoupled_weight_decay { 1.0 - lr * weight_decay } else { 1.0 }),
            lerp_coefficient: L::splat(if from_grad { -(1.0 - weight) } else { weight }),
            lerp_from_grad: L::mask(from_grad),
            beta2: L::splat(beta2),
            one_minus_beta2: L::splat(1.0 - beta2),
            bias_correction2_sqrt: L::splat(correction),
            eps: L::splat(eps),
            neg_step_size: L::splat(-step_size),
            body: Body {
                adjusted: l2 || options.maximize,
                amsgrad: options.amsgrad,
                divided,
                flush_exp_avg: flushing,
                // Without eps a zero under the root would turn a finite update into 0/0.
                flush_exp_avg_sq: flushing && eps > 0.0,
            },
        }
    }

    /// One update of one parameter, in place.
    ///
    /// # Safety
    /// All arrays must be valid for `len` elements (`max_exp_avg_sq` only with `amsgrad`), all but `grad` for writing,
    /// and none that is written may overlap another.
    pub unsafe fn step(&self, arrays: &Arrays<L::Scalar>) {
        let Body { adjusted, amsgrad, divided, flush_exp_avg, flush_exp_avg_sq } = self.body;
        // SAFETY: the caller's promise.
        unsafe {
            match (adjusted, divided, amsgrad) {
                (false, false, false) => self.sweep3::<false, false>(arrays),
                (false, true, false) => self.sweep3::<false, true>(arrays),
                (true, false, false) => self.sweep3::<true, false>(arrays),
                (true, true, false) => self.sweep3::<true, true>(arrays),
                (false, false, true) => self.sweep4::<false, false>(arrays),
                (false, true, true) => self.sweep4::<false, true>(arrays),
                (true, false, true) => self.sweep4::<true, false>(arrays),
                (true, true, true) => self.sweep4::<true, true>(arrays),
            }
            if flush_exp_avg {
                flush::<L>(arrays.exp_avg, arrays.len);
            }
            if flush_exp_avg_sq {
                flush::<L>(arrays.exp_avg_sq, arrays.len);
            }
        }
    }

    unsafe fn sweep3<const ADJUSTED: bool, const DIVIDED: bool>(&self, arrays: &Arrays<L::Scalar>) {
        let Arrays { len, param, grad, exp_avg, exp_avg_sq, .. } = *arrays;
        // SAFETY: the caller's promise.
        unsafe {
            sweep::<L, _, 3, 1>(&Update::<L, ADJUSTED, DIVIDED>(*self), [param, exp_avg, exp_avg_sq], [grad], len)
        }
    }

    unsafe fn sweep4<const ADJUSTED: bool, const DIVIDED: bool>(&self, arrays: &Arrays<L::Scalar>) {
        let Arrays { len, param, grad, exp_avg, exp_avg_sq, max_exp_avg_sq } = *arrays;
        let written = [param, exp_avg, exp_avg_sq, max_exp_avg_sq];
        // SAFETY: the caller's promise.
        unsafe { sweep::<L, _, 4, 1>(&Update::<L, ADJUSTED, DIVIDED>(*self), written, [grad], len) }
    }
}

/// One body. `ADJUSTED`: the gradient is scaled or takes L2 decay, where a neutral operand would not do (0·Inf is NaN)
/// or cost a twelfth of the step. `DIVIDED`: √bias_correction2 is divided by, not multiplied with its reciprocal.
#[derive(Clone, Copy)]
struct Update<L, const ADJUSTED: bool, const DIVIDED: bool>(Adam<L>);

impl<L: Lane, const ADJUSTED: bool, const DIVIDED: bool> Rule<L, 3, 1> for Update<L, ADJUSTED, DIVIDED> {
    #[inline(always)]
    fn apply(self, [param, exp_avg, exp_avg_sq]: [L; 3], [grad]: [L; 1]) -> [L; 3] {
        let (param, exp_avg, exp_avg_sq) = self.moments(param, exp_avg, exp_avg_sq, grad);
        [self.descend(param, exp_avg, exp_avg_sq), exp_avg, exp_avg_sq]
    }
}

impl<L: Lane, const ADJUSTED: bool, const DIVIDED: bool> Rule<L, 4, 1> for Update<L, ADJUSTED, DIVIDED> {
    #[inline(always)]
    fn apply(self, [param, exp_avg, exp_avg_sq, max_exp_avg_sq]: [L; 4], [grad]: [L; 1]) -> [L; 4] {
        let (param, exp_avg, exp_avg_sq) = self.moments(param, exp_avg, exp_avg_sq, grad);
        let max_exp_avg_sq = max_exp_avg_sq.max(exp_avg_sq);
        [self.descend(param, exp_avg, max_exp_avg_sq), exp_avg, exp_avg_sq, max_exp_avg_sq]
    }
}

impl<L: Lane, const ADJUSTED: bool, const DIVIDED: bool> Update<L, ADJUSTED, DIVIDED> {
    /// The decayed parameter and the new first and second moment.
    #[inline(always)]
    fn moments(self, param: L, exp_avg: L, exp_avg_sq: L, grad: L) -> (L, L, L) {
        let adam = self.0;
        let param = param.mul(adam.param_decay);
        let grad = match ADJUSTED {
            true => {
                let grad = grad.mul(adam.grad_factor);
                grad.add(adam.weight_decay.mul(param)).select(grad, adam.has_l2)
            }
            false => grad,
        };
        let base = grad.select(exp_avg, adam.lerp_from_grad);
        let exp_avg = base.add(adam.lerp_coefficient.mul(grad.sub(exp_avg)));
        let exp_avg_sq = exp_avg_sq.mul(adam.beta2).add(adam.one_minus_beta2.mul(grad).mul(grad));
        (param, exp_avg, exp_avg_sq)
    }

    /// The parameter one step on, `exp_avg_sq` being its maximum under AMSGrad.
    #[inline(always)]
    fn descend(self, param: L, exp_avg: L, exp_avg_sq: L) -> L {
        let adam = self.0;
        let root = match DIVIDED {
            true => exp_avg_sq.sqrt().div(adam.bias_correction2_sqrt),
            false => exp_avg_sq.sqrt().mul(adam.bias_correction2_sqrt),
        };
        param.add(adam.neg_step_size.mul(exp_avg).div(root.add(adam.eps)))
    }
}
