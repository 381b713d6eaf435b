//! Two vectors at a time, for a rule that divides by square roots.
//!
//! Both take a processor's one divider. Zen 5 needs 8.6 cycles for a root and a division where they take turns, but 6.7
//! where two roots come before two divisions. So the first division of the pair has to wait for the second root, by an
//! operand that is known no earlier, and the second division stands behind a branch. The order in which they are written
//! alone does it in some loops of some engines.
//!
//! The state of both vectors is stored before their parameters are read: what is left fits, with the scalars, into the 15
//! registers that V8 has for vectors on x64.

use crate::lane::Lane;

/// Steps the whole pairs of vectors in front, and tells how many elements they have.
///
/// `state` gives the new vectors of all written arrays but the first, which it leaves; `params` those of the first, out of
/// its old ones and the new ones of the others. Zeros are left in the pairs of `read` that begin before element `zeroed`.
///
/// # Safety
/// As [`sweep_zeroing`](crate::sweep::sweep_zeroing), but nothing behind `len` elements is read.
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
        // SAFETY: both vectors lie within the arrays.
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
            new[0].store(written[0].add(pair[0]));
            // Between both, so that compilers leave the second division where it is.
            if i < zeroed {
                for array in read {
                    for at in pair {
                        L::splat(0.0).store(array.add(at));
                    }
                }
            }
            new[1].store(written[0].add(pair[1]));
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
                // Each element has its own values, as no vector may get those of the other.
                let values = |factor: f32| (0..len).map(|i| factor * i as f32).collect::<Vec<_>>();
                let (mut param, mut state, mut grad) = (values(1.0), values(2.0), vec![1.0; len]);
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
                let expected = |inside: fn(f32) -> f32, behind: fn(f32) -> f32| {
                    (0..len).map(|i| if i < done { inside(i as f32) } else { behind(i as f32) }).collect::<Vec<_>>()
                };
                assert_eq!(swept, done);
                assert_eq!(param, expected(|x| 3.0 * x + 1.0, |x| x));
                assert_eq!(state, expected(|x| 2.0 * x + 1.0, |x| 2.0 * x));
                assert_eq!(grad, [vec![left; done], vec![1.0; len - done]].concat());
            }
        }
    }
}
