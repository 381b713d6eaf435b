//! What every optimizer's state has: slots, and the table that JavaScript binds to tensors.

pub mod adam;

use crate::memory::Block;
use adam_kernel::table::{MOMENTS, Row};
use alloc::vec::Vec;
use core::ptr::{null, null_mut};

/// Element type of a parameter and its moments.
#[derive(Clone, Copy, PartialEq)]
pub enum DType {
    /// float32
    F32,
    /// float64
    F64,
}

impl DType {
    fn from_code(code: u32) -> Self {
        if code == 0 { Self::F32 } else { Self::F64 }
    }

    fn bytes(self) -> usize {
        match self {
            Self::F32 => size_of::<f32>(),
            Self::F64 => size_of::<f64>(),
        }
    }
}

/// The state of one parameter, beside its row.
struct Slot {
    dtype: DType,
    step: u64,
    block: Option<Block>,
}

/// Slots of one param group, in its order, and the table through which the kernel finds their arrays.
#[derive(Default)]
pub struct Slots {
    table: Vec<Row>,
    slots: Vec<Slot>,
}

impl Slots {
    /// A slot for a parameter of `len` elements, still without moments; false if memory is exhausted.
    fn add(&mut self, param: *mut u8, len: usize, dtype: u32) -> bool {
        if self.table.try_reserve(1).is_err() || self.slots.try_reserve(1).is_err() {
            return false;
        }
        self.table.push(Row { param, grad: null(), moments: [null_mut(); MOMENTS], len });
        self.slots.push(Slot { dtype: DType::from_code(dtype), step: 0, block: None });
        true
    }

    /// Makes sure that the slot at `index` has `count` moments; false if memory is exhausted, the slot then is as
    /// before. A slot that gets more than it had starts from zeros: it must not have counted a step.
    fn reserve(&mut self, index: usize, count: usize) -> bool {
        let (Some(row), Some(slot)) = (self.table.get_mut(index), self.slots.get_mut(index)) else { return false };
        if row.moments.iter().take(count).any(|moment| moment.is_null()) {
            let Some(block) = Block::new(row.len * slot.dtype.bytes(), count) else { return false };
            row.moments = core::array::from_fn(|i| block.array(i));
            slot.block = Some(block);
        }
        true
    }

    fn table(&self) -> *const Row {
        self.table.as_ptr()
    }

    fn step_count(&self, index: usize) -> f64 {
        self.slots.get(index).map_or(0.0, |slot| slot.step as f64)
    }

    fn moment(&self, index: usize, which: usize) -> *mut u8 {
        self.table.get(index).and_then(|row| row.moments.get(which)).copied().unwrap_or(null_mut())
    }

    /// Counts a step for each slot that has a gradient, and hands the rows out in runs of one step count: mostly a
    /// single one. Rows without a gradient may stand between those of a run.
    fn advance(&mut self, mut each: impl FnMut(DType, u64, &[Row])) {
        let (mut start, mut run) = (0, None);
        for (index, (row, slot)) in self.table.iter().zip(&mut self.slots).enumerate() {
            if row.grad.is_null() {
                continue;
            }
            slot.step += 1;
            let own = (slot.dtype, slot.step);
            if run == Some(own) {
                continue;
            }
            if let Some((dtype, step)) = run {
                each(dtype, step, self.table.get(start..index).unwrap_or_default());
            }
            (start, run) = (index, Some(own));
        }
        if let Some((dtype, step)) = run {
            each(dtype, step, self.table.get(start..).unwrap_or_default());
        }
    }
}
