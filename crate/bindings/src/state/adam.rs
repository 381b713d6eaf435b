//! Adam's state: step counts and moments of one param group.

use super::{DType, Slots};
use adam_kernel::adam::{Adam, Options};
use adam_kernel::lane::{F32x4, F64x2};
use wasm_bindgen::prelude::wasm_bindgen;

const AMSGRAD: u32 = 1;
const MAXIMIZE: u32 = 2;
const DECOUPLED_WEIGHT_DECAY: u32 = 4;
const EPSILON_HAT: u32 = 8;
const EXACT: u32 = 16;
const FLUSH_DENORMAL: u32 = 32;

/// Step counts and moments (`exp_avg`, `exp_avg_sq`, with AMSGrad `max_exp_avg_sq`) of one param group.
#[wasm_bindgen]
#[derive(Default)]
pub struct AdamState {
    slots: Slots,
}

#[wasm_bindgen]
impl AdamState {
    /// A group without parameters.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// A slot for the parameter of `len` elements at `param`, f32 (`dtype` 0) or f64 (1); false if memory is exhausted.
    pub fn add(&mut self, param: *mut u8, len: usize, dtype: u32) -> bool {
        self.slots.add(param, len, dtype)
    }

    /// Allocates what the slot at `index` needs to be stepped and does not have; false if memory is exhausted.
    pub fn reserve(&mut self, index: usize, amsgrad: bool) -> bool {
        self.slots.reserve(index, if amsgrad { 3 } else { 2 })
    }

    /// The table of rows (`adam_kernel::table::Row`), one a slot, into which gradients are bound. It moves when a slot
    /// is added.
    pub fn table(&self) -> *const u8 {
        self.slots.table().cast()
    }

    /// How many updates the slot at `index` has had.
    #[wasm_bindgen(js_name = stepCount)]
    pub fn step_count(&self, index: usize) -> f64 {
        self.slots.step_count(index)
    }

    /// Where the moment of the slot at `index` is: 0 `exp_avg`, 1 `exp_avg_sq`, 2 `max_exp_avg_sq`; 0 if it has none.
    pub fn moment(&self, index: usize, which: usize) -> *mut u8 {
        self.slots.moment(index, which)
    }

    /// One update of every slot with a gradient.
    ///
    /// # Safety
    /// Every gradient in the table must have as many elements as its slot, and that slot must be reserved.
    pub unsafe fn step(&mut self, lr: f64, beta1: f64, beta2: f64, eps: f64, weight_decay: f64, flags: u32) {
        let options = Options {
            lr,
            beta1,
            beta2,
            eps,
            weight_decay,
            amsgrad: flags & AMSGRAD != 0,
            maximize: flags & MAXIMIZE != 0,
            decoupled_weight_decay: flags & DECOUPLED_WEIGHT_DECAY != 0,
            epsilon_hat: flags & EPSILON_HAT != 0,
            exact: flags & EXACT != 0,
            flush_denormal: flags & FLUSH_DENORMAL != 0,
        };
        self.slots.advance(|dtype, step, table| {
            // SAFETY: the caller's promise.
            unsafe {
                match dtype {
                    DType::F32 => Adam::<F32x4>::new(&options, step).step(table),
                    DType::F64 => Adam::<F64x2>::new(&options, step).step(table),
                }
            }
        });
    }
}
