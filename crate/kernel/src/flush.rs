//! Subnormal moments to zero.
//!
//! WebAssembly has no flush-to-zero mode. The moments of a parameter whose gradient stays 0 decay to subnormal numbers
//! and stay there for ever, where each operation costs 3 to 40 times as much. What is lost by zeroing them changes an
//! update by less than 1e-18 of the learning rate.

use crate::lane::Lane;
use crate::sweep::{Rule, sweep};

/// A stored moment is flushed when its parameter's step count is a multiple of this.
pub const FLUSH_INTERVAL: u64 = 32;

#[derive(Clone, Copy)]
struct Flush;

impl<L: Lane> Rule<L, 1, 0> for Flush {
    #[inline(always)]
    fn apply(self, [value]: [L; 1], _: [L; 0]) -> [L; 1] {
        [value.flush()]
    }
}

/// Zeroes the elements of `values` whose magnitude is below the smallest normal number.
///
/// # Safety
/// `values` must be valid for reading and writing `len` elements.
pub unsafe fn flush<L: Lane>(values: *mut L::Scalar, len: usize) {
    // SAFETY: the caller's promise.
    unsafe { sweep::<L, _, 1, 0>(&Flush, [values], [], len) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::{F32x4, F64x2};

    #[test]
    fn only_subnormals_become_zero() {
        let tiny = f32::MIN_POSITIVE;
        let mut values = [1.0, -tiny, tiny, tiny / 2.0, -tiny / 2.0, f32::from_bits(1), 0.0, f32::NAN, f32::INFINITY];
        // SAFETY: the array's own length.
        unsafe { flush::<F32x4>(values.as_mut_ptr(), values.len()) };
        assert_eq!(values[..7], [1.0, -tiny, tiny, 0.0, 0.0, 0.0, 0.0]);
        assert!(values[7].is_nan() && values[8] == f32::INFINITY);
    }

    #[test]
    fn doubles_have_their_own_threshold() {
        let mut values = [f64::MIN_POSITIVE, f64::MIN_POSITIVE / 2.0, f32::MIN_POSITIVE as f64 / 2.0];
        // SAFETY: the array's own length.
        unsafe { flush::<F64x2>(values.as_mut_ptr(), values.len()) };
        assert_eq!(values, [f64::MIN_POSITIVE, 0.0, f32::MIN_POSITIVE as f64 / 2.0]);
    }
}
