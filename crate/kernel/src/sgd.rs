//! Stochastic gradient descent with momentum (Sutskever et al., ICML 2013), as torch.optim computes it.
//!
//! ```text
//! grad            = factor · grad + weight_decay · param
//! momentum_buffer = momentum · momentum_buffer + (1 − dampening) · grad      the first one is grad itself
//! grad            = momentum_buffer, or grad + momentum · momentum_buffer    with nesterov
//! param           = param + (−lr) · grad
//! ```
//!
//! The buffer is flushed in every step: there is no count to go by.

use crate::decay::{Decay, grad_factor};
use crate::flush::Flush;
use crate::lane::Lane;
use crate::sweep::Rule;
use crate::table::{Table, sweep_sparse, sweep_table};

/// What a param group says of its step.
#[derive(Clone, Copy)]
#[allow(missing_docs)] // the words of torch.optim.SGD
pub struct Options {
    pub lr: f64,
    pub momentum: f64,
    pub dampening: f64,
    pub weight_decay: f64,
    pub nesterov: bool,
    pub maximize: bool,
    /// What gradients are multiplied by first.
    pub grad_scale: f64,
    pub flush_denormal: bool,
}

/// The scalars of a step.
#[derive(Clone, Copy)]
pub struct Sgd<L> {
    plain: Plain<L>,
    momentum: Momentum<L>,
    has_momentum: bool,
    nesterov: bool,
}

impl<L: Lane> Sgd<L> {
    /// The scalars of a parameter's `step`th update with momentum, counted from 1.
    pub fn new(options: &Options, step: u64) -> Self {
        let factor = grad_factor(options.grad_scale, options.maximize);
        let plain =
            Plain { decay: Decay::new(options.lr, options.weight_decay, false, factor), neg_lr: L::splat(-options.lr) };
        // −0·0 + 1·grad is grad, also where grad is −0: the first buffer is a copy.
        let (kept, taken) = if step == 1 { (-0.0, 1.0) } else { (options.momentum, 1.0 - options.dampening) };
        let momentum = Momentum {
            plain,
            kept: L::splat(kept),
            taken: L::splat(taken),
            nesterov: L::splat(options.momentum),
            is_nesterov: L::mask(options.nesterov),
            flush: Flush::new(options.flush_denormal),
        };
        Self { plain, momentum, has_momentum: options.momentum != 0.0, nesterov: options.nesterov }
    }

    /// One update of every row with a gradient, in place. The moment is `momentum_buffer`, if there is momentum; sparse
    /// gradients are skipped with momentum, which moves the slices they do not name as well.
    ///
    /// # Safety
    /// As [`sweep_table`].
    pub unsafe fn step(&self, table: Table) {
        // SAFETY: the caller's promise.
        unsafe {
            match self.has_momentum {
                false => {
                    sweep_table::<L, _, 1>(&self.plain, table);
                    sweep_sparse::<L, _, 1>(&self.plain, table);
                }
                true if L::SPECIALIZED && !self.nesterov => sweep_table::<L, _, 2>(&HeavyBall(self.momentum), table),
                true => sweep_table::<L, _, 2>(&self.momentum, table),
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Plain<L> {
    decay: Decay<L>,
    neg_lr: L,
}

impl<L: Lane> Rule<L, 1, 1> for Plain<L> {
    #[inline(always)]
    fn apply(self, [param]: [L; 1], [grad]: [L; 1]) -> [L; 1] {
        let grad = self.decay.coupled(param, grad);
        [param.add(self.neg_lr.mul(grad))]
    }
}

#[derive(Clone, Copy)]
struct Momentum<L> {
    plain: Plain<L>,
    kept: L,
    taken: L,
    nesterov: L,
    is_nesterov: L,
    flush: Flush<L>,
}

impl<L: Lane> Momentum<L> {
    /// The gradient with factor and L2, and the new buffer.
    #[inline(always)]
    fn gradient_and_buffer(self, param: L, buffer: L, grad: L) -> (L, L) {
        let grad = self.plain.decay.coupled(param, grad);
        (grad, buffer.mul(self.kept).add(self.taken.mul(grad)))
    }

    #[inline(always)]
    fn moved(self, param: L, direction: L) -> L {
        param.add(self.plain.neg_lr.mul(direction))
    }
}

impl<L: Lane> Rule<L, 2, 1> for Momentum<L> {
    #[inline(always)]
    fn apply(self, [param, buffer]: [L; 2], [grad]: [L; 1]) -> [L; 2] {
        let (grad, buffer) = self.gradient_and_buffer(param, buffer, grad);
        let direction = grad.add(self.nesterov.mul(buffer)).select(buffer, self.is_nesterov);
        [self.moved(param, direction), self.flush.stored(buffer)]
    }
}

/// Momentum without Nesterov's look ahead, which is a third of the other body's time.
#[derive(Clone, Copy)]
struct HeavyBall<L>(Momentum<L>);

impl<L: Lane> Rule<L, 2, 1> for HeavyBall<L> {
    #[inline(always)]
    fn apply(self, [param, buffer]: [L; 2], [grad]: [L; 1]) -> [L; 2] {
        let (_, buffer) = self.0.gradient_and_buffer(param, buffer, grad);
        [self.0.moved(param, buffer), self.0.flush.stored(buffer)]
    }
}
