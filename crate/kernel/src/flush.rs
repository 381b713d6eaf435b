//! Subnormal numbers, and how steps get round them.
//!
//! WebAssembly has no flush-to-zero mode. The moments of a parameter whose gradient stays 0 decay to subnormal numbers
//! and stay there for ever, where a step can take 60 times as long. What is lost by zeroing them changes an
//! update by less than 1e-18 of the learning rate with an eps of 1e-8, and by less than a millionth with any.
//!
//! Squares of tiny gradients cost the same when they round to 0. Nothing is lost by squaring 0 instead.

use crate::lane::Lane;
use crate::scalars::sqrt;
use crate::sweep::{Rule, sweep};
use crate::table::Row;

/// A stored moment is flushed when its parameter's step count is a multiple of this.
pub const FLUSH_INTERVAL: u64 = 32;

/// Whether the moments of a parameter are flushed behind its `step`th update.
pub fn is_flushed(flush_denormal: bool, step: u64) -> bool {
    flush_denormal && step.is_multiple_of(FLUSH_INTERVAL)
}

/// Which moments of a rule with `exp_avg` and `exp_avg_sq` are flushed behind a step.
#[derive(Clone, Copy)]
pub struct MomentFlush {
    exp_avg: bool,
    exp_avg_sq: bool,
}

impl MomentFlush {
    /// Those of a parameter's `step`th update.
    pub fn new<L: Lane>(flush_denormal: bool, step: u64, eps: f64) -> Self {
        let exp_avg = is_flushed(flush_denormal, step);
        Self { exp_avg, exp_avg_sq: exp_avg && outweighs_subnormals::<L>(eps) }
    }

    /// Flushes them in every row with a gradient.
    ///
    /// # Safety
    /// The first two moments must be valid as for [`flush`].
    pub unsafe fn apply<L: Lane>(self, rows: &[Row]) {
        // SAFETY: the caller's promise.
        unsafe {
            if self.exp_avg {
                flush::<L>(rows, 0);
            }
            if self.exp_avg_sq {
                flush::<L>(rows, 1);
            }
        }
    }
}

/// Whether roots of subnormal numbers are nothing beside `eps`. If not, updates would grow when a zero took their place
/// below the fraction bar, to infinity where there is no eps.
pub fn outweighs_subnormals<L: Lane>(eps: f64) -> bool {
    eps > 4096.0 * sqrt(L::SMALLEST_NORMAL)
}

/// Stores 0 in place of a subnormal number.
#[derive(Clone, Copy)]
pub struct Flush<L>(L);

impl<L: Lane> Flush<L> {
    /// Does so if `on`, else lets everything pass.
    pub fn new(on: bool) -> Self {
        Self(L::splat(if on { L::SMALLEST_NORMAL } else { 0.0 }))
    }

    /// What to store for `value`.
    #[inline(always)]
    pub fn stored(self, value: L) -> L {
        value.flush_below(self.0)
    }
}

impl<L: Lane> Rule<L, 1, 0> for Flush<L> {
    #[inline(always)]
    fn apply(self, [value]: [L; 1], _: [L; 0]) -> [L; 1] {
        [self.stored(value)]
    }
}

/// The magnitude below which a gradient vanishes: `(weight · grad) · grad` rounds to 0 in f32.
pub fn vanishing_below(weight: f64) -> f64 {
    // At most half the smallest f32 rounds to 0. The first product is rounded, by less than the factor takes off.
    let half_the_smallest = f64::from_bits((1023 - 150) << 52);
    sqrt(half_the_smallest / weight) * (1.0 - 1e-6)
}

