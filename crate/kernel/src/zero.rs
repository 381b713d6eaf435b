//! Gradients back to zeros on the way through a step, while they are still in the processor's second cache.

use crate::table::Row;

/// About how many bytes of gradient a step takes before it goes back and zeroes them: with the parameter and its moments
/// four to five times as many have passed.
const BLOCK: usize = 1 << 16;

/// Steps all rows by `step`, which is handed ever so many of them, or a part of one, and what the caller says of the
/// `run`; zeroes their gradients. Sparse gradients stay. Elements are of `bytes` bytes.
///
/// # Safety
/// The arrays of every row with a gradient must be valid as `step` needs them, its gradient also for writing; no gradient
/// may overlap another array.
pub unsafe fn in_blocks<R: Copy>(rows: &[Row], bytes: usize, run: R, step: &mut dyn FnMut(R, &[Row])) {
    // No division: the crate has no panic, not even one that cannot happen.
    let most = if bytes == size_of::<f32>() { BLOCK / size_of::<f32>() } else { BLOCK / size_of::<f64>() };
    let (mut start, mut elements) = (0, 0);
    for (index, row) in rows.iter().enumerate() {
        elements += row.len;
        let is_cut = row.len > most && row.sparse.is_null() && !row.grad.is_null();
        if !is_cut && elements < most {
            continue;
        }
        // SAFETY: the caller's promise; a part lies within the row.
        unsafe {
            let end = if is_cut { index } else { index + 1 };
            pass(rows.get(start..end).unwrap_or_default(), bytes, run, step);
            let mut from = 0;
            while is_cut && from < row.len {
                pass(&[part(row, from, most, bytes)], bytes, run, step);
                from += most;
            }
        }
        (start, elements) = (index + 1, 0);
    }
    // SAFETY: the caller's promise.
    unsafe { pass(rows.get(start..).unwrap_or_default(), bytes, run, step) }
}

/// Up to `most` elements of a row, from one on.
fn part(row: &Row, from: usize, most: usize, bytes: usize) -> Row {
    let at = from * bytes;
    Row {
        param: row.param.wrapping_add(at),
        grad: row.grad.wrapping_add(at),
        sparse: row.sparse,
        // Those that the rule does not keep are null, and nobody reads them.
        moments: row.moments.map(|moment| moment.wrapping_add(at)),
        len: most.min(row.len - from),
    }
}

#[inline(never)]
unsafe fn pass<R: Copy>(rows: &[Row], bytes: usize, run: R, step: &mut dyn FnMut(R, &[Row])) {
    if rows.is_empty() {
        return;
    }
    step(run, rows);
    for row in rows.iter().filter(|row| !row.grad.is_null() && row.sparse.is_null()) {
        // SAFETY: the caller's promise.
        unsafe { row.grad.cast_mut().write_bytes(0, row.len * bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::MOMENTS;
    use core::ptr::{null, null_mut};

    #[test]
    fn every_element_is_stepped_once_and_its_gradient_is_zero_afterwards() {
        for lens in [&[1, 5, 0, 16_383, 16_384, 16_385, 3][..], &[40_000, 2], &[7], &[100_003]] {
            let mut params: Vec<Vec<f32>> = lens.iter().map(|len| vec![0.0; len + 4]).collect();
            let mut grads: Vec<Vec<f32>> = lens.iter().map(|len| vec![1.0; len + 4]).collect();
            let rows: Vec<Row> = core::iter::zip(&mut params, &mut grads)
                .zip(lens)
                .map(|((param, grad), len)| Row {
                    param: param.as_mut_ptr().cast(),
                    grad: grad.as_mut_ptr().cast(),
                    sparse: null(),
                    moments: [null_mut(); MOMENTS],
                    len: *len,
                })
                .collect();
            let mut add = |(), rows: &[Row]| {
                for row in rows {
                    let (param, grad) = (row.param.cast::<f32>(), row.grad.cast::<f32>());
                    // SAFETY: the row's own arrays.
                    (0..row.len).for_each(|i| unsafe { *param.add(i) += *grad.add(i) });
                }
            };
            // SAFETY: there is a vector behind each array.
            unsafe { in_blocks(&rows, size_of::<f32>(), (), &mut add) };
            for ((param, grad), len) in params.iter().zip(&grads).zip(lens) {
                assert!(param[..*len].iter().all(|x| *x == 1.0) && param[*len..] == [0.0; 4]);
                assert!(grad[..*len].iter().all(|x| *x == 0.0) && grad[*len..] == [1.0; 4]);
            }
        }
    }
}
