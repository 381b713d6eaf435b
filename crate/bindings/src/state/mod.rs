//! State of an optimizer: slots, and the table that JavaScript binds to tensors. Each rule adds its step in a file.

mod adam;
mod adamax;
mod nadam;
mod radam;
mod sgd;
mod sparse_adam;

use crate::memory::{FIRST_MOMENT, allocate, deallocate};
use adam_kernel::table::{MOMENTS, Row, Table};
use alloc::alloc::{Layout, alloc};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ptr::{null, null_mut};
use wasm_bindgen::prelude::wasm_bindgen;

/// Bits of `flags` in the steps of all rules; each reads those that its rule knows.
mod flag {
    pub const AMSGRAD: u32 = 1;
    pub const MAXIMIZE: u32 = 2;
    pub const DECOUPLED_WEIGHT_DECAY: u32 = 4;
    pub const EPSILON_HAT: u32 = 8;
    pub const EXACT: u32 = 16;
    pub const FLUSH_DENORMAL: u32 = 32;
    pub const NESTEROV: u32 = 64;
    pub const ZERO_GRAD: u32 = 128;
}

/// Element type of a parameter and its moments.
#[derive(Clone, Copy, PartialEq)]
pub enum DType {
    /// float32
    F32,
    /// float64
    F64,
}

impl DType {
    fn from_code(code: u32) -> Self {
        if code == 0 { Self::F32 } else { Self::F64 }
    }

    fn bytes(self) -> usize {
        match self {
            Self::F32 => size_of::<f32>(),
            Self::F64 => size_of::<f64>(),
        }
    }
}

/// The state of one parameter, beside its row.
struct Slot {
    dtype: DType,
    step: u64,
    /// What a rule accumulates beside its moments: NAdam's `mu_product`, 1 at the start.
    product: f64,
}

/// What the rows of a run have in common.
#[derive(Clone, Copy, PartialEq)]
struct Run {
    dtype: DType,
    step: u64,
    product: f64,
}

/// Step counts and moments of one param group: a slot for each parameter, in the group's order, and the table through
/// which the kernel finds their arrays. JavaScript has its address.
#[derive(Default)]
pub struct State {
    table: Vec<Row>,
    slots: Vec<Slot>,
}

/// A group without parameters; null if memory is exhausted.
#[wasm_bindgen(js_name = newState)]
pub fn new_state() -> *mut State {
    // SAFETY: a state is not of size 0, and where there is memory for it, it can be written.
    unsafe {
        let state = alloc(Layout::new::<State>()).cast::<State>();
        if !state.is_null() {
            state.write(State::default());
        }
        state
    }
}

/// Gives a state back, with its moments.
///
/// # Safety
/// `state` must come from [`new_state`] and not have been freed.
#[wasm_bindgen(js_name = freeState)]
pub unsafe fn free_state(state: *mut State) {
    // SAFETY: the caller's promise; it was allocated as a box is.
    drop(unsafe { Box::from_raw(state) });
}

/// A slot for the parameter of `len` elements at `param`, f32 (`dtype` 0) or f64 (1), still without moments; false if
/// memory is exhausted.
///
/// # Safety
/// As [`free_state`].
#[wasm_bindgen(js_name = addSlot)]
pub unsafe fn add_slot(state: *mut State, param: *mut u8, len: usize, dtype: u32) -> bool {
    // SAFETY: the caller's promise.
    let State { table, slots } = unsafe { &mut *state };
    if table.try_reserve(1).is_err() || slots.try_reserve(1).is_err() {
        return false;
    }
    table.push(Row { param, grad: null_mut(), sparse: null(), moments: [null_mut(); MOMENTS], len });
    slots.push(Slot { dtype: DType::from_code(dtype), step: 0, product: 1.0 });
    true
}

/// Makes sure that the slot at `index` has `count` moments, and keeps those it has; false if memory is exhausted, the slot
/// then is as before. A slot that has more must not have counted a step. A count of 0 takes nothing away.
///
/// # Safety
/// As [`free_state`].
#[wasm_bindgen(js_name = reserveSlot)]
pub unsafe fn reserve_slot(state: *mut State, index: usize, count: usize) -> bool {
    // SAFETY: the caller's promise.
    let State { table, slots } = unsafe { &mut *state };
    let (Some(row), Some(slot)) = (table.get_mut(index), slots.get(index)) else { return false };
    let held = row.moments.iter().filter(|moment| !moment.is_null()).count();
    if count == 0 || set_moments(row, slot.dtype, count) {
        return true;
    }
    set_moments(row, slot.dtype, held);
    false
}

/// The table of rows (`adam_kernel::table::Row`), one a slot, into which gradients are bound. It moves when a slot is
/// added.
///
/// # Safety
/// As [`free_state`].
#[wasm_bindgen(js_name = stateTable)]
pub unsafe fn state_table(state: *mut State) -> *const u8 {
    // SAFETY: the caller's promise.
    unsafe { &*state }.table.as_ptr().cast()
}

/// How many updates the slot at `index` has had.
///
/// # Safety
/// As [`free_state`].
#[wasm_bindgen(js_name = slotSteps)]
pub unsafe fn slot_steps(state: *mut State, index: usize) -> f64 {
    // SAFETY: the caller's promise.
    unsafe { &*state }.slots.get(index).map_or(0.0, |slot| slot.step as f64)
}

