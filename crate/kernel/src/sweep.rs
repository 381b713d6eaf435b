//! The only loop: one pass over all arrays of a rule.

use crate::lane::Lane;

/// How one vector of each array changes: `WRITTEN` arrays that are read and written, `READ` that are only read.
pub trait Rule<L: Lane, const WRITTEN: usize, const READ: usize>: Copy {
    /// The new vectors of the written arrays.
    fn apply(self, written: [L; WRITTEN], read: [L; READ]) -> [L; WRITTEN];
}

/// Applies `rule` to `len` elements: vector by vector, and what is left as a part of one.
///
/// One vector an iteration: the processor overlaps iterations by itself, and two at a time need more registers than
/// there are for the rule's scalars.
///
/// # Safety
/// Every pointer must be valid for `len` elements, `written` also for writing, and no written array may overlap another.
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
    let mut i = 0;
    // SAFETY: every access below stays within `i + count <= len`, and the caller vouches for `len` elements.
    unsafe {
        while len - i >= L::WIDTH {
            let new = rule.apply(written.map(|a| L::load(a.add(i))), read.map(|a| L::load(a.add(i))));
            for array in 0..WRITTEN {
                new[array].store(written[array].add(i));
            }
            i += L::WIDTH;
        }
        let rest = len - i;
        if rest > 0 {
            let new =
                rule.apply(written.map(|a| L::load_first(a.add(i), rest)), read.map(|a| L::load_first(a.add(i), rest)));
            for array in 0..WRITTEN {
                new[array].store_first(written[array].add(i), rest);
            }
        }
    }
}
