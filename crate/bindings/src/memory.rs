//! Linear memory: tensors for JavaScript, blocks of moments for the states.
//!
//! Everything starts on a cache line. Arrays of [`STAGGER_FROM`] bytes and more start at a place within a 4 KiB page
//! that depends on their part in a step, because CPUs compare only the low 12 bits of an address when they look for
//! a store that a load must wait for: four arrays at the same place in their pages would wait for one another. An array
//! that would end up to [`WINDOW`] bytes before a page is lengthened to it: the array behind it would otherwise load from
//! where, within a page, the last few vectors were stored.

use alloc::alloc::{Layout, alloc_zeroed, dealloc};
use wasm_bindgen::prelude::wasm_bindgen;

const CACHE_LINE: usize = 64;
const PAGE: usize = 4096;
/// Distance in a page between the arrays of one step: three of them fit, and it is a whole number of cache lines.
const STAGGER: usize = 17 * CACHE_LINE;
const STAGGER_FROM: usize = 4 * PAGE;
/// Stores that far back can still be under way.
const WINDOW: usize = 10 * CACHE_LINE;
/// What the allocator keeps behind every allocation.
const TAIL: usize = size_of::<usize>();
/// What lies behind every array: a pass over it reads whole vectors, and the last may begin at the last element.
const VECTOR: usize = 16;
/// The place of the first moment; parameters have place 0, gradients 1.
const FIRST_MOMENT: usize = 2;

/// Zeroed memory for `bytes` bytes, also for none, and a vector more; 0 if there is none left.
///
/// `place` is the array's part in a step: 0 a parameter, 1 a gradient.
#[wasm_bindgen]
pub fn allocate(bytes: usize, place: usize) -> *mut u8 {
    let shift = if bytes >= STAGGER_FROM { place * STAGGER % PAGE } else { 0 };
    let Some(layout) = layout(bytes, shift) else { return core::ptr::null_mut() };
    // SAFETY: with a vector behind it, an array is never of size 0.
    let base = unsafe { alloc_zeroed(layout) };
    if base.is_null() { base } else { base.wrapping_add(shift) }
}

/// Gives back what [`allocate`] handed out for the same number of bytes.
///
/// # Safety
/// `pointer` must come from `allocate(bytes, …)` and not have been given back.
#[wasm_bindgen]
pub unsafe fn deallocate(pointer: *mut u8, bytes: usize) {
    let shift = if bytes >= STAGGER_FROM { pointer.addr() % PAGE } else { 0 };
    if let Some(layout) = layout(bytes, shift) {
        // SAFETY: a staggered allocation starts on a page, so the pointer tells its shift and thereby its layout.
        unsafe { dealloc(pointer.wrapping_sub(shift), layout) }
    }
}

/// Not inlined: it is called twice, and the module is the smaller for it.
#[inline(never)]
fn layout(bytes: usize, shift: usize) -> Option<Layout> {
    let align = if bytes >= STAGGER_FROM { PAGE } else { CACHE_LINE };
    Layout::from_size_align(spaced(bytes.checked_add(shift + VECTOR + TAIL)?) - TAIL, align).ok()
}

/// `size`, or a byte less than whole pages if it is a little less than these. (Without the byte it could overflow.)
fn spaced(size: usize) -> usize {
    if size % PAGE > PAGE - WINDOW { size | (PAGE - 1) } else { size }
}

/// The moments of one parameter: `count` arrays in one allocation, freed on drop.
pub struct Block {
    base: *mut u8,
    stride: usize,
    bytes: usize,
    count: usize,
}

impl Block {
    /// `count` zeroed arrays of `bytes` each; none if memory is exhausted.
    pub fn new(bytes: usize, count: usize) -> Option<Self> {
        let stride = match bytes >= STAGGER_FROM {
            true => bytes.checked_next_multiple_of(PAGE)?.checked_add(STAGGER)?,
            false => spaced(bytes).next_multiple_of(CACHE_LINE),
        };
        let total = stride.checked_mul(count - 1)?.checked_add(bytes)?;
        let base = allocate(total, FIRST_MOMENT);
        (!base.is_null()).then(|| Self { base, stride, bytes: total, count })
    }

    /// Start of the array at `index`; null if the block has fewer.
    pub fn array(&self, index: usize) -> *mut u8 {
        if index < self.count { self.base.wrapping_add(index * self.stride) } else { core::ptr::null_mut() }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the block's own allocation.
        unsafe { deallocate(self.base, self.bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_of_a_block_are_apart_and_staggered() {
        for bytes in [0, 4, 64, 100, STAGGER_FROM - 4, STAGGER_FROM, 100_000] {
            let block = Block::new(bytes, 3).expect("memory is not exhausted");
            let starts = [0, 1, 2].map(|i| block.array(i).addr());
            assert!(starts.iter().all(|start| start % CACHE_LINE == 0));
            assert!(starts[1] - starts[0] >= bytes && starts[2] - starts[1] >= bytes);
            assert!(block.array(3).is_null());
            if bytes >= STAGGER_FROM {
                assert_eq!(starts.map(|start| start % PAGE), [2, 3, 4].map(|place| place * STAGGER % PAGE));
            }
        }
    }

    #[test]
    fn no_array_is_a_little_less_than_pages_behind_the_one_before_it() {
        for bytes in (0..STAGGER_FROM).step_by(4) {
            let block = Block::new(bytes, 2).expect("memory is not exhausted");
            let size = (layout(bytes, 0).expect("it fits").size() + TAIL).next_multiple_of(CACHE_LINE);
            for distance in [block.array(1).addr() - block.array(0).addr(), size] {
                assert!(distance % PAGE <= PAGE - WINDOW, "{bytes} bytes take {distance}");
                assert!(distance < bytes + WINDOW + CACHE_LINE, "{bytes} bytes take {distance}");
            }
        }
    }

    #[test]
    fn the_last_vector_of_an_array_is_within_its_allocation() {
        for bytes in [0, 4, 60, 64, 100, STAGGER_FROM, 100_004] {
            for shift in [0, STAGGER] {
                let size = layout(bytes, shift).expect("it fits").size();
                assert!(size >= shift + bytes + VECTOR - 4, "{bytes} bytes from {shift} on have {size}");
            }
        }
    }

    #[test]
    fn too_much_is_an_answer() {
        assert!(allocate(usize::MAX, 0).is_null());
        assert!(Block::new(usize::MAX / 2, 3).is_none());
    }

    #[test]
    fn nothing_is_something() {
        let pointer = allocate(0, 0);
        assert!(!pointer.is_null());
        // SAFETY: allocated above.
        unsafe { deallocate(pointer, 0) };
    }
}
