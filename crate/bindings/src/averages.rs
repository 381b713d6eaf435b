//! Averages of parameters beside a step, over a table of [`Array`]s that JavaScript writes.

use adam_kernel::average::average;
use adam_kernel::table::Array;
use core::slice::from_raw_parts;
use wasm_bindgen::prelude::wasm_bindgen;

/// Moves averages towards parameters by `weight`: the table has `count` rows of parameters, then one of the average for
/// each.
///
/// # Safety
/// `table` must be valid for twice `count` rows, and each of them for its elements; no average may overlap another array.
#[wasm_bindgen(js_name = averageParams)]
pub unsafe fn average_params(table: *const u8, count: usize, weight: f64) {
    let table = table.cast::<Array>();
    // SAFETY: the caller's promise.
    unsafe { average(from_raw_parts(table, count), from_raw_parts(table.add(count), count), weight) }
}
