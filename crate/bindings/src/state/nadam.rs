//! NAdam on the state of a param group.

use super::{DType, State, flag};
use adam_kernel::lane::{F32x4, F64x2};
use adam_kernel::nadam::{NAdam, Options};
use wasm_bindgen::prelude::wasm_bindgen;

/// NAdam: one update of every slot with a gradient. The moments are `exp_avg`, `exp_avg_sq`.
///
/// # Safety
/// As [`step_adam`](super::adam::step_adam).
#[wasm_bindgen(js_name = stepNAdam)]
#[allow(clippy::too_many_arguments)]
pub unsafe fn step_nadam(
    state: *mut State,
    lr: f64,
    beta1: f64,
    beta2: f64,
    eps: f64,
    weight_decay: f64,
    momentum_decay: f64,
    flags: u32,
    grad_scale: f64,
) {
    // SAFETY: the caller's promise.
    let state = unsafe { &mut *state };
    let options = Options {
        lr,
        beta1,
        beta2,
        eps,
        weight_decay,
        momentum_decay,
        decoupled_weight_decay: flags & flag::DECOUPLED_WEIGHT_DECAY != 0,
        maximize: flags & flag::MAXIMIZE != 0,
        grad_scale,
        flush_denormal: flags & flag::FLUSH_DENORMAL != 0,
    };
    // Runs are told apart by their product, so it must be new before `advance` makes them.
    for (row, slot) in state.table.iter().zip(&mut state.slots) {
        if !row.grad.is_null() {
            slot.product = options.mu_product(slot.product, slot.step + 1);
        }
    }
    state.advance(1, flags, &mut |run, table| {
        // SAFETY: the caller's promise.
        unsafe {
            match run.dtype {
                DType::F32 => NAdam::<F32x4>::new(&options, run.step, run.product).step(table),
                DType::F64 => NAdam::<F64x2>::new(&options, run.step, run.product).step(table),
            }
        }
    });
}
