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
}

/// The gradient and the parameter as they are, and the lerp from `exp_avg`: Adam as most people run it.
pub const PLAIN: u8 = 0;
/// The same with decoupled decay: AdamW.
pub const DECAYED: u8 = 1;
/// PLAIN with L2 decay.
pub const L2: u8 = 2;
/// A gradient that is multiplied by its factor, clipped on the way, or ascending; and decoupled decay, by 1 where there is
/// none.
pub const SCALED: u8 = 3;
/// SCALED with squares that round to 0, to the same bits: three instructions in place of a subnormal result.
pub const VANISHING: u8 = 4;
/// Everything: the gradient is scaled, L2 decay is masked or not, and the end from which the lerp starts is selected.
pub const GENERAL: u8 = 5;

/// One body: a kind, and `DIVIDED`: √bias_correction2 is divided by, not multiplied with its reciprocal.
#[derive(Clone, Copy)]
pub struct Update<L, const KIND: u8, const DIVIDED: bool>(pub Scalars<L>);

impl<L: Lane, const KIND: u8, const DIVIDED: bool> Rule<L, 3, 1> for Update<L, KIND, DIVIDED> {
    #[inline(always)]
    fn apply(self, [param, exp_avg, exp_avg_sq]: [L; 3], [grad]: [L; 1]) -> [L; 3] {
        let (exp_avg, exp_avg_sq) = self.moments(param, exp_avg, exp_avg_sq, grad);
        let param = self.moved(self.decayed(param), self.0.neg_step_size, exp_avg, exp_avg_sq.sqrt());
        [param, exp_avg, exp_avg_sq]
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
        if DIVIDED || !matches!(KIND, PLAIN | DECAYED | L2 | SCALED) {
            return 0;
        }
        let state = |[param, exp_avg, exp_avg_sq]: [L; 3], [grad]: [L; 1]| {
            let (exp_avg, exp_avg_sq) = self.moments(param, exp_avg, exp_avg_sq, grad);
            [param, exp_avg, exp_avg_sq]
        };
        // SAFETY: the caller's promise.
        unsafe { sweep_pairs(written, read, len, zeroed, state, |pair| self.moved_pair(pair)) }
    }
}

impl<L: Lane, const KIND: u8, const DIVIDED: bool> Rule<L, 4, 1> for Update<L, KIND, DIVIDED> {
    #[inline(always)]
    fn apply(self, [param, exp_avg, exp_avg_sq, max_exp_avg_sq]: [L; 4], [grad]: [L; 1]) -> [L; 4] {
        let (exp_avg, exp_avg_sq) = self.moments(param, exp_avg, exp_avg_sq, grad);
        let without_sign = self.0.without_sign;
        let max_exp_avg_sq = max_exp_avg_sq.only(without_sign).max_magnitude(exp_avg_sq.only(without_sign));
        let param = self.moved(self.decayed(param), self.0.neg_step_size, exp_avg, max_exp_avg_sq.sqrt());
        [param, exp_avg, exp_avg_sq, max_exp_avg_sq]
    }
}

impl<L: Lane, const KIND: u8, const DIVIDED: bool> Update<L, KIND, DIVIDED> {
    /// The new first and second moment.
    #[inline(always)]
    fn moments(self, param: L, exp_avg: L, exp_avg_sq: L, grad: L) -> (L, L) {
        let scalars = self.0;
        let (decay, lerp) = (scalars.decay, scalars.lerp);
        let grad = match KIND {
            PLAIN | DECAYED => grad,
            L2 => decay.l2(param, grad),
            SCALED | VANISHING => decay.scaled(grad),
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

    /// The parameter after decoupled decay.
    #[inline(always)]
    fn decayed(self, param: L) -> L {
        if matches!(KIND, PLAIN | L2) { param } else { self.0.decay.decoupled(param) }
    }

    /// The decayed parameter one step on, `root` being that of the second moment, or of its maximum under AMSGrad.
    #[inline(always)]
    fn moved(self, param: L, neg_step_size: L, exp_avg: L, root: L) -> L {
        let correction = self.0.bias_correction2_sqrt;
        let corrected = if DIVIDED { root.div(correction) } else { root.mul(correction) };
        param.add(neg_step_size.mul(exp_avg).div(corrected.add(self.0.eps)))
    }

    /// The parameters of a pair of vectors one step on, out of the old ones and the new moments.
    #[inline(always)]
    fn moved_pair(self, [first, second]: [[L; 3]; 2]) -> [L; 2] {
        let roots = [first[2].sqrt(), second[2].sqrt()];
        let neg_step_size = self.0.neg_step_size;
        // The same number, as it is not above 0 and no root is below it; but it waits for the root.
        let waiting = neg_step_size.pmin(roots[1]);
        [
            self.moved(self.decayed(first[0]), waiting, first[1], roots[0]),
            self.moved(self.decayed(second[0]), neg_step_size, second[1], roots[1]),
        ]
    }
}
