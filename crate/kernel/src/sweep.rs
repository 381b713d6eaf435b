//! The only loop: one pass over all arrays of a rule.

use crate::lane::Lane;

/// How one vector of each array changes: `WRITTEN` arrays that are read and written, `READ` that are only read.
pub trait Rule<L: Lane, const WRITTEN: usize, const READ: usize>: Copy {
    /// The new vectors of the written arrays.
    fn apply(self, written: [L; WRITTEN], read: [L; READ]) -> [L; WRITTEN];
}

/// Applies `rule` to `len` elements, vector by vector. The last vector may reach past the end: it is computed whole, and
/// what lies behind the end is written back as it was. One body for all vectors is a third less code than another for the
/// last one, or than writing it element by element.
///
/// One vector an iteration: the processor overlaps iterations by itself, and two or four at a time were not faster.
///
/// # Safety
/// Every pointer must be readable for `len` elements rounded up to whole vectors, `written` also be writable so far, and
/// no written array may overlap another: no other thread may write behind its end meanwhile.
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
    while i < len {
        // SAFETY: i < len, so this is a vector of every array.
        unsafe {
            let old = written.map(|a| L::load(a.add(i)));
            let mut new = rule.apply(old, read.map(|a| L::load(a.add(i))));
            if len - i < L::WIDTH {
                let mask = L::first_mask(len - i);
                new = core::array::from_fn(|array| new[array].select(old[array], mask));
            }
            for array in 0..WRITTEN {
                new[array].store(written[array].add(i));
            }
        }
        i += L::WIDTH;
    }
}
