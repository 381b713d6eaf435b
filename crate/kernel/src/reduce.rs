//! Many arrays to one number, as if they were one array.
//!
//! Sums are f64 whatever the elements are, and their order is fixed: an array is cut into blocks of [`BLOCK`] elements,
//! a block has eight sums, of the elements whose indices are equal modulo 8, and blocks are added up by index, array by
//! array. So the bits depend neither on the engine nor on who adds up which block.

use crate::lane::{F32x4, F64x2, Lane};
use crate::table::Array;

/// Elements whose sum is made on its own.
pub(crate) const BLOCK: usize = 4096;
const SUMS: usize = 8;

/// How a reduction takes elements in, and joins what it has of different elements.
pub(crate) trait Reduction: Copy {
    /// What it starts from.
    fn start(self) -> f64 {
        0.0
    }
    /// An element that changes nothing.
    fn padding(self) -> f64 {
        0.0
    }
    /// With two more elements.
    fn take(self, sum: F64x2, elements: F64x2) -> F64x2;
    /// Of the elements of both.
    fn join(self, a: F64x2, b: F64x2) -> F64x2 {
        a.add(b)
    }
}

/// What `reduction` makes of all elements.
///
/// # Safety
/// Every array must be readable in whole vectors.
pub(crate) unsafe fn reduce<R: Reduction>(reduction: R, arrays: &[Array]) -> f64 {
    let mut total = F64x2::splat(reduction.start());
    for array in arrays {
        // SAFETY: the caller's promise.
        total = unsafe {
            match array.dtype {
                0 => blocks::<F32x4, R>(reduction, total, array.start.cast(), array.len),
                _ => blocks::<F64x2, R>(reduction, total, array.start.cast(), array.len),
            }
        };
    }
    total.first()
}

/// `total` with the blocks of one array.
#[inline(never)]
unsafe fn blocks<L: Lane, R: Reduction>(
    reduction: R,
    mut total: F64x2,
    mut start: *const L::Scalar,
    mut len: usize,
) -> F64x2 {
    while len > 0 {
        let count = len.min(BLOCK);
        // SAFETY: the block lies within the array.
        let [a, b] = unsafe { block::<L, R>(reduction, start, count) };
        let sum = reduction.join(F64x2::splat(a), F64x2::splat(b));
        total = reduction.join(total, sum);
        start = start.wrapping_add(count);
        len -= count;
    }
    total
}

/// The sums of one block, of even and odd elements.
#[inline(always)]
unsafe fn block<L: Lane, R: Reduction>(reduction: R, start: *const L::Scalar, len: usize) -> [f64; 2] {
    let mut sums = [F64x2::splat(reduction.start()); SUMS / 2];
    let mut room = [0; SUMS];
    let mut rest = len % SUMS;
    let (mut from, mut left) = (start, len - rest);
    // What is rare stays out of the inner loop, or engines keep its counters in memory.
    loop {
        while left > 0 {
            for (k, sum) in sums.iter_mut().enumerate() {
                // SAFETY: eight elements.
                *sum = reduction.take(*sum, unsafe { L::load_wide(from.add(2 * k)) });
            }
            from = from.wrapping_add(SUMS);
            left -= SUMS;
        }
        if rest == 0 {
            break;
        }
        // SAFETY: `rest` elements are left, and readable up to a whole vector: the caller's promise.
        from = unsafe { padded::<L>(&mut room, from, rest, reduction.padding()) };
        (left, rest) = (SUMS, 0);
    }
    let [a, b, c, d] = sums;
    let mut both = [0.0; 2];
    // SAFETY: two elements.
    unsafe { reduction.join(reduction.join(a, b), reduction.join(c, d)).store(both.as_mut_ptr()) };
    both
}

/// The last elements of an array, fewer than eight, in `room`, with `padding` behind them.
///
/// # Safety
/// `from` must be readable for `count` elements, fewer than eight, rounded up to whole vectors.
#[inline(never)]
unsafe fn padded<L: Lane>(
    room: &mut [u64; SUMS],
    from: *const L::Scalar,
    count: usize,
    padding: f64,
) -> *const L::Scalar {
    let room: *mut L::Scalar = room.as_mut_ptr().cast();
    // SAFETY: there is room for eight elements of 8 bytes; a vector that begins before `count` is readable.
    unsafe {
        // Whole vectors, for a load of what several stores have written waits for all of them.
        let padding = L::splat(padding);
        for i in (0..SUMS).step_by(L::WIDTH) {
            let vector =
                if i < count { L::load(from.add(i)).select(padding, L::mask_first(count - i)) } else { padding };
            vector.store(room.add(i));
        }
    }
    room
}