/// What the slot at `index` has accumulated beside its moments: NAdam's `mu_product`, 1 otherwise.
///
/// # Safety
/// As [`free_state`].
#[wasm_bindgen(js_name = slotProduct)]
pub unsafe fn slot_product(state: *mut State, index: usize) -> f64 {
    // SAFETY: the caller's promise.
    unsafe { &*state }.slots.get(index).map_or(1.0, |slot| slot.product)
}

/// Sets count and product of the slot at `index`, as a state dict has them.
///
/// # Safety
/// As [`free_state`].
#[wasm_bindgen(js_name = restoreSlot)]
pub unsafe fn restore_slot(state: *mut State, index: usize, step: f64, product: f64) {
    // SAFETY: the caller's promise.
    if let Some(slot) = unsafe { &mut *state }.slots.get_mut(index) {
        (slot.step, slot.product) = (step as u64, product);
    }
}

/// Allocates moments up to `count`, as zeros, and gives back those beyond; false as soon as memory is exhausted.
fn set_moments(row: &mut Row, dtype: DType, count: usize) -> bool {
    let bytes = row.len * dtype.bytes();
    for (which, moment) in row.moments.iter_mut().enumerate() {
        if which < count && moment.is_null() {
            *moment = allocate(bytes, FIRST_MOMENT + which);
            if moment.is_null() {
                return false;
            }
        } else if which >= count && !moment.is_null() {
            // SAFETY: it was allocated above, for as many bytes.
            unsafe { deallocate(*moment, bytes) };
            *moment = null_mut();
        }
    }
    true
}

impl Drop for State {
    fn drop(&mut self) {
        for (row, slot) in self.table.iter_mut().zip(&self.slots) {
            set_moments(row, slot.dtype, 0);
        }
    }
}

impl State {
    /// Adds `count` (0: the rule counts no steps) to the steps of each slot that has a gradient, and hands the rows out
    /// in runs with everything in common: mostly a single one. Rows without a gradient may stand between those of a run.
    ///
    /// With [`flag::ZERO_GRAD`] the gradients are zeros afterwards. Compiled once for all rules.
    fn advance(&mut self, count: u64, flags: u32, each: &mut dyn FnMut(Run, Table)) {
        let zeroed = if flags & flag::ZERO_GRAD == 0 { 0 } else { usize::MAX };
        let (mut start, mut current) = (0, None);
        for (index, (row, slot)) in self.table.iter().zip(&mut self.slots).enumerate() {
            if row.grad.is_null() {
                continue;
            }
            slot.step += count;
            let own = Run { dtype: slot.dtype, step: slot.step, product: slot.product };
            match current {
                Some(run) if run == own => continue,
                Some(run) => each(run, Table { rows: self.table.get(start..index).unwrap_or_default(), zeroed }),
                None => {}
            }
            (start, current) = (index, Some(own));
        }
        if let Some(run) = current {
            each(run, Table { rows: self.table.get(start..).unwrap_or_default(), zeroed });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(state: *mut State, slot: usize) -> [*mut u8; MOMENTS] {
        // SAFETY: the tests' own states.
        unsafe { &*state }.table[slot].moments
    }

    fn held(state: *mut State, slot: usize) -> [bool; MOMENTS] {
        moments(state, slot).map(|moment| !moment.is_null())
    }

    #[test]
    fn a_slot_has_the_moments_that_were_asked_for_last_and_keeps_what_it_had() {
        let state = new_state();
        // SAFETY: a state that is freed below, and a byte of its moments.
        unsafe {
            for len in [10, 10_000] {
                assert!(add_slot(state, null_mut(), len, 0));
            }
            for slot in 0..2 {
                assert!(reserve_slot(state, slot, 2));
                moments(state, slot)[0].write(7);
                for (count, expected) in [(3, [true; 3]), (0, [true; 3]), (1, [true, false, false])] {
                    assert!(reserve_slot(state, slot, count));
                    assert_eq!(held(state, slot), expected);
                }
                assert_eq!(moments(state, slot)[0].read(), 7);
            }
            free_state(state);
        }
    }

    #[test]
    fn too_much_is_an_answer_and_the_slot_is_as_before() {
        let state = new_state();
        // SAFETY: a state that is freed below.
        unsafe {
            assert!(add_slot(state, null_mut(), usize::MAX / 8, 0));
            assert!(!reserve_slot(state, 0, 2) && !reserve_slot(state, 1, 2));
            assert_eq!(held(state, 0), [false; MOMENTS]);
            free_state(state);
        }
    }

    #[test]
    fn counts_and_products_are_kept() {
        let state = new_state();
        // SAFETY: a state that is freed below.
        unsafe {
            assert!(add_slot(state, null_mut(), 0, 1));
            assert_eq!((slot_steps(state, 0), slot_product(state, 0)), (0.0, 1.0));
            restore_slot(state, 0, 2f64.powi(53), 0.5);
            assert_eq!((slot_steps(state, 0), slot_product(state, 0)), (2f64.powi(53), 0.5));
            free_state(state);
        }
    }
}
