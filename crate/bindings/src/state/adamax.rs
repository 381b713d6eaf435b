//! Adamax on the state of a param group.

use super::{DType, State, flag};
use adam_kernel::adamax::{Adamax, Options};
use adam_kernel::lane::{F32x4, F64x2};
use wasm_bindgen::prelude::wasm_bindgen;

/// Adamax: one update of every slot with a gradient. The moments are `exp_avg`, `exp_inf`.
///
/// # Safety
/// As [`step_adam`](super::adam::step_adam).
#[wasm_bindgen(js_name = stepAdamax)]
#[allow(clippy::too_many_arguments)]
pub unsafe fn step_adamax(
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
        maximize: flags & flag::MAXIMIZE != 0,
        grad_scale,
        flush_denormal: flags & flag::FLUSH_DENORMAL != 0,
    };
    state.advance(1, flags, &mut |run, table| {
        // SAFETY: the caller's promise.
        unsafe {
            match run.dtype {
                DType::F32 => Adamax::<F32x4>::new(&options, run.step).step(table),
                DType::F64 => Adamax::<F64x2>::new(&options, run.step).step(table),
            }
        }
    });
}
