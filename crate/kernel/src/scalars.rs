//! Powers and roots of step scalars, in f64 and with IEEE operations only, so that every engine and the plain-JS
//! kernel get the same bits. (`pow` of the C library and of JavaScript engines differ in the last bits.)

use crate::lane::{F64x2, Lane};

/// Both bases to the power `exponent`, by square-and-multiply from the lowest bit.
///
/// Two at a time and without a branch, since processors guess the bits of a count wrongly: 40 ns where 115 were.
#[inline(never)]
fn raised(bases: F64x2, mut exponent: u64) -> F64x2 {
    let one = F64x2::splat(1.0);
    let (mut result, mut square) = (one, bases);
    while exponent > 0 {
        result = result.mul(square.select(one, F64x2::mask(exponent & 1 == 1)));
        exponent >>= 1;
        square = square.mul(square);
    }
    result
}

/// `base` to the power `exponent`.
fn power(base: f64, exponent: u64) -> f64 {
    raised(F64x2::splat(base), exponent).first()
}

/// The same of both betas.
pub fn powers(beta1: f64, beta2: f64, step: u64) -> (f64, f64) {
    let both = raised(F64x2::new(beta1, beta2), step);
    (both.first(), both.second())
}

/// `1 - beta^step`: what the moving average has seen of its weight.
pub fn bias_correction(beta: f64, step: u64) -> f64 {
    1.0 - power(beta, step)
}

/// The same of both betas.
pub fn bias_corrections(beta1: f64, beta2: f64, step: u64) -> (f64, f64) {
    let (power1, power2) = powers(beta1, beta2, step);
    (1.0 - power1, 1.0 - power2)
}

/// The square root, correctly rounded.
pub fn sqrt(value: f64) -> f64 {
    F64x2::splat(value).sqrt().first()
}

/// e to the power `x`, for x ≤ 0: x = n·ln 2 + r, a series for r, then n halvings.
pub fn exp_negative(x: f64) -> f64 {
    const LN2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    // Below it, the result is 0. (And the loop ends.)
    if x < -745.0 {
        return 0.0;
    }
    let halvings = (-x / (LN2_HIGH + LN2_LOW) + 0.5) as u64;
    let r = x + halvings as f64 * LN2_HIGH + halvings as f64 * LN2_LOW;
    let mut sum = 1.0;
    for k in (1..16).rev() {
        sum = 1.0 + r / f64::from(k) * sum;
    }
    sum * power(0.5, halvings)
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
                let both = (bias_correction(beta, step), bias_correction(0.95, step));
                assert_eq!(bias_corrections(beta, 0.95, step), both);
            }
        }
    }

    #[test]
    fn exponential_agrees_with_the_c_library() {
        for i in 0..100_000 {
            let x = -f64::from(i) * 7.3e-3;
            let error = (exp_negative(x) - x.exp()).abs();
            assert!(error <= 4e-16 * x.exp() + 5e-324, "exp({x}): off by {error}");
        }
    }

    #[test]
    fn first_correction_is_one_minus_beta() {
        assert_eq!(bias_correction(0.9, 1), 1.0 - 0.9);
    }
}
