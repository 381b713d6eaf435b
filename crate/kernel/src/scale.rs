//! Changes of many arrays by one number: scaling and clamping.

use crate::lane::{F32x4, F64x2, Lane};
use crate::sweep::{Rule, sweep};
use crate::table::Array;

/// Multiplies every element by `factor`, rounded to the element type.
///
/// # Safety
/// Every array must be valid as [`sweep`] says, for reading and writing, and none may overlap another.
pub unsafe fn scale(arrays: &[Array], factor: f64) {
    let (narrow, wide) = (Scale(F32x4::splat(factor)), Scale(F64x2::splat(factor)));
    // SAFETY: the caller's promise.
    unsafe { change(arrays, narrow, wide) }
}

/// Moves every element that lies outside [−`limit`, `limit`] to the nearer end; NaN stays.
///
/// # Safety
/// As [`scale`].
pub unsafe fn clamp(arrays: &[Array], limit: f64) {
    let narrow = Clamp { low: F32x4::splat(-limit), high: F32x4::splat(limit) };
    let wide = Clamp { low: F64x2::splat(-limit), high: F64x2::splat(limit) };
    // SAFETY: the caller's promise.
    unsafe { change(arrays, narrow, wide) }
}

#[inline(never)]
unsafe fn change(arrays: &[Array], narrow: impl Rule<F32x4, 1, 0>, wide: impl Rule<F64x2, 1, 0>) {
    for array in arrays {
        // SAFETY: the caller's promise.
        unsafe {
            match array.dtype {
                0 => sweep(narrow, [array.start.cast()], [], array.len),
                _ => sweep(wide, [array.start.cast()], [], array.len),
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Scale<L>(L);

impl<L: Lane> Rule<L, 1, 0> for Scale<L> {
    #[inline(always)]
    fn apply(self, [value]: [L; 1], _: [L; 0]) -> [L; 1] {
        [value.mul(self.0)]
    }
}

#[derive(Clone, Copy)]
struct Clamp<L> {
    low: L,
    high: L,
}

impl<L: Lane> Rule<L, 1, 0> for Clamp<L> {
    #[inline(always)]
    fn apply(self, [value]: [L; 1], _: [L; 0]) -> [L; 1] {
        [value.max(self.low).min(self.high)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_element_types_change_in_place() {
        // Longer than said: in whole vectors.
        let mut narrow = [1.0f32, -2.0, f32::NAN, 4.0, 5.0, 6.0, 7.0, 8.0];
        let mut wide = [0.1, -3.0, f64::INFINITY, 4.0];
        let arrays = [
            Array { start: narrow.as_mut_ptr().cast(), len: 5, dtype: 0 },
            Array { start: wide.as_mut_ptr().cast(), len: 3, dtype: 1 },
        ];
        // SAFETY: the arrays' own lengths.
        unsafe {
            scale(&arrays, 0.1);
            clamp(&arrays, 0.3);
        }
        assert_eq!(narrow.map(|x| x.to_string()), ["0.1", "-0.2", "NaN", "0.3", "0.3", "6", "7", "8"]);
        assert_eq!(wide, [0.1 * 0.1, -0.3, 0.3, 4.0]);
    }
}
