//! The table: a row for each parameter of a group, with where its arrays are.

use crate::lane::Lane;
use crate::sweep::{Rule, sweep, sweep_zeroing};

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
    /// Its gradient, which is written only to be zeroed; null: the row is skipped.
    pub grad: *mut u8,
    /// Which slices the gradient is for, one after the other; null: it is dense.
    pub sparse: *const SparseRows,
    /// Its state, as many arrays as the rule keeps; the rest is null.
    pub moments: [*mut u8; MOMENTS],
    /// Elements of each array.
    pub len: usize,
}

/// The rows of one step.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    /// Rows with everything in common but their arrays.
    pub rows: &'a [Row],
    /// How many elements of each dense gradient are zeros after the step: 0, or `usize::MAX` for all. A number, as a
    /// boolean would make compilers double each loop.
    pub zeroed: usize,
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
/// `grad` for writing, and none that is written may overlap another; if gradients are zeroed, they are written.
#[inline(never)]
pub unsafe fn sweep_table<L: Lane, R: Rule<L, WRITTEN, 1>, const WRITTEN: usize>(rule: &R, table: Table) {
    // A copy of its own: the compiler then knows that no store changes it.
    let rule = *rule;
    // A rule without state is bound by its stores, and quicker with zeros behind each row.
    let zeroed = if WRITTEN > 1 { table.zeroed } else { 0 };
    for row in table.rows.iter().filter(|row| !row.grad.is_null() && row.sparse.is_null()) {
        let written = core::array::from_fn(|i| match i {
            0 => row.param.cast(),
            _ => row.moments[i - 1].cast(),
        });
        // SAFETY: the caller's promise.
        unsafe {
            sweep_zeroing(rule, written, [row.grad.cast()], row.len, zeroed);
            if WRITTEN == 1 && table.zeroed > 0 {
                row.grad.cast::<L::Scalar>().write_bytes(0, row.len);
            }
        }
    }
}

/// One pass over the slices that each row's sparse gradient has values for, which stay; `WRITTEN` as in [`sweep_table`].
///
/// # Safety
/// As [`sweep_table`], the gradient having `count · len` elements.
#[inline(never)]
pub unsafe fn sweep_sparse<L: Lane, R: Rule<L, WRITTEN, 1>, const WRITTEN: usize>(rule: &R, table: Table) {
    let rule = *rule;
    for row in table.rows.iter().filter(|row| !row.grad.is_null() && !row.sparse.is_null()) {
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
                sweep(rule, written, [row.grad.cast_const().cast::<L::Scalar>().add(i * len)], len);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::F32x4;
    use core::ptr::{null, null_mut};

    /// Adds the gradient to every written array.
    #[derive(Clone, Copy)]
    struct Add;

    impl<L: Lane, const WRITTEN: usize> Rule<L, WRITTEN, 1> for Add {
        fn apply(self, written: [L; WRITTEN], [grad]: [L; 1]) -> [L; WRITTEN] {
            written.map(|value| value.add(grad))
        }
    }

    /// A step over a row for each of `lens`: what it leaves in parameters, first moments and gradients, and behind them.
    fn stepped<const WRITTEN: usize>(lens: &[usize], zeroed: usize) -> [Vec<Vec<f32>>; 3] {
        let mut arrays =
            [0.0f32, 0.0, 1.0].map(|value| lens.iter().map(|len| vec![value; len + 4]).collect::<Vec<_>>());
        let [params, moments, grads] = &mut arrays;
        let rows: Vec<Row> = (0..lens.len())
            .map(|i| Row {
                param: params[i].as_mut_ptr().cast(),
                grad: grads[i].as_mut_ptr().cast(),
                sparse: null(),
                moments: [moments[i].as_mut_ptr().cast(), null_mut(), null_mut()],
                len: lens[i],
            })
            .collect();
        // SAFETY: there is a vector behind each array.
        unsafe { sweep_table::<F32x4, _, WRITTEN>(&Add, Table { rows: &rows, zeroed }) };
        arrays
    }

    fn filled(lens: &[usize], inside: f32, behind: f32) -> Vec<Vec<f32>> {
        lens.iter().map(|len| [vec![inside; *len], vec![behind; 4]].concat()).collect()
    }

    #[test]
    fn every_element_is_stepped_once_and_gradients_are_zeroed_if_told() {
        let lens = [1, 5, 0, 4, 7, 1000, 3];
        for (zeroed, left) in [(0, 1.0), (usize::MAX, 0.0)] {
            let [param, grad] = [filled(&lens, 1.0, 0.0), filled(&lens, left, 1.0)];
            assert_eq!(stepped::<1>(&lens, zeroed), [param.clone(), filled(&lens, 0.0, 0.0), grad.clone()]);
            assert_eq!(stepped::<2>(&lens, zeroed), [param.clone(), param, grad]);
        }
    }
}
