//! What every optimizer's state has: slots, and the table that binds them to tensors.

pub mod adam;

use crate::memory::Block;
use alloc::vec::Vec;

/// A row of the table that JavaScript fills: where a slot's parameter and gradient are. A gradient of 0: none.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Binding {
    param: usize,
    grad: usize,
}

/// Element type of a parameter and its moments.
#[derive(Clone, Copy)]
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

/// The state of one parameter.
pub struct Slot {
    len: usize,
    dtype: DType,
    step: u64,
    block: Option<Block>,
}

impl Slot {
    /// Makes sure of `count` moments; false if memory is exhausted, the slot then is as before. A slot that gets more
    /// than it had starts from zeros: it must not have counted a step.
    fn reserve(&mut self, count: usize) -> bool {
        if self.block.as_ref().is_none_or(|block| block.array(count - 1).is_null()) {
            match Block::new(self.len * self.dtype.bytes(), count) {
                Some(block) => self.block = Some(block),
                None => return false,
            }
        }
        true
    }

    /// Start of the moment at `index`; null if there is none.
    fn moment(&self, index: usize) -> *mut u8 {
        self.block.as_ref().map_or(core::ptr::null_mut(), |block| block.array(index))
    }
}

/// Slots of one param group, in its order.
#[derive(Default)]
pub struct Slots {
    bindings: Vec<Binding>,
    slots: Vec<Slot>,
}

impl Slots {
    /// A slot for a parameter of `len` elements, still without moments; false if memory is exhausted.
    fn add(&mut self, param: usize, len: usize, dtype: u32) -> bool {
        if self.bindings.try_reserve(1).is_err() || self.slots.try_reserve(1).is_err() {
            return false;
        }
        self.bindings.push(Binding { param, grad: 0 });
        self.slots.push(Slot { len, dtype: DType::from_code(dtype), step: 0, block: None });
        true
    }

    /// Makes sure that the slot at `index` has `count` moments; false if memory is exhausted.
    fn reserve(&mut self, index: usize, count: usize) -> bool {
        self.slots.get_mut(index).is_some_and(|slot| slot.reserve(count))
    }

    fn step_count(&self, index: usize) -> f64 {
        self.slots.get(index).map_or(0.0, |slot| slot.step as f64)
    }

    fn moment(&self, index: usize, which: usize) -> *mut u8 {
        self.slots.get(index).map_or(core::ptr::null_mut(), |slot| slot.moment(which))
    }

    /// Counts a step for each slot that has a gradient, and hands it out with its binding.
    fn advance(&mut self) -> impl Iterator<Item = (&Slot, Binding)> {
        self.slots.iter_mut().zip(&self.bindings).filter(|(_, binding)| binding.grad != 0).map(|(slot, binding)| {
            slot.step += 1;
            (&*slot, *binding)
        })
    }
}
