//! The loop: one pass over all arrays of a rule.

use crate::lane::Lane;

/// How one vector of each array changes: `WRITTEN` arrays that are read and written, `READ` that are only read.
pub trait Rule<L: Lane, const WRITTEN: usize, const READ: usize>: Copy {
    /// The new vectors of the written arrays.
    fn apply(self, written: [L; WRITTEN], read: [L; READ]) -> [L; WRITTEN];

    /// Applies the rule to the whole pairs of vectors in front, if it gains by that, and tells how many elements they have:
    /// never more than `len`.
    ///
    /// # Safety
    /// As [`sweep_zeroing`].
    #[inline(always)]
    unsafe fn sweep_pairs(
        self,
        _written: [*mut L::Scalar; WRITTEN],
        _read: [*mut L::Scalar; READ],
        _len: usize,
        _zeroed: usize,
    ) -> usize {
        0
    }
}

/// Applies `rule` to `len` elements, vector by vector.
///
/// # Safety
/// Every pointer must be readable for `len` elements rounded up to whole vectors, `written` also be writable for `len`
/// elements, and no written array may overlap another.
#[inline(always)]
pub unsafe fn sweep<L, R, const WRITTEN: usize, const READ: usize>(
    rule: R,
    written: [*mut L::Scalar; WRITTEN],
    read: [*const L::Scalar; READ],
    len: usize,
) where
    L: Lane,
    R: Rule<L, WRITTEN, READ>,
{
    // SAFETY: the caller's promise; of what is read, nothing is zeroed.
    unsafe { sweep_zeroing(rule, written, read.map(<*const _>::cast_mut), len, 0) }
}

/// The same, and leaves zeros in the vectors of `read`, or pairs of them, that begin before element `zeroed`: the store
/// hides behind the arithmetic, while a pass of its own has to wait for memory.
///
/// The last vector may reach past the end: it is read and computed whole, and stored up to the end. One body for all
/// vectors is a quarter less code than another for the last one.
///
/// One vector an iteration, behind the pairs of a rule that [has them](crate::pairs): the processor overlaps iterations by
/// itself, and few rules leave registers for two.
///
/// # Safety
/// As [`sweep`]; with `zeroed` above 0, `read` counts as written.
#[inline(always)]
pub unsafe fn sweep_zeroing<L, R, const WRITTEN: usize, const READ: usize>(
    rule: R,
    written: [*mut L::Scalar; WRITTEN],
    read: [*mut L::Scalar; READ],
    len: usize,
    zeroed: usize,
) where
    L: Lane,
    R: Rule<L, WRITTEN, READ>,
{
    // SAFETY: the caller's promise.
    let mut i = unsafe { rule.sweep_pairs(written, read, len, zeroed) };
    // `left` counts down beside `i`, and the last vector leaves at once: the compiler keeps one counter, engines unroll.
    let mut left = len - i;
    while left > 0 {
        // SAFETY: the vector begins before the end, up to which it is stored.
        unsafe {
            let new = rule.apply(written.map(|a| L::load(a.add(i))), read.map(|a| L::load(a.add(i))));
            if left < L::WIDTH {
                for array in 0..WRITTEN {
                    new[array].store_first(written[array].add(i), left);
                }
                if i < zeroed {
                    for array in read {
                        zero_first::<L>(array.add(i), left);
                    }
                }
                return;
            }
            for array in 0..WRITTEN {
                new[array].store(written[array].add(i));
            }
            if i < zeroed {
                for array in read {
                    L::splat(0.0).store(array.add(i));
                }
            }
        }
        i += L::WIDTH;
        left -= L::WIDTH;
    }
}

/// Zeroes the first `count` elements of a vector; one function for all bodies.
#[inline(never)]
unsafe fn zero_first<L: Lane>(start: *mut L::Scalar, count: usize) {
    // SAFETY: the caller's promise.
    unsafe { L::splat(0.0).store_first(start, count) }
}
