//! Vectors of 128 bits: WebAssembly's `v128`, and on the host an array that gives the same bits.
//!
//! The only file that names `core::arch`. All operations are IEEE 754, rounded once; none is fused.

/// A vector of floats and what the rules need of it.
///
/// `load` and `store` take a pointer to the first of [`WIDTH`](Lane::WIDTH) scalars.
pub trait Lane: Copy {
    /// Type of one element.
    type Scalar: Copy + Into<f64>;
    /// Elements in one vector.
    const WIDTH: usize;
    /// Whether rules have quicker bodies for their common options, or only the one that does everything.
    const SPECIALIZED: bool;
    /// The smallest normal number.
    const SMALLEST_NORMAL: f64;

    /// `value` rounded once to the element type.
    fn round(value: f64) -> f64;
    /// Rounds `value` once to the element type and repeats it.
    fn splat(value: f64) -> Self;
    /// A mask for [`select`](Lane::select): all ones, or all zeros.
    fn mask(on: bool) -> Self;
    /// Reads `WIDTH` elements.
    ///
    /// # Safety
    /// `source` must be readable for `WIDTH` elements; it need not be aligned.
    unsafe fn load(source: *const Self::Scalar) -> Self;
    /// Writes `WIDTH` elements.
    ///
    /// # Safety
    /// `target` must be writable for `WIDTH` elements; it need not be aligned.
    unsafe fn store(self, target: *mut Self::Scalar);
    /// Writes the first `count` elements.
    ///
    /// # Safety
    /// `target` must be writable for `count` elements, and 0 < `count` < `WIDTH`.
    unsafe fn store_first(self, target: *mut Self::Scalar, count: usize);
    /// Reads two elements as f64, which is exact.
    ///
    /// # Safety
    /// `source` must be readable for two elements; it need not be aligned.
    unsafe fn load_wide(source: *const Self::Scalar) -> F64x2;
    /// `self + other`
    fn add(self, other: Self) -> Self;
    /// `self - other`
    fn sub(self, other: Self) -> Self;
    /// `self * other`
    fn mul(self, other: Self) -> Self;
    /// `self / other`
    fn div(self, other: Self) -> Self;
    /// The square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// The larger of the two; NaN if either is NaN.
    fn max(self, other: Self) -> Self;
    /// The larger magnitude of the two; NaN if either is NaN. In f32 an integer compare, as magnitudes have the order of
    /// their bits, and NaN the largest: three instructions where `max` takes seven, a seventh of AMSGrad's step.
    fn max_magnitude(self, other: Self) -> Self;
    /// The smaller of the two; NaN if either is NaN.
    fn min(self, other: Self) -> Self;
    /// `self` where the mask is ones, `other` where it is zeros.
    fn select(self, other: Self, mask: Self) -> Self;
    /// The magnitude.
    fn abs(self) -> Self;
    /// +0 in place of every element whose magnitude is below `threshold`, which is not negative. An integer compare:
    /// subnormal numbers cost nothing extra.
    fn flush_below(self, threshold: Self) -> Self;
}

#[cfg(target_arch = "wasm32")]
pub use wasm::{F32x4, F64x2};

#[cfg(not(target_arch = "wasm32"))]
pub use host::{F32x4, F64x2};

#[cfg(target_arch = "wasm32")]
mod wasm {
    use super::Lane;
    use core::arch::wasm32::*;

    /// Four f32.
    #[derive(Clone, Copy)]
    pub struct F32x4(v128);

    /// Two f64.
    #[derive(Clone, Copy)]
    pub struct F64x2(v128);

    impl F64x2 {
        /// Two elements.
        #[inline(always)]
        pub fn new(first: f64, second: f64) -> Self {
            Self(f64x2(first, second))
        }
        /// The first element.
        #[inline(always)]
        pub fn first(self) -> f64 {
            f64x2_extract_lane::<0>(self.0)
        }
        /// The second element.
        #[inline(always)]
        pub fn second(self) -> f64 {
            f64x2_extract_lane::<1>(self.0)
        }
    }

