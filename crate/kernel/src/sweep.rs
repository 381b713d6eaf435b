//! The only loop: one pass over all arrays of a rule.

use crate::lane::Lane;

/// How one vector of each array changes: `WRITTEN` arrays that are read and written, `READ` that are only read.
pub trait Rule<L: Lane, const WRITTEN: usize, const READ: usize>: Copy {
    /// The new vectors of the written arrays.
    fn apply(self, written: [L; WRITTEN], read: [L; READ]) -> [L; WRITTEN];
}

/// Applies `rule` to `len` elements: two vectors at a time, then one, then what is left as a part of one.
///
/// Two at a time keep the divider busy while the next loads run; four are no faster.
///
/// Never inlined: engines change from their quick first compiler to the good one at a call, and the caller's loop over
/// many tensors would otherwise stay in the first for its whole first step.
///
/// # Safety
/// Every pointer must be valid for `len` elements, `written` also for writing, and no written array may overlap another.
#[inline(never)]
pub unsafe fn sweep<L, R, const WRITTEN: usize, const READ: usize>(
    rule: &R,
    written: [*mut L::Scalar; WRITTEN],
    read: [*const L::Scalar; READ],
    len: usize,
) where
    L: Lane,
    R: Rule<L, WRITTEN, READ>,
{
    // A copy of its own: the compiler then knows that no store changes it and keeps it in registers.
    let rule = *rule;
    let mut i = 0;
    // SAFETY: every access below stays within `i + count <= len`, and the caller vouches for `len` elements.
    unsafe {
        while len - i >= 2 * L::WIDTH {
            let first = rule.apply(written.map(|a| L::load(a.add(i))), read.map(|a| L::load(a.add(i))));
            let j = i + L::WIDTH;
            let second = rule.apply(written.map(|a| L::load(a.add(j))), read.map(|a| L::load(a.add(j))));
            for array in 0..WRITTEN {
                first[array].store(written[array].add(i));
                second[array].store(written[array].add(j));
            }
            i += 2 * L::WIDTH;
        }
        if len - i >= L::WIDTH {
            let one = rule.apply(written.map(|a| L::load(a.add(i))), read.map(|a| L::load(a.add(i))));
            for array in 0..WRITTEN {
                one[array].store(written[array].add(i));
            }
            i += L::WIDTH;
        }
        let rest = len - i;
        if rest > 0 {
            let part =
                rule.apply(written.map(|a| L::load_first(a.add(i), rest)), read.map(|a| L::load_first(a.add(i), rest)));
            for array in 0..WRITTEN {
                part[array].store_first(written[array].add(i), rest);
            }
        }
    }
}