/// Whether gradients are seen that are not 0, but below `limit`: one element is looked at, in the middle, of 16 rows at
/// most.
///
/// # Safety
/// Every dense gradient must be readable for `len` elements.
#[inline(never)]
pub unsafe fn sees_vanishing<L: Lane>(rows: &[Row], limit: f64) -> bool {
    rows.chunks(rows.len() / 16 + 1).any(|rows| {
        let row = rows[0];
        if row.grad.is_null() || !row.sparse.is_null() || row.len == 0 {
            return false;
        }
        // SAFETY: the caller's promise.
        let grad: f64 = unsafe { *row.grad.cast::<L::Scalar>().add(row.len / 2) }.into();
        grad != 0.0 && -limit < grad && grad < limit
    })
}

/// In every row with a gradient, zeroes the elements of one moment whose magnitude is below the smallest normal number.
///
/// # Safety
/// That moment must be valid for reading and writing `len` elements of the lane's type.
#[inline(never)]
pub unsafe fn flush<L: Lane>(rows: &[Row], moment: usize) {
    let rule = Flush::<L>::new(true);
    for row in rows.iter().filter(|row| !row.grad.is_null()) {
        // SAFETY: the caller's promise.
        unsafe { sweep::<L, _, 1, 0>(rule, [row.moments[moment].cast()], [], row.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::{F32x4, F64x2};
    use core::ptr::{dangling_mut, null, null_mut};

    fn flushed<L: Lane, const N: usize>(values: [L::Scalar; N]) -> [L::Scalar; N] {
        // Twice, as whole vectors may reach behind the end.
        let mut arrays = [values, values];
        let moments = [null_mut(), arrays.as_mut_ptr().cast(), null_mut()];
        let row = Row { param: null_mut(), grad: dangling_mut(), sparse: null(), moments, len: N };
        // SAFETY: the first array's length.
        unsafe { flush::<L>(&[row], 1) };
        arrays[0]
    }

    #[test]
    fn only_subnormals_become_zero() {
        let tiny = f32::MIN_POSITIVE;
        let subnormals = [tiny / 2.0, -tiny / 2.0, f32::from_bits(1)];
        assert_eq!(flushed::<F32x4, 3>(subnormals), [0.0; 3]);
        let others = [1.0, -tiny, tiny, 0.0, f32::INFINITY];
        assert_eq!(flushed::<F32x4, 5>(others), others);
        assert!(flushed::<F32x4, 3>([f32::NAN; 3])[0].is_nan());
    }

    #[test]
    fn doubles_have_their_own_threshold() {
        let values = [f64::MIN_POSITIVE, f64::MIN_POSITIVE / 2.0, f32::MIN_POSITIVE as f64 / 2.0];
        assert_eq!(flushed::<F64x2, 3>(values), [f64::MIN_POSITIVE, 0.0, f32::MIN_POSITIVE as f64 / 2.0]);
    }

    #[test]
    fn what_vanishes_has_squares_that_round_to_zero_and_hardly_anything_else_has() {
        for weight in [1.0, 0.5, 0.1, 0.001, 1e-5, f64::EPSILON] {
            let square = |grad: f32| weight as f32 * grad * grad;
            let limit = vanishing_below(weight) as f32;
            assert_eq!(square(limit), 0.0, "{weight}");
            assert_ne!(square(limit * 1.00001), 0.0, "{weight}");
        }
    }

    #[test]
    fn the_middle_of_a_gradient_is_looked_at() {
        let seen = |middle: f32, rows: usize| {
            let mut grad = [1.0, 1.0, middle, 1.0];
            let row = Row {
                param: null_mut(),
                grad: grad.as_mut_ptr().cast(),
                sparse: null(),
                moments: [null_mut(); 3],
                len: grad.len(),
            };
            let none = Row { grad: null_mut(), ..row };
            let mut table = vec![none; rows];
            table[0] = row;
            // SAFETY: the array's length; there is no other gradient.
            unsafe { sees_vanishing::<F32x4>(&table, 1e-21) }
        };
        assert!(seen(1e-22, 1) && seen(-1e-22, 100));
        assert!([0.0, 1e-20, -1e-20, 1.0, f32::NAN, f32::INFINITY].iter().all(|&grad| !seen(grad, 1)));
    }
}