    macro_rules! arithmetic {
        ($add:ident, $sub:ident, $mul:ident, $div:ident, $sqrt:ident, $max:ident, $min:ident, $abs:ident) => {
            #[inline(always)]
            fn mask(on: bool) -> Self {
                Self(i32x4_splat(-(on as i32)))
            }
            #[inline(always)]
            unsafe fn load(source: *const Self::Scalar) -> Self {
                // SAFETY: the caller's promise; v128_load assumes no alignment.
                Self(unsafe { v128_load(source.cast()) })
            }
            #[inline(always)]
            unsafe fn store(self, target: *mut Self::Scalar) {
                // SAFETY: the caller's promise; v128_store assumes no alignment.
                unsafe { v128_store(target.cast(), self.0) }
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self($add(self.0, other.0))
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self($sub(self.0, other.0))
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self($mul(self.0, other.0))
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                Self($div(self.0, other.0))
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Self($sqrt(self.0))
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                // Not pmax: that one drops a NaN on its right.
                Self($max(self.0, other.0))
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Self($min(self.0, other.0))
            }
            #[inline(always)]
            fn abs(self) -> Self {
                Self($abs(self.0))
            }
            #[inline(always)]
            fn select(self, other: Self, mask: Self) -> Self {
                Self(v128_bitselect(self.0, other.0, mask.0))
            }
        };
    }

    impl Lane for F32x4 {
        type Scalar = f32;
        const WIDTH: usize = 4;
        const SPECIALIZED: bool = true;
        const SMALLEST_NORMAL: f64 = f32::MIN_POSITIVE as f64;
        arithmetic!(f32x4_add, f32x4_sub, f32x4_mul, f32x4_div, f32x4_sqrt, f32x4_max, f32x4_min, f32x4_abs);

        #[inline(always)]
        fn round(value: f64) -> f64 {
            value as f32 as f64
        }
        #[inline(always)]
        fn splat(value: f64) -> Self {
            Self(f32x4_splat(value as f32))
        }
        #[inline(always)]
        fn max_magnitude(self, other: Self) -> Self {
            Self(i32x4_max(self.abs().0, other.abs().0))
        }
        #[inline(always)]
        unsafe fn load_wide(source: *const f32) -> F64x2 {
            // SAFETY: two elements are read.
            F64x2(f64x2_promote_low_f32x4(unsafe { v128_load64_zero(source.cast()) }))
        }
        #[inline(always)]
        unsafe fn store_first(self, target: *mut f32, count: usize) {
            // SAFETY: exactly `count` elements are written.
            unsafe {
                match count {
                    1 => v128_store32_lane::<0>(self.0, target.cast()),
                    2 => v128_store64_lane::<0>(self.0, target.cast()),
                    _ => {
                        v128_store64_lane::<0>(self.0, target.cast());
                        v128_store32_lane::<2>(self.0, target.add(2).cast());
                    }
                }
            }
        }
        #[inline(always)]
        fn flush_below(self, threshold: Self) -> Self {
            Self(v128_and(self.0, i32x4_ge(self.abs().0, threshold.0)))
        }
    }

    impl Lane for F64x2 {
        type Scalar = f64;
        const WIDTH: usize = 2;
        const SPECIALIZED: bool = false;
        const SMALLEST_NORMAL: f64 = f64::MIN_POSITIVE;
        arithmetic!(f64x2_add, f64x2_sub, f64x2_mul, f64x2_div, f64x2_sqrt, f64x2_max, f64x2_min, f64x2_abs);

