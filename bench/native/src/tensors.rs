//! Parameters, gradients and moments in memory, placed as the package places its own.

use crate::loops::{Arrays, Kind, Scalars, Sweep};
use std::time::Instant;

const LR: f64 = 1e-3;
const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPS: f64 = 1e-8;

/// A cache line.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line {
    _floats: [f32; 16],
}

/// Four arrays in one allocation; large ones start 1088 bytes apart within a page, so that none is in another's way.
struct Tensor {
    lines: Vec<Line>,
    stride: usize,
    length: usize,
}

impl Tensor {
    fn new(length: usize) -> Self {
        let lines = length.div_ceil(16);
        let stride = if lines < 64 { lines } else { lines.next_multiple_of(64) + 17 };
        Self { lines: vec![Line { _floats: [0.0; 16] }; 4 * stride], stride, length }
    }

    fn array(&mut self, index: usize) -> &mut [f32] {
        let (lines, length) = (&mut self.lines[index * self.stride..], self.length);
        // SAFETY: each line is 16 floats without padding, and `stride` lines hold at least `length` of them.
        unsafe { std::slice::from_raw_parts_mut(lines.as_mut_ptr().cast(), length) }
    }

    fn arrays(&mut self) -> Arrays {
        let start = self.lines.as_mut_ptr();
        let at = |index: usize| start.wrapping_add(index * self.stride).cast::<f32>();
        Arrays { length: self.length, param: at(0), grad: at(1), exp_avg: at(2), exp_avg_sq: at(3) }
    }
}

/// All tensors of a contestant, and how it steps them.
pub struct Optimizer {
    tensors: Vec<Tensor>,
    table: Vec<Arrays>,
    sweep: Sweep,
    kind: Kind,
    step: i32,
}

impl Optimizer {
    /// Of parameters and gradients that lie one behind the other.
    pub fn new(params: &[f32], grads: &[f32], lengths: &[usize], sweep: Sweep, kind: Kind) -> Self {
        let mut tensors: Vec<_> = lengths.iter().map(|length| Tensor::new(*length)).collect();
        let table = tensors.iter_mut().map(Tensor::arrays).collect();
        let mut optimizer = Self { tensors, table, sweep, kind, step: 0 };
        optimizer.set(0, params);
        optimizer.set_grads(grads);
        optimizer
    }

    /// Replaces all gradients.
    pub fn set_grads(&mut self, grads: &[f32]) {
        self.set(1, grads);
    }

    fn set(&mut self, index: usize, mut values: &[f32]) {
        for tensor in &mut self.tensors {
            let (own, rest) = values.split_at(tensor.length);
            tensor.array(index).copy_from_slice(own);
            values = rest;
        }
    }

    /// Steps so many times; returns the nanoseconds it took.
    pub fn run(&mut self, steps: usize) -> u128 {
        let start = Instant::now();
        for _ in 0..steps {
            self.step += 1;
            let scalars = scalars(self.step, self.kind);
            for arrays in &self.table {
                // SAFETY: the table points into `tensors`, which are not moved; the CPU has the sweep's features.
                unsafe { (self.sweep)(*arrays, scalars) };
            }
        }
        start.elapsed().as_nanos()
    }

    /// The parameters as they are now, one behind the other.
    pub fn params(&mut self) -> Vec<u8> {
        let params = self.tensors.iter_mut().flat_map(|tensor| tensor.array(0).iter());
        params.flat_map(|value| value.to_ne_bytes()).collect()
    }
}

fn scalars(step: i32, kind: Kind) -> Scalars {
    let correction = match kind {
        Kind::Adam => 1.0 / (1.0 - BETA2.powi(step)).sqrt(),
        Kind::Exact => (1.0 - BETA2.powi(step)).sqrt(),
        Kind::Triad => return Scalars::default(),
    };
    Scalars {
        weight1: (1.0 - BETA1) as f32,
        beta2: BETA2 as f32,
        weight2: (1.0 - BETA2) as f32,
        correction: correction as f32,
        eps: EPS as f32,
        step_size: (-LR / (1.0 - BETA1.powi(step))) as f32,
    }
}
