//! SGD on the state of a param group.

use super::{DType, State, flag};
use adam_kernel::lane::{F32x4, F64x2};
use adam_kernel::sgd::{Options, Sgd};
use wasm_bindgen::prelude::wasm_bindgen;

/// SGD: one update of every slot with a gradient. The moments are `momentum_buffer`.
///
/// Only updates with momentum are counted: the count tells the first of them, whose buffer is the gradient itself.
///
/// # Safety
/// As [`step_adam`](super::adam::step_adam).
#[wasm_bindgen(js_name = stepSGD)]
pub unsafe fn step_sgd(
    state: *mut State,
    lr: f64,
    momentum: f64,
    dampening: f64,
    weight_decay: f64,
    flags: u32,
    grad_scale: f64,
) {
    // SAFETY: the caller's promise.
    let state = unsafe { &mut *state };
    let options = Options {
        lr,
        momentum,
        dampening,
        weight_decay,
        nesterov: flags & flag::NESTEROV != 0,
        maximize: flags & flag::MAXIMIZE != 0,
        grad_scale,
        flush_denormal: flags & flag::FLUSH_DENORMAL != 0,
    };
    let count = if momentum == 0.0 { 0 } else { 1 };
    state.advance(count, flags, &mut |run, table| {
        // SAFETY: the caller's promise.
        unsafe {
            match run.dtype {
                DType::F32 => Sgd::<F32x4>::new(&options, run.step).step(table),
                DType::F64 => Sgd::<F64x2>::new(&options, run.step).step(table),
            }
        }
    });
}
