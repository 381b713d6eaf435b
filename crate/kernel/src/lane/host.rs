//! Arrays that give the same bits as WebAssembly's vectors, so that `cargo test` runs the vector path on the host.

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
            fn mask_first(count: usize) -> Self {
                Self(core::array::from_fn(|i| <$scalar>::from_bits(if i < count { !0 } else { 0 })))
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
                self.max(other)
            }
            fn without_sign() -> Self {
                Self([<$scalar>::from_bits(!0 >> 1); $width])
            }
            fn min(self, other: Self) -> Self {
                self.zip(other, |a, b| if a.is_nan() || a < b { a } else { b })
            }
            fn pmin(self, other: Self) -> Self {
                self.zip(other, |a, b| if b < a { b } else { a })
            }
            fn select(self, other: Self, mask: Self) -> Self {
                Self(core::array::from_fn(|i| {
                    let mask = mask.0[i].to_bits();
                    <$scalar>::from_bits((self.0[i].to_bits() & mask) | (other.0[i].to_bits() & !mask))
                }))
            }
            fn only(self, mask: Self) -> Self {
                self.select(Self([0.0; $width]), mask)
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
