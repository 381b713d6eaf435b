//! Linear memory: tensors for JavaScript, moments for the states.
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
/// The place of the first moment, before those of the others; parameters have place 0, gradients 1.
pub const FIRST_MOMENT: usize = 2;

/// Zeroed memory for `bytes` bytes, also for none, and a vector more; 0 if there is none left.
///
/// `place` is the array's part in a step: 0 a parameter, 1 a gradient, from [`FIRST_MOMENT`] on a moment.
// Not inlined, as the two below: what is done for each moment would be written out three times.
#[wasm_bindgen]
#[inline(never)]
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
#[inline(never)]
pub unsafe fn deallocate(pointer: *mut u8, bytes: usize) {
    let shift = if bytes >= STAGGER_FROM { pointer.addr() % PAGE } else { 0 };
    if let Some(layout) = layout(bytes, shift) {
        // SAFETY: a staggered allocation starts on a page, so the pointer tells its shift and thereby its layout.
        unsafe { dealloc(pointer.wrapping_sub(shift), layout) }
    }
}

#[inline(never)]
fn layout(bytes: usize, shift: usize) -> Option<Layout> {
    let align = if bytes >= STAGGER_FROM { PAGE } else { CACHE_LINE };
    let size = bytes.checked_add(shift + VECTOR + TAIL)?;
    // A byte less than whole pages, as these could overflow.
    let spaced = if size % PAGE > PAGE - WINDOW { size | (PAGE - 1) } else { size };
    Layout::from_size_align(spaced - TAIL, align).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_start_on_a_cache_line_and_large_ones_where_their_part_in_a_step_says() {
        for bytes in [0, 4, 64, 100, STAGGER_FROM - 4, STAGGER_FROM, 100_000] {
            for place in 0..FIRST_MOMENT + 3 {
                let pointer = allocate(bytes, place);
                assert!(!pointer.is_null() && pointer.addr().is_multiple_of(CACHE_LINE));
                if bytes >= STAGGER_FROM {
                    assert_eq!(pointer.addr() % PAGE, place * STAGGER % PAGE);
                }
                // SAFETY: allocated above.
                unsafe { deallocate(pointer, bytes) };
            }
        }
    }

    #[test]
    fn no_array_ends_a_little_before_a_page() {
        for bytes in (0..STAGGER_FROM).step_by(4) {
            let size = (layout(bytes, 0).expect("it fits").size() + TAIL).next_multiple_of(CACHE_LINE);
            assert!(size % PAGE <= PAGE - WINDOW, "{bytes} bytes take {size}");
            assert!(size < bytes + WINDOW + CACHE_LINE, "{bytes} bytes take {size}");
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
        assert!(allocate(usize::MAX / 2, FIRST_MOMENT).is_null());
    }

    #[test]
    fn nothing_is_something() {
        let pointer = allocate(0, 0);
        assert!(!pointer.is_null());
        // SAFETY: allocated above.
        unsafe { deallocate(pointer, 0) };
    }
}
