//! Subnormal moments to zero.
//!
//! WebAssembly has no flush-to-zero mode. The moments of a parameter whose gradient stays 0 decay to subnormal numbers
//! and stay there for ever, where each operation costs 3 to 40 times as much. What is lost by zeroing them changes an
//! update by less than 1e-18 of the learning rate.

use crate::lane::Lane;
use crate::sweep::{Rule, sweep};
use crate::table::Row;

/// A stored moment is flushed when its parameter's step count is a multiple of this.
pub const FLUSH_INTERVAL: u64 = 32;

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

/// In every row with a gradient, zeroes the elements of one moment whose magnitude is below the smallest normal number.
///
/// # Safety
/// That moment must be valid for reading and writing `len` elements of the lane's type.
#[inline(never)]
pub unsafe fn flush<L: Lane>(table: &[Row], moment: usize) {
    let rule = Flush::<L>::new(true);
    for row in table.iter().filter(|row| !row.grad.is_null()) {
        // SAFETY: the caller's promise.
        unsafe { sweep::<L, _, 1, 0>(rule, [row.moments[moment].cast()], [], row.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::{F32x4, F64x2};
    use core::ptr::{dangling, null, null_mut};

    fn flushed<L: Lane, const N: usize>(values: [L::Scalar; N]) -> [L::Scalar; N] {
        // Twice, as whole vectors may reach behind the end.
        let mut arrays = [values, values];
        let moments = [null_mut(), arrays.as_mut_ptr().cast(), null_mut()];
        let row = Row { param: null_mut(), grad: dangling(), sparse: null(), moments, len: N };
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
}
