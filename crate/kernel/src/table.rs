//! The table: a row for each parameter of a group, with where its arrays are.

use crate::lane::Lane;
use crate::sweep::{Rule, sweep};

/// The most arrays of state that a rule keeps for a parameter.
pub const MOMENTS: usize = 3;

/// Which slices of the parameter a sparse gradient has values for: this head, then `count` indices (u32), each naming a
/// slice of `len` elements within the parameter, and no two the same.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SparseRows {
    /// How many indices follow.
    pub count: usize,
    /// Elements of one slice.
    pub len: usize,
}

/// Where the arrays of one parameter are, each of `len` elements. JavaScript writes `grad`: words in this order.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Row {
    /// The parameter.
    pub param: *mut u8,
    /// Its gradient; null: the row is skipped.
    pub grad: *const u8,
    /// Which slices the gradient is for, one after the other; null: it is dense.
    pub sparse: *const SparseRows,
    /// Its state, as many arrays as the rule keeps; the rest is null.
    pub moments: [*mut u8; MOMENTS],
    /// Elements of each array.
    pub len: usize,
}

/// An array that stands alone: a gradient to be measured or scaled. JavaScript writes it: words in this order.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Array {
    /// Its first element.
    pub start: *mut u8,
    /// How many elements there are.
    pub len: usize,
    /// 0: f32, 1: f64.
    pub dtype: u32,
}

/// One pass over every row that has a dense gradient, with `rule` writing the parameter and the first `WRITTEN - 1` moments.
///
/// Never inlined, so that each rule is a function of its own: engines go from their quick first compiler to the good
/// one at a call. The rows are looped over in here, so that the rule's scalars stay in registers from row to row.
///
/// # Safety
/// The arrays of every row with a gradient must be valid as [`sweep`] says for `len` elements of the lane's type, all but
/// `grad` for writing, and none that is written may overlap another.
#[inline(never)]
pub unsafe fn sweep_table<L: Lane, R: Rule<L, WRITTEN, 1>, const WRITTEN: usize>(rule: &R, table: &[Row]) {
    // A copy of its own: the compiler then knows that no store changes it.
    let rule = *rule;
    for row in table.iter().filter(|row| !row.grad.is_null() && row.sparse.is_null()) {
        let written = core::array::from_fn(|i| match i {
            0 => row.param.cast(),
            _ => row.moments[i - 1].cast(),
        });
        // SAFETY: the caller's promise.
        unsafe { sweep(rule, written, [row.grad.cast()], row.len) }
    }
}

/// One pass over the slices that each row's sparse gradient has values for; `WRITTEN` as in [`sweep_table`].
///
/// # Safety
/// As [`sweep_table`], the gradient having `count · len` elements.
#[inline(never)]
pub unsafe fn sweep_sparse<L: Lane, R: Rule<L, WRITTEN, 1>, const WRITTEN: usize>(rule: &R, table: &[Row]) {
    let rule = *rule;
    for row in table.iter().filter(|row| !row.grad.is_null() && !row.sparse.is_null()) {
        // SAFETY: the caller's promise.
        unsafe {
            let SparseRows { count, len } = *row.sparse;
            let indices: *const u32 = row.sparse.add(1).cast();
            for i in 0..count {
                let at = *indices.add(i) as usize * len;
                let written = core::array::from_fn(|i| match i {
                    0 => row.param.cast::<L::Scalar>().add(at),
                    _ => row.moments[i - 1].cast::<L::Scalar>().add(at),
                });
                sweep(rule, written, [row.grad.cast::<L::Scalar>().add(i * len)], len);
            }
        }
    }
}
