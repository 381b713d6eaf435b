//! Vectors of 128 bits: WebAssembly's `v128`, and on the host an array that gives the same bits.
//!
//! All operations are IEEE 754, rounded once; none is fused.

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
    /// A mask for [`select`](Lane::select) and [`only`](Lane::only): all ones, or all zeros.
    fn mask(on: bool) -> Self;
    /// A mask of ones for the first `count` elements.
    fn mask_first(count: usize) -> Self;
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
    /// The larger of two magnitudes, whose signs are [cleared](Lane::without_sign); NaN if either is NaN. In f32 an integer
    /// compare, as magnitudes have the order of their bits, and NaN the largest.
    fn max_magnitude(self, other: Self) -> Self;
    /// A mask for [`only`](Lane::only) that clears the sign. In a register, it is an instruction less than `abs` has.
    fn without_sign() -> Self;
    /// The smaller of the two; NaN if either is NaN.
    fn min(self, other: Self) -> Self;
    /// `other` where it is below `self`, otherwise `self`, also beside a NaN: one instruction where [`min`](Lane::min) takes
    /// several.
    fn pmin(self, other: Self) -> Self;
    /// `self` where the mask is ones, `other` where it is zeros.
    fn select(self, other: Self, mask: Self) -> Self;
    /// `self` where the mask is ones, +0 where it is zeros.
    fn only(self, mask: Self) -> Self;
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
mod wasm;

#[cfg(not(target_arch = "wasm32"))]
mod host;
