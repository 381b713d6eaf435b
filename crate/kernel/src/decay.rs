//! What rules of the Adam family share: how a gradient becomes the rule's gradient, and the first moment.

use crate::lane::Lane;

/// What gradients are multiplied by: −`grad_scale` to maximize. Both at once are one rounding, as negation is exact.
pub fn grad_factor(grad_scale: f64, maximize: bool) -> f64 {
    if maximize { -grad_scale } else { grad_scale }
}

/// Factor of the gradient and weight decay, decoupled or L2.
///
/// ```text
/// param = param · (1 − lr · weight_decay)             decoupled
/// grad  = factor · grad + weight_decay · param        L2
/// ```
#[derive(Clone, Copy)]
pub struct Decay<L> {
    grad_factor: L,
    weight_decay: L,
    has_l2: L,
    param_decay: L,
}

impl<L: Lane> Decay<L> {
    /// The scalars of a step.
    pub fn new(lr: f64, weight_decay: f64, decoupled: bool, grad_factor: f64) -> Self {
        let has_l2 = weight_decay != 0.0 && !decoupled;
        Self {
            grad_factor: L::splat(grad_factor),
            weight_decay: L::splat(if has_l2 { weight_decay } else { -0.0 }),
            has_l2: L::mask(has_l2),
            param_decay: L::splat(if decoupled { 1.0 - lr * weight_decay } else { 1.0 }),
        }
    }

    /// The gradient with factor and L2, if there is any.
    #[inline(always)]
    pub fn coupled(self, param: L, grad: L) -> L {
        // Without L2, −0·0 is added, which changes nothing; the parameter itself may be infinite.
        self.l2(param.only(self.has_l2), self.scaled(grad))
    }

    /// The parameter after decoupled decay.
    #[inline(always)]
    pub fn decoupled(self, param: L) -> L {
        param.mul(self.param_decay)
    }

    /// The gradient times its factor.
    #[inline(always)]
    pub fn scaled(self, grad: L) -> L {
        grad.mul(self.grad_factor)
    }

    /// The gradient with L2 decay.
    #[inline(always)]
    pub fn l2(self, param: L, grad: L) -> L {
        grad.add(self.weight_decay.mul(param))
    }
}

/// torch's lerp: of the first moment towards the gradient, of an average towards a parameter.
///
/// It starts at the nearer end: `exp_avg + w·(grad − exp_avg)` for w < ½, else `grad − (grad − exp_avg)·(1 − w)`, w being
/// the weight (1 − beta1) rounded to the element type. Both are base + coefficient · (grad − exp_avg).
#[derive(Clone, Copy)]
pub struct Lerp<L> {
    coefficient: L,
    from_grad: L,
}

impl<L: Lane> Lerp<L> {
    /// The scalars of a step.
    pub fn new(beta1: f64) -> Self {
        Self::with_weight(1.0 - beta1)
    }

    /// The scalars for a weight in [0, 1].
    pub fn with_weight(weight: f64) -> Self {
        let from_grad = Self::starts_at_end(weight);
        let weight = L::round(weight);
        Self { coefficient: L::splat(if from_grad { -(1.0 - weight) } else { weight }), from_grad: L::mask(from_grad) }
    }

    /// Whether the lerp starts at the gradient.
    pub fn starts_at_grad(beta1: f64) -> bool {
        Self::starts_at_end(1.0 - beta1)
    }

    fn starts_at_end(weight: f64) -> bool {
        L::round(weight) >= 0.5
    }

    /// The new first moment.
    #[inline(always)]
    pub fn apply(self, exp_avg: L, grad: L) -> L {
        self.from(grad.select(exp_avg, self.from_grad), exp_avg, grad)
    }

    /// The new first moment where the lerp is known to start at `exp_avg`: a select less.
    #[inline(always)]
    pub fn apply_from_exp_avg(self, exp_avg: L, grad: L) -> L {
        self.from(exp_avg, exp_avg, grad)
    }

    #[inline(always)]
    fn from(self, base: L, exp_avg: L, grad: L) -> L {
        base.add(self.coefficient.mul(grad.sub(exp_avg)))
    }
}
