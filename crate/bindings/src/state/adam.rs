//! Adam on the state of a param group.

use super::{DType, State, flag};
use adam_kernel::adam::{Adam, Options};
use adam_kernel::lane::{F32x4, F64x2};
use wasm_bindgen::prelude::wasm_bindgen;

/// Adam: one update of every slot with a gradient. The moments are `exp_avg`, `exp_avg_sq`, with AMSGrad `max_exp_avg_sq`.
///
/// # Safety
/// `state` must come from [`new_state`](super::new_state) and not have been freed. Every gradient in the table must have
/// as many elements as its slot, in whole vectors (`adam_kernel::sweep`), and that slot must be reserved. With `ZERO_GRAD`,
/// gradients are written and must not overlap one another.
#[wasm_bindgen(js_name = stepAdam)]
#[allow(clippy::too_many_arguments)]
pub unsafe fn step_adam(
    state: *mut State,
    lr: f64,
    beta1: f64,
    beta2: f64,
    eps: f64,
    weight_decay: f64,
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
        amsgrad: flags & flag::AMSGRAD != 0,
        maximize: flags & flag::MAXIMIZE != 0,
        decoupled_weight_decay: flags & flag::DECOUPLED_WEIGHT_DECAY != 0,
        epsilon_hat: flags & flag::EPSILON_HAT != 0,
        exact: flags & flag::EXACT != 0,
        grad_scale,
        flush_denormal: flags & flag::FLUSH_DENORMAL != 0,
    };
    state.advance(1, flags, &mut |run, table| {
        // SAFETY: the caller's promise.
        unsafe {
            match run.dtype {
                DType::F32 => Adam::<F32x4>::new(&options, run.step).step(table),
                DType::F64 => Adam::<F64x2>::new(&options, run.step).step(table),
            }
        }
    });
}
