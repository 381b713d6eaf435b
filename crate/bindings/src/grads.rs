//! Gradients beside a step: their norm, and changes of all of them by one number.
//!
//! JavaScript writes a table of [`Array`]s, in memory that it has allocated as it does for tensors; nothing is allocated
//! here.

use adam_kernel::table::Array;
use adam_kernel::{norm::norm, scale};
use core::slice::from_raw_parts;
use wasm_bindgen::prelude::wasm_bindgen;

/// The norm of order `norm_type` of all elements of the arrays in the table.
///
/// # Safety
/// `table` must be valid for `count` rows, and each of them for its elements, in whole vectors.
#[wasm_bindgen(js_name = gradNorm)]
pub unsafe fn grad_norm(table: *const u8, count: usize, norm_type: f64) -> f64 {
    // SAFETY: the caller's promise.
    unsafe { norm(from_raw_parts(table.cast::<Array>(), count), norm_type) }
}

/// Multiplies all elements by `factor`.
///
/// # Safety
/// As [`grad_norm`], and no array may overlap another.
#[wasm_bindgen(js_name = scaleGrads)]
pub unsafe fn scale_grads(table: *const u8, count: usize, factor: f64) {
    // SAFETY: the caller's promise.
    unsafe { scale::scale(from_raw_parts(table.cast::<Array>(), count), factor) }
}

/// Moves all elements into [−`limit`, `limit`].
///
/// # Safety
/// As [`scale_grads`].
#[wasm_bindgen(js_name = clampGrads)]
pub unsafe fn clamp_grads(table: *const u8, count: usize, limit: f64) {
    // SAFETY: the caller's promise.
    unsafe { scale::clamp(from_raw_parts(table.cast::<Array>(), count), limit) }
}
