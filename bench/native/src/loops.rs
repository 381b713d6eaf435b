//! One Adam step over one tensor, and the same memory traffic without arithmetic, at each vector width.

/// Where the arrays of a tensor are: `length` elements each, which do not overlap.
#[derive(Clone, Copy)]
pub struct Arrays {
    /// Elements.
    pub length: usize,
    /// The parameter.
    pub param: *mut f32,
    /// Its gradient.
    pub grad: *const f32,
    /// First moment.
    pub exp_avg: *mut f32,
    /// Second moment.
    pub exp_avg_sq: *mut f32,
}

/// The scalars of a step, rounded once; all 0 for a triad.
#[derive(Clone, Copy, Default)]
pub struct Scalars {
    /// 1 − beta1
    pub weight1: f32,
    /// beta2
    pub beta2: f32,
    /// 1 − beta2
    pub weight2: f32,
    /// The square root of the second bias correction, or its reciprocal where a multiplication replaces the division.
    pub correction: f32,
    /// Added to the denominator.
    pub eps: f32,
    /// −lr over the first bias correction.
    pub step_size: f32,
}

/// How a tensor is swept.
pub type Sweep = unsafe fn(Arrays, Scalars);

/// What a sweep computes.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Adam with one division per element.
    Adam,
    /// Adam with two, in torch's order.
    Exact,
    /// Nothing: it reads and writes what a step does.
    Triad,
}

/// The sweeps of one width.
pub struct Width {
    /// Of a vector.
    pub bits: u32,
    /// `Kind::Adam`
    pub adam: Sweep,
    /// `Kind::Exact`
    pub exact: Sweep,
    /// `Kind::Triad`
    pub triad: Sweep,
}

/// A module with the sweeps of one width. No operation is fused: each is rounded once, as in WebAssembly.
macro_rules! width {
    ($name:ident, $feature:literal, $lanes:literal, $arch:ident,
     $load:ident, $store:ident, $splat:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $sqrt:ident) => {
        mod $name {
            use super::{Arrays, Scalars};
            use core::arch::$arch::*;

            pub const BITS: u32 = $lanes * 32;

            /// # Safety
            /// The arrays must be as long as they say, and the CPU must have the feature.
            #[target_feature(enable = $feature)]
            pub unsafe fn adam<const EXACT: bool>(arrays: Arrays, s: Scalars) {
                let Arrays { length, param, grad, exp_avg, exp_avg_sq } = arrays;
                let whole = length - length % $lanes;
                // SAFETY: `i + lanes` is at most `length`, and so is `i` in the tail.
                unsafe {
                    let (weight1, beta2, weight2) = ($splat(s.weight1), $splat(s.beta2), $splat(s.weight2));
                    let (correction, eps, step_size) = ($splat(s.correction), $splat(s.eps), $splat(s.step_size));
                    let mut i = 0;
                    while i < whole {
                        let g = $load(grad.add(i));
                        let old = $load(exp_avg.add(i));
                        let m = $add(old, $mul(weight1, $sub(g, old)));
                        let v = $add($mul($mul(weight2, g), g), $mul($load(exp_avg_sq.add(i)), beta2));
                        $store(exp_avg.add(i), m);
                        $store(exp_avg_sq.add(i), v);
                        let root = if EXACT { $div($sqrt(v), correction) } else { $mul($sqrt(v), correction) };
                        let moved = $div($mul(step_size, m), $add(root, eps));
                        $store(param.add(i), $add($load(param.add(i)), moved));
                        i += $lanes;
                    }
                    for i in whole..length {
                        let g = *grad.add(i);
                        let old = *exp_avg.add(i);
                        let m = old + s.weight1 * (g - old);
                        let v = s.weight2 * g * g + *exp_avg_sq.add(i) * s.beta2;
                        *exp_avg.add(i) = m;
                        *exp_avg_sq.add(i) = v;
                        let root = if EXACT { v.sqrt() / s.correction } else { v.sqrt() * s.correction };
                        *param.add(i) += s.step_size * m / (root + s.eps);
                    }
                }
            }

            /// # Safety
            /// As for `adam`; what is left over of whole vectors stays as it is.
            #[target_feature(enable = $feature)]
            pub unsafe fn triad(arrays: Arrays, _: Scalars) {
                let Arrays { length, param, grad, exp_avg, exp_avg_sq } = arrays;
                let whole = length - length % $lanes;
                let mut i = 0;
                while i < whole {
                    // SAFETY: `i + lanes` is at most `length`.
                    unsafe {
                        let g = $load(grad.add(i));
                        $store(param.add(i), $sub($load(param.add(i)), g));
                        $store(exp_avg.add(i), $sub($load(exp_avg.add(i)), g));
                        $store(exp_avg_sq.add(i), $sub($load(exp_avg_sq.add(i)), g));
                    }
                    i += $lanes;
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
width! {
    bits128, "sse2", 4, x86_64,
    _mm_loadu_ps, _mm_storeu_ps, _mm_set1_ps, _mm_add_ps, _mm_sub_ps, _mm_mul_ps, _mm_div_ps, _mm_sqrt_ps
}
#[cfg(target_arch = "x86_64")]
width! {
    bits256, "avx", 8, x86_64,
    _mm256_loadu_ps, _mm256_storeu_ps, _mm256_set1_ps, _mm256_add_ps, _mm256_sub_ps, _mm256_mul_ps, _mm256_div_ps,
    _mm256_sqrt_ps
}
#[cfg(target_arch = "x86_64")]
width! {
    bits512, "avx512f", 16, x86_64,
    _mm512_loadu_ps, _mm512_storeu_ps, _mm512_set1_ps, _mm512_add_ps, _mm512_sub_ps, _mm512_mul_ps, _mm512_div_ps,
    _mm512_sqrt_ps
}
#[cfg(target_arch = "aarch64")]
width! {
    bits128, "neon", 4, aarch64,
    vld1q_f32, vst1q_f32, vdupq_n_f32, vaddq_f32, vsubq_f32, vmulq_f32, vdivq_f32, vsqrtq_f32
}

macro_rules! entry {
    ($name:ident) => {
        Width { bits: $name::BITS, adam: $name::adam::<false>, exact: $name::adam::<true>, triad: $name::triad }
    };
}

/// The widths that this CPU has.
pub fn widths() -> Vec<Width> {
    let mut found = vec![entry!(bits128)];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx") {
            found.push(entry!(bits256));
        }
        if is_x86_feature_detected!("avx512f") {
            found.push(entry!(bits512));
        }
    }
    found
}
