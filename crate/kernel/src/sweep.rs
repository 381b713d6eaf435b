//! The only loop: one pass over all arrays of a rule.

use crate::lane::Lane;

/// How one vector of each array changes: `WRITTEN` arrays that are read and written, `READ` that are only read.
pub trait Rule<L: Lane, const WRITTEN: usize, const READ: usize>: Copy {
    /// The new vectors of the written arrays.
    fn apply(self, written: [L; WRITTEN], read: [L; READ]) -> [L; WRITTEN];
}

/// Applies `rule` to `len` elements, vector by vector. The last vector may reach past the end: it is read and computed
/// whole, and stored up to the end. One body for all vectors is a quarter less code than another for the last one.
///
/// One vector an iteration: the processor overlaps iterations by itself, and two at a time need more registers than
/// there are for the rule's scalars.
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
    // `left` counts down beside `i`, and the last vector leaves at once: the compiler keeps one counter, engines unroll.
    let (mut i, mut left) = (0, len);
    while left > 0 {
        // SAFETY: the vector begins before the end, up to which it is stored.
        unsafe {
            let new = rule.apply(written.map(|a| L::load(a.add(i))), read.map(|a| L::load(a.add(i))));
            if left < L::WIDTH {
                for array in 0..WRITTEN {
                    new[array].store_first(written[array].add(i), left);
                }
                return;
            }
            for array in 0..WRITTEN {
                new[array].store(written[array].add(i));
            }
        }
        i += L::WIDTH;
        left -= L::WIDTH;
    }
}