        #[inline(always)]
        fn round(value: f64) -> f64 {
            value
        }
        #[inline(always)]
        fn splat(value: f64) -> Self {
            Self(f64x2_splat(value))
        }
        #[inline(always)]
        fn max_magnitude(self, other: Self) -> Self {
            self.abs().max(other.abs())
        }
        #[inline(always)]
        unsafe fn load_wide(source: *const f64) -> F64x2 {
            // SAFETY: the caller's promise.
            unsafe { Self::load(source) }
        }
        #[inline(always)]
        unsafe fn store_first(self, target: *mut f64, _count: usize) {
            // SAFETY: `count` can only be 1, and one element is written.
            unsafe { v128_store64_lane::<0>(self.0, target.cast()) }
        }
        #[inline(always)]
        fn flush_below(self, threshold: Self) -> Self {
            Self(v128_and(self.0, i64x2_ge(self.abs().0, threshold.0)))
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod host {
    use super::Lane;

    macro_rules! array_lane {
        ($name:ident, $scalar:ty, $width:literal, $specialized:literal, $doc:literal) => {
            #[doc = $doc]
            #[derive(Clone, Copy, Debug)]
            pub struct $name([$scalar; $width]);

            impl $name {
                /// The first element.
                pub fn first(self) -> $scalar {
                    self.0[0]
                }
                fn zip(self, other: Self, f: impl Fn($scalar, $scalar) -> $scalar) -> Self {
                    Self(core::array::from_fn(|i| f(self.0[i], other.0[i])))
                }
            }

            impl Lane for $name {
                type Scalar = $scalar;
                const WIDTH: usize = $width;
                const SPECIALIZED: bool = $specialized;
                const SMALLEST_NORMAL: f64 = <$scalar>::MIN_POSITIVE as f64;

                fn round(value: f64) -> f64 {
                    value as $scalar as f64
                }
                fn splat(value: f64) -> Self {
                    Self([value as $scalar; $width])
                }
                fn mask(on: bool) -> Self {
                    Self([<$scalar>::from_bits(if on { !0 } else { 0 }); $width])
                }
                unsafe fn load(source: *const $scalar) -> Self {
                    // SAFETY: the caller's promise.
                    Self(unsafe { source.cast::<[$scalar; $width]>().read_unaligned() })
                }
                unsafe fn store(self, target: *mut $scalar) {
                    // SAFETY: the caller's promise.
                    unsafe { target.cast::<[$scalar; $width]>().write_unaligned(self.0) }
                }
                unsafe fn load_wide(source: *const $scalar) -> F64x2 {
                    // SAFETY: two elements are read.
                    F64x2([0, 1].map(|i| f64::from(unsafe { source.add(i).read_unaligned() })))
                }
                unsafe fn store_first(self, target: *mut $scalar, count: usize) {
                    for i in 0..count {
                        // SAFETY: exactly `count` elements are written.
                        unsafe { target.add(i).write_unaligned(self.0[i]) }
                    }
                }
                fn add(self, other: Self) -> Self {
                    self.zip(other, |a, b| a + b)
                }
                fn sub(self, other: Self) -> Self {
                    self.zip(other, |a, b| a - b)
                }
                fn mul(self, other: Self) -> Self {
                    self.zip(other, |a, b| a * b)
                }
                fn div(self, other: Self) -> Self {
                    self.zip(other, |a, b| a / b)
                }
                fn sqrt(self) -> Self {
                    Self(self.0.map(<$scalar>::sqrt))
                }
                fn max(self, other: Self) -> Self {
                    self.zip(other, |a, b| if a.is_nan() || a > b { a } else { b })
                }
                fn max_magnitude(self, other: Self) -> Self {
                    self.abs().max(other.abs())
                }
                fn min(self, other: Self) -> Self {
                    self.zip(other, |a, b| if a.is_nan() || a < b { a } else { b })
                }
                fn select(self, other: Self, mask: Self) -> Self {
                    Self(core::array::from_fn(|i| {
                        let mask = mask.0[i].to_bits();
                        <$scalar>::from_bits((self.0[i].to_bits() & mask) | (other.0[i].to_bits() & !mask))
                    }))
                }
                fn abs(self) -> Self {
                    Self(self.0.map(<$scalar>::abs))
                }
                fn flush_below(self, threshold: Self) -> Self {
                    self.zip(threshold, |x, least| if x.abs() < least { 0.0 } else { x })
                }
            }
        };
    }

    array_lane!(F32x4, f32, 4, true, "Four f32.");
    array_lane!(F64x2, f64, 2, false, "Two f64.");

    impl F64x2 {
        /// Two elements.
        pub fn new(first: f64, second: f64) -> Self {
            Self([first, second])
        }
        /// The second element.
        pub fn second(self) -> f64 {
            self.0[1]
        }
    }
}
