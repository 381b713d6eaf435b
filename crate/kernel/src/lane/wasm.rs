//! WebAssembly's vectors. The only file that names `core::arch`.

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
    ($add:ident, $sub:ident, $mul:ident, $div:ident, $sqrt:ident, $max:ident, $min:ident, $pmin:ident, $abs:ident) => {
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
        fn pmin(self, other: Self) -> Self {
            Self($pmin(self.0, other.0))
        }
        #[inline(always)]
        fn abs(self) -> Self {
            Self($abs(self.0))
        }
        #[inline(always)]
        fn select(self, other: Self, mask: Self) -> Self {
            Self(v128_bitselect(self.0, other.0, mask.0))
        }
        #[inline(always)]
        fn only(self, mask: Self) -> Self {
            Self(v128_and(self.0, mask.0))
        }
    };
}

impl Lane for F32x4 {
    type Scalar = f32;
    const WIDTH: usize = 4;
    const SPECIALIZED: bool = true;
    const SMALLEST_NORMAL: f64 = f32::MIN_POSITIVE as f64;
    arithmetic!(f32x4_add, f32x4_sub, f32x4_mul, f32x4_div, f32x4_sqrt, f32x4_max, f32x4_min, f32x4_pmin, f32x4_abs);

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
        Self(i32x4_max(self.0, other.0))
    }
    #[inline(always)]
    fn without_sign() -> Self {
        Self(i32x4_splat(i32::MAX))
    }
    #[inline(always)]
    fn mask_first(count: usize) -> Self {
        Self(u32x4_lt(u32x4(0, 1, 2, 3), u32x4_splat(count as u32)))
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
        // Shifted, the sign is gone: an instruction where the magnitude takes three.
        Self(v128_and(self.0, u32x4_ge(i32x4_shl(self.0, 1), i32x4_shl(threshold.0, 1))))
    }
}

impl Lane for F64x2 {
    type Scalar = f64;
    const WIDTH: usize = 2;
    const SPECIALIZED: bool = false;
    const SMALLEST_NORMAL: f64 = f64::MIN_POSITIVE;
    arithmetic!(f64x2_add, f64x2_sub, f64x2_mul, f64x2_div, f64x2_sqrt, f64x2_max, f64x2_min, f64x2_pmin, f64x2_abs);

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
        self.max(other)
    }
    #[inline(always)]
    fn without_sign() -> Self {
        Self(i64x2_splat(i64::MAX))
    }
    #[inline(always)]
    fn mask_first(count: usize) -> Self {
        Self(i64x2_lt(i64x2(0, 1), i64x2_splat(count as i64)))
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
