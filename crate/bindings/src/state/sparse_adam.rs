//! SparseAdam on the state of a param group.

use super::{DType, State, flag};
use adam_kernel::lane::{F32x4, F64x2};
use adam_kernel::sparse_adam::{Options, SparseAdam};
use wasm_bindgen::prelude::wasm_bindgen;

/// SparseAdam: one update of every slot with a gradient. The moments are `exp_avg`, `exp_avg_sq`.
///
/// # Safety
/// As [`step_adam`](super::adam::step_adam).
#[wasm_bindgen(js_name = stepSparseAdam)]
pub unsafe fn step_sparse_adam(
    state: *mut State,
    lr: f64,
    beta1: f64,
    beta2: f64,
    eps: f64,
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
        maximize: flags & flag::MAXIMIZE != 0,
        grad_scale,
        flush_denormal: flags & flag::FLUSH_DENORMAL != 0,
    };
    state.advance(1, flags, &mut |run, table| {
        // SAFETY: the caller's promise.
        unsafe {
            match run.dtype {
                DType::F32 => SparseAdam::<F32x4>::new(&options, run.step).step(table),
                DType::F64 => SparseAdam::<F64x2>::new(&options, run.step).step(table),
            }
        }
    });
}
