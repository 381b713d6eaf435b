//! Powers and roots of step scalars, in f64 and with IEEE operations only, so that every engine and the plain-JS
//! kernel get the same bits. (`pow` of the C library and of JavaScript engines differ in the last bits.)

use crate::lane::{F64x2, Lane};

/// `base` to the power `exponent`, by square-and-multiply from the lowest bit.
pub fn power(base: f64, mut exponent: u64) -> f64 {
    let (mut result, mut square) = (1.0, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result *= square;
        }
        exponent >>= 1;
        square *= square;
    }
    result
}

/// `1 - beta^step`: what the moving average has seen of its weight.
pub fn bias_correction(beta: f64, step: u64) -> f64 {
    1.0 - power(beta, step)
}

/// The square root, correctly rounded.
pub fn sqrt(value: f64) -> f64 {
    F64x2::splat(value).sqrt().first()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn power_agrees_with_the_c_library() {
        for beta in [0.0, 0.3, 0.9, 0.99, 0.999, 0.9999] {
            for step in (0..300).chain([1_000, 20_000, 1_000_000, (1 << 53) - 1]) {
                let expected = f64::powf(beta, step as f64);
                let error = (power(beta, step) - expected).abs();
                assert!(error <= 1e-12 * (1.0 - expected), "{beta}^{step}: off by {error}");
            }
        }
    }

    #[test]
    fn first_correction_is_one_minus_beta() {
        assert_eq!(bias_correction(0.9, 1), 1.0 - 0.9);
    }
}
