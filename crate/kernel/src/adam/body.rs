//! The bodies of Adam's loop: one for each way that the gradient goes, with one division or two.

use crate::decay::{Decay, Lerp};
use crate::lane::Lane;
use crate::pairs::sweep_pairs;
use crate::sweep::Rule;

/// What a body multiplies with and adds, each in all elements of a vector.
#[derive(Clone, Copy)]
pub struct Scalars<L> {
    pub decay: Decay<L>,
    pub lerp: Lerp<L>,
    pub beta2: L,
    pub one_minus_beta2: L,
    pub bias_correction2_sqrt: L,
    pub eps: L,
    pub neg_step_size: L,
    pub vanishing_below: L,
    pub without_sign: L,
    /// For [`Lane::after`].
    pub zeros: L,
}

/// The gradient as it is, and the lerp from `exp_avg`: Adam and AdamW as most people run them.
pub const PLAIN: u8 = 0;
/// The same with L2 decay.
pub const L2: u8 = 1;
/// PLAIN with a gradient that is multiplied by its factor: clipped on the way, or ascending.
pub const SCALED: u8 = 2;
/// PLAIN with squares that round to 0, to the same bits: three instructions in place of a subnormal result.
pub const VANISHING: u8 = 3;
/// Everything: the gradient is scaled, L2 decay is masked or not, and the end from which the lerp starts is selected.
pub const GENERAL: u8 = 4;

/// One body: a kind, and `DIVIDED`: √bias_correction2 is divided by, not multiplied with its reciprocal.
#[derive(Clone, Copy)]
pub struct Update<L, const KIND: u8, const DIVIDED: bool>(pub Scalars<L>);

impl<L: Lane, const KIND: u8, const DIVIDED: bool> Rule<L, 3, 1> for Update<L, KIND, DIVIDED> {
    #[inline(always)]
    fn apply(self, [param, exp_avg, exp_avg_sq]: [L; 3], [grad]: [L; 1]) -> [L; 3] {
        let (exp_avg, exp_avg_sq) = self.moments(param, exp_avg, exp_avg_sq, grad);
        [self.moved(param, self.step(exp_avg), exp_avg_sq.sqrt()), exp_avg, exp_avg_sq]
    }

    #[inline(always)]
    unsafe fn sweep_pairs(
        self,
        written: [*mut L::Scalar; 3],
        read: [*mut L::Scalar; 1],
        len: usize,
        zeroed: usize,
    ) -> usize {
        // Two divisions, and the body with everything, are no quicker in pairs.
        if DIVIDED || !matches!(KIND, PLAIN | L2 | SCALED) {
            return 0;
        }
        let state = |[param, exp_avg, exp_avg_sq]: [L; 3], [grad]: [L; 1]| {
            let (exp_avg, exp_avg_sq) = self.moments(param, exp_avg, exp_avg_sq, grad);
            [param, exp_avg, exp_avg_sq]
        };
        let params = |[first, second]: [[L; 3]; 2]| {
            let roots = [first[2].sqrt(), second[2].sqrt()];
            let step = self.step(second[1]).after(roots[0], self.0.zeros);
            [self.moved(first[0], self.step(first[1]), roots[0]), self.moved(second[0], step, roots[1])]
        };
        // SAFETY: the caller's promise.
        unsafe { sweep_pairs(written, read, len, zeroed, state, params) }
    }
}

impl<L: Lane, const KIND: u8, const DIVIDED: bool> Rule<L, 4, 1> for Update<L, KIND, DIVIDED> {
    #[inline(always)]
    fn apply(self, [param, exp_avg, exp_avg_sq, max_exp_avg_sq]: [L; 4], [grad]: [L; 1]) -> [L; 4] {
        let (exp_avg, exp_avg_sq) = self.moments(param, exp_avg, exp_avg_sq, grad);
        let without_sign = self.0.without_sign;
        let max_exp_avg_sq = max_exp_avg_sq.only(without_sign).max_magnitude(exp_avg_sq.only(without_sign));
        [self.moved(param, self.step(exp_avg), max_exp_avg_sq.sqrt()), exp_avg, exp_avg_sq, max_exp_avg_sq]
    }
}

impl<L: Lane, const KIND: u8, const DIVIDED: bool> Update<L, KIND, DIVIDED> {
    /// The new first and second moment.
    #[inline(always)]
    fn moments(self, param: L, exp_avg: L, exp_avg_sq: L, grad: L) -> (L, L) {
        let scalars = self.0;
        let (decay, lerp) = (scalars.decay, scalars.lerp);
        let grad = match KIND {
            PLAIN | VANISHING => grad,
            L2 => decay.l2(param, grad),
            SCALED => decay.scaled(grad),
            _ => decay.coupled(param, grad),
        };
        let exp_avg = match KIND {
            GENERAL => lerp.apply(exp_avg, grad),
            _ => lerp.apply_from_exp_avg(exp_avg, grad),
        };
        let squared = if KIND == VANISHING { grad.flush_below(scalars.vanishing_below) } else { grad };
        let exp_avg_sq = exp_avg_sq.mul(scalars.beta2).add(scalars.one_minus_beta2.mul(squared).mul(squared));
        (exp_avg, exp_avg_sq)
    }

    /// What is divided: the step of a denominator of 1.
    #[inline(always)]
    fn step(self, exp_avg: L) -> L {
        self.0.neg_step_size.mul(exp_avg)
    }

    /// The parameter one step on, `root` being that of the second moment, or of its maximum under AMSGrad.
    #[inline(always)]
    fn moved(self, param: L, step: L, root: L) -> L {
        let scalars = self.0;
        let corrected = match DIVIDED {
            true => root.div(scalars.bias_correction2_sqrt),
            false => root.mul(scalars.bias_correction2_sqrt),
        };
        let param = if KIND == L2 { param } else { scalars.decay.decoupled(param) };
        param.add(step.div(corrected.add(scalars.eps)))
    }
}
