//! Adam's state: step counts and moments of one param group.

use super::{Binding, DType, Slot, Slots};
use adam_kernel::adam::{Adam, Arrays, Options};
use adam_kernel::lane::{F32x4, F64x2, Lane};
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
        self.slots.add(param.addr(), len, dtype)
    }

    /// Allocates what the slot at `index` needs to be stepped and does not have; false if memory is exhausted.
    pub fn reserve(&mut self, index: usize, amsgrad: bool) -> bool {
        self.slots.reserve(index, if amsgrad { 3 } else { 2 })
    }

    /// The table of bindings: two u32 a slot, parameter and gradient pointer. It moves when a slot is added.
    pub fn bindings(&self) -> *const u32 {
        self.slots.bindings.as_ptr().cast()
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
    /// Every binding with a gradient must point to as many elements as its slot has, and its slot must be reserved.
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
        // All parameters of a group mostly have one step count: its scalars are computed once.
        let mut f32_scalars = (0, Adam::<F32x4>::new(&options, 1));
        let mut f64_scalars = (0, Adam::<F64x2>::new(&options, 1));
        for (slot, binding) in self.slots.advance() {
            // SAFETY: the caller's promise.
            unsafe {
                match slot.dtype {
                    DType::F32 => update(&options, &mut f32_scalars, slot, binding),
                    DType::F64 => update(&options, &mut f64_scalars, slot, binding),
                }
            }
        }
    }
}

/// One update of one slot; `scalars` are those of the step count before them.
unsafe fn update<L: Lane>(options: &Options, scalars: &mut (u64, Adam<L>), slot: &Slot, binding: Binding) {
    if slot.step != scalars.0 {
        *scalars = (slot.step, Adam::new(options, slot.step));
    }
    // SAFETY: the caller's promise.
    unsafe {
        scalars.1.step(&Arrays {
            len: slot.len,
            param: core::ptr::with_exposed_provenance_mut(binding.param),
            grad: core::ptr::with_exposed_provenance(binding.grad),
            exp_avg: slot.moment(0).cast(),
            exp_avg_sq: slot.moment(1).cast(),
            max_exp_avg_sq: slot.moment(2).cast(),
        });
    }
}
