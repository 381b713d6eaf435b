//! Norms over many arrays as if they were one.
//!
//! ```text
//! norm = (Σ |x|^p)^(1/p)        p = ∞: the largest |x|;  −∞: the smallest;  0: how many arrays are not all zero
//! ```

use crate::lane::{F64x2, Lane};
use crate::power::Power;
use crate::reduce::{Reduction, reduce};
use crate::table::Array;

/// The norm of order `norm_type` of all elements together; the arrays must not be empty. NaN if one element is NaN.
///
/// # Safety
/// Every array must be readable in whole vectors.
pub unsafe fn norm(arrays: &[Array], norm_type: f64) -> f64 {
    // SAFETY: the caller's promise.
    unsafe {
        if norm_type == 0.0 {
            // torch's answer: norms of norms, and a norm of order 0 counts what is not zero.
            let largest = |array| reduce(Largest { sign: 1.0 }, core::slice::from_ref(array));
            return arrays.iter().filter(|array| largest(array) != 0.0).count() as f64;
        }
        if norm_type.is_infinite() {
            let sign = if norm_type > 0.0 { 1.0 } else { -1.0 };
            return sign * reduce(Largest { sign }, arrays);
        }
        let sum = if norm_type == 2.0 {
            reduce(Squares, arrays)
        } else if norm_type == 1.0 {
            reduce(Magnitudes, arrays)
        } else {
            reduce(Power::new(norm_type), arrays)
        };
        Power::new(1.0 / norm_type).of(F64x2::splat(sum)).first()
    }
}

#[derive(Clone, Copy)]
struct Squares;

impl Reduction for Squares {
    #[inline(always)]
    fn take(self, sum: F64x2, elements: F64x2) -> F64x2 {
        sum.add(elements.mul(elements))
    }
}

#[derive(Clone, Copy)]
struct Magnitudes;

impl Reduction for Magnitudes {
    #[inline(always)]
    fn take(self, sum: F64x2, elements: F64x2) -> F64x2 {
        sum.add(elements.abs())
    }
}

/// The largest of all `sign · |x|`.
#[derive(Clone, Copy)]
struct Largest {
    sign: f64,
}

impl Reduction for Largest {
    fn start(self) -> f64 {
        if self.sign > 0.0 { 0.0 } else { f64::NEG_INFINITY }
    }
    fn padding(self) -> f64 {
        self.start()
    }
    #[inline(always)]
    fn take(self, sum: F64x2, elements: F64x2) -> F64x2 {
        sum.max(elements.abs().mul(F64x2::splat(self.sign)))
    }
    #[inline(always)]
    fn join(self, a: F64x2, b: F64x2) -> F64x2 {
        a.max(b)
    }
}

impl Reduction for Power {
    fn padding(self) -> f64 {
        if self.is_inverse() { f64::INFINITY } else { 0.0 }
    }
    #[inline(always)]
    fn take(self, sum: F64x2, elements: F64x2) -> F64x2 {
        sum.add(self.of(elements.abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reduce::BLOCK;

    /// The same for both element types, with what must not count behind the array, as it is read.
    fn norm_of(values: &[f32], norm_type: f64) -> f64 {
        let mut narrow = [values, &[f32::NAN; 3]].concat();
        let mut wide: Vec<f64> = narrow.iter().map(|&x| f64::from(x)).collect();
        let norms = [(narrow.as_mut_ptr().cast(), 0), (wide.as_mut_ptr().cast(), 1)].map(|(start, dtype)| {
            // SAFETY: the vector's own values, of which three are left out; nothing is written.
            unsafe { norm(&[Array { start, len: values.len(), dtype }], norm_type) }
        });
        assert_eq!(norms[0].to_bits(), norms[1].to_bits());
        norms[0]
    }

    #[test]
    fn orders_agree_with_the_c_library() {
        let values: Vec<f32> = (0..10_001).map(|i| ((i * 37 % 1009) as f32 - 504.5) / 100.0).collect();
        for p in [1.0, 2.0, 3.0, 4.0, 0.5, 1.5, 0.1, 1.3, 7.25, -1.0, -2.5, 1e-3] {
            let sum: f64 = values.iter().map(|&x| f64::from(x).abs().powf(p)).sum();
            let (expected, actual) = (sum.powf(1.0 / p), norm_of(&values, p));
            assert!((actual / expected - 1.0).abs() < 1e-12 || actual == expected, "{p}: {actual}, not {expected}");
        }
        assert_eq!(norm_of(&values, f64::INFINITY), f64::from(5.045f32));
        assert_eq!(norm_of(&values, f64::NEG_INFINITY), f64::from(0.005f32));
    }

    #[test]
    fn every_length_reduces_each_element_once() {
        for len in (1..40).chain([BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 3]) {
            assert_eq!(norm_of(&vec![-1.0; len], 1.0), len as f64);
            assert_eq!(norm_of(&vec![2.0; len], 2.0), (4.0 * len as f64).sqrt());
            assert_eq!(norm_of(&vec![0.5; len], -1.0), 0.5 / len as f64);
            assert_eq!(norm_of(&vec![-3.0; len], f64::NEG_INFINITY), 3.0);
        }
    }

    #[test]
    fn large_numbers_do_not_overflow_and_nan_is_not_lost() {
        let norm = norm_of(&[1e30, 1e30], 2.0);
        assert!((norm / (f64::from(1e30f32) * 2f64.sqrt()) - 1.0).abs() < 1e-15);
        for p in [1.0, 2.0, 3.0, 0.5, -1.0, f64::INFINITY, f64::NEG_INFINITY] {
            for at in 0..11 {
                let mut values = [1.0; 11];
                values[at] = f32::NAN;
                assert!(norm_of(&values, p).is_nan(), "{p}");
            }
        }
    }
}
