//! Averages of parameters over training: exponential moving ones (Polyak & Juditsky 1992), and equal ones, which are
//! stochastic weight averaging (Izmailov et al., arXiv 1803.05407).
//!
//! ```text
//! average = lerp(average, param, weight)
//! ```
//!
//! The weight is all that tells the two apart: 1 − decay, or 1 / (n + 1) after n parameters.

use crate::decay::Lerp;
use crate::lane::{F32x4, F64x2, Lane};
use crate::sweep::{Rule, sweep};
use crate::table::Array;

/// Moves each of `averages` towards the array at the same place in `params`, of the same length and type, by `weight` in
/// [0, 1].
///
/// # Safety
/// Every array must be valid as [`sweep`] says, those of `averages` for writing, and none of them may overlap another array.
#[inline(never)]
pub unsafe fn average(params: &[Array], averages: &[Array], weight: f64) {
    let (narrow, wide) = (Average(Lerp::<F32x4>::with_weight(weight)), Average(Lerp::<F64x2>::with_weight(weight)));
    for (param, average) in params.iter().zip(averages) {
        // SAFETY: the caller's promise.
        unsafe {
            match average.dtype {
                0 => sweep(narrow, [average.start.cast()], [param.start.cast_const().cast()], average.len),
                _ => sweep(wide, [average.start.cast()], [param.start.cast_const().cast()], average.len),
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Average<L>(Lerp<L>);

impl<L: Lane> Rule<L, 1, 1> for Average<L> {
    #[inline(always)]
    fn apply(self, [average]: [L; 1], [param]: [L; 1]) -> [L; 1] {
        [self.0.apply(average, param)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_element_types_move_towards_the_parameter() {
        for weight in [0.0, 0.25, 0.5, 0.9, 1.0] {
            let (mut narrow, mut wide) = ([1.0f32, -2.0, 0.0, 4.0, 5.0, 6.0, 7.0, 8.0], [0.1, -3.0, 7.0, 8.0]);
            let (mut param, mut wide_param) = ([2.0f32, 2.0, 1.0, 4.0, -5.0, 0.0, 0.0, 0.0], [0.2, 3.0, 8.0, 9.0]);
            let expected = narrow
                .map(f64::from)
                .iter()
                .zip(param)
                .take(5)
                .map(|(a, p)| a + weight * (f64::from(p) - a))
                .collect::<Vec<_>>();
            let expected_wide =
                wide.iter().zip(wide_param).take(3).map(|(a, p)| a + weight * (p - a)).collect::<Vec<_>>();
            let table = |start: *mut f32, wide: *mut f64| {
                [Array { start: start.cast(), len: 5, dtype: 0 }, Array { start: wide.cast(), len: 3, dtype: 1 }]
            };
            // SAFETY: there is a vector behind each end.
            unsafe {
                average(
                    &table(param.as_mut_ptr(), wide_param.as_mut_ptr()),
                    &table(narrow.as_mut_ptr(), wide.as_mut_ptr()),
                    weight,
                );
            }
            assert_eq!((&narrow[5..], &wide[3..]), (&[6.0, 7.0, 8.0][..], &[8.0][..]));
            for (got, want) in narrow.iter().zip(expected) {
                assert!((f64::from(*got) - want).abs() < 1e-6, "{got} {want}");
            }
            for (got, want) in wide.iter().zip(expected_wide) {
                assert!((got - want).abs() < 1e-15, "{got} {want}");
            }
        }
    }
}
