//! Two vectors at a time, for a rule that divides by square roots.
//!
//! Both take a processor's one divider. Zen 5 needs 8.6 cycles for a root and a division in turns, but 6.7 each for two
//! roots and then two divisions. So a division of the pair has to wait for the other's root: [`Lane::after`]. The order of
//! instructions alone does it in some loops of some engines.
//!
//! The state of both vectors is stored before their parameters are read: what is left fits, with the scalars, into the 15
//! registers that engines have for vectors.

use crate::lane::Lane;

/// Steps the whole pairs of vectors in front, and tells how many elements they have.
///
/// `state` gives the new vectors of all written arrays but the first, which it leaves; `params` those of the first, out of
/// its old ones and the new ones of the others. Zeros are left as [`sweep_zeroing`](crate::sweep::sweep_zeroing) leaves them.
///
/// # Safety
/// As [`sweep_zeroing`](crate::sweep::sweep_zeroing).
#[inline(always)]
pub unsafe fn sweep_pairs<L: Lane, const WRITTEN: usize, const READ: usize>(
    written: [*mut L::Scalar; WRITTEN],
    read: [*mut L::Scalar; READ],
    len: usize,
    zeroed: usize,
    state: impl Fn([L; WRITTEN], [L; READ]) -> [L; WRITTEN],
    params: impl Fn([[L; WRITTEN]; 2]) -> [L; 2],
) -> usize {
    let (mut i, mut left) = (0, len);
    while left >= 2 * L::WIDTH {
        let pair = [i, i + L::WIDTH];
        // SAFETY: both vectors end before the arrays do.
        unsafe {
            let states = pair.map(|at| {
                let new = state(written.map(|a| L::load(a.add(at))), read.map(|a| L::load(a.add(at))));
                for array in 1..WRITTEN {
                    new[array].store(written[array].add(at));
                }
                new
            });
            let new = params([0, 1].map(|k| {
                let mut arrays = states[k];
                arrays[0] = L::load(written[0].add(pair[k]));
                arrays
            }));
            for k in [0, 1] {
                new[k].store(written[0].add(pair[k]));
            }
            if i < zeroed {
                for array in read {
                    for at in pair {
                        L::splat(0.0).store(array.add(at));
                    }
                }
            }
        }
        i += 2 * L::WIDTH;
        left -= 2 * L::WIDTH;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::F32x4;

    #[test]
    fn whole_pairs_are_stepped_once_and_the_rest_is_left() {
        for (len, done) in [(0, 0), (7, 0), (8, 8), (15, 8), (16, 16), (1003, 1000)] {
            for (zeroed, left) in [(0, 1.0), (usize::MAX, 0.0)] {
                let [mut param, mut state, mut grad] = [1.0f32, 2.0, 1.0].map(|value| vec![value; len]);
                let written = [param.as_mut_ptr(), state.as_mut_ptr()];
                // SAFETY: the arrays have `len` elements.
                let swept = unsafe {
                    sweep_pairs::<F32x4, 2, 1>(
                        written,
                        [grad.as_mut_ptr()],
                        len,
                        zeroed,
                        |[param, state], [grad]| [param, state.add(grad)],
                        |pair| pair.map(|[param, state]| param.add(state)),
                    )
                };
                let expected = |inside: f32, behind: f32| [vec![inside; done], vec![behind; len - done]].concat();
                assert_eq!(swept, done);
                assert_eq!([param, state, grad], [expected(4.0, 1.0), expected(3.0, 2.0), expected(left, 1.0)]);
            }
        }
    }
}
