//! Powers of vectors, in f64 and with IEEE operations only: multiplications and square roots. Any double is a sum of powers
//! of two, so that is all an exponent needs, and every engine and the plain-JS kernel get the same bits.

use crate::lane::{F64x2, Lane};

/// Powers of numbers from 0 up, to any exponent but 0.
#[derive(Clone, Copy)]
pub struct Power {
    whole: u64,
    fraction: f64,
    is_inverse: bool,
}

impl Power {
    /// The power with this exponent.
    pub fn new(exponent: f64) -> Self {
        /// Beyond it a double has no fraction, and every power but that of 1 is 0, ∞, or close to neither.
        const MOST: f64 = 9_007_199_254_740_992.0;
        let magnitude = exponent.abs().min(MOST);
        let whole = magnitude as u64;
        Self { whole, fraction: magnitude - whole as f64, is_inverse: exponent < 0.0 }
    }

    /// Square-and-multiply for the whole part of the exponent, and a square root for each bit of the rest.
    #[inline(never)]
    pub fn of(self, base: F64x2) -> F64x2 {
        let one = F64x2::splat(1.0);
        let (mut result, mut square, mut whole) = (one, base, self.whole);
        while whole > 0 {
            if whole & 1 == 1 {
                result = result.mul(square);
            }
            whole >>= 1;
            square = square.mul(square);
        }
        let (mut root, mut fraction) = (base, self.fraction);
        while fraction > 0.0 {
            root = root.sqrt();
            fraction *= 2.0;
            if fraction >= 1.0 {
                result = result.mul(root);
                fraction -= 1.0;
            }
        }
        if self.is_inverse { one.div(result) } else { result }
    }

    /// Whether the exponent is negative.
    pub fn is_inverse(self) -> bool {
        self.is_inverse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_agree_with_the_c_library() {
        for exponent in [1.0, 2.0, 3.0, 0.5, 1.5, 0.1, 1.0 / 3.0, 7.3, -1.0, -0.7, 1e-300, 1e300] {
            for base in [0.0, 1e-300, 1e-45, 0.3, 1.0, 1.000_001, 2.0, 3.4e38, 1e300, f64::INFINITY] {
                let (actual, expected) = (Power::new(exponent).of(F64x2::splat(base)).first(), base.powf(exponent));
                let is_close = actual == expected || (actual / expected - 1.0).abs() < 1e-13;
                assert!(is_close, "{base}^{exponent}: {actual}, not {expected}");
            }
        }
    }
}
