//! The arithmetic of the Adam family, and nothing else.
//!
//! Every rule (`adam`, …) says how *one vector* of each of its arrays changes in a step; [`sweep`] is the loop, in front
//! of which some rules take vectors in [`pairs`], and [`lane`] the only module that knows a vector instruction. The crate
//! has no dependency, no static, no allocation and no panic, so it can also be built as a module that imports its memory,
//! and linked by native benchmarks and fuzzers.
//!
//! # What a rule may assume
//!
//! - Arrays are as long as the caller says and stay valid for the call. Alignment is not assumed.
//! - Behind an array's end there is as much memory as fills its last vector. It is read, and what it holds does not
//!   matter; it is never written. So an array may be a part of a larger one, but not end where memory ends.
//! - Arrays that are written do not overlap other arrays. Arrays that are only read may overlap each other.
//! - Every element gets the same operations in the same order, whatever its index and the array's length: each
//!   operation is rounded once, and nothing is fused. That is what makes the results equal on every engine.
//!
//! # Adding an optimizer
//!
//! One file with a struct of lanes (the scalars of one step) that implements [`sweep::Rule`], its scalars computed in
//! f64 and rounded once by `Lane::splat`, and one file in the bindings' `state/`. What it computes is held to torch, to a
//! textbook form and to the kernel in plain JavaScript by the package's tests.

#![cfg_attr(target_arch = "wasm32", no_std)]

pub mod adam;
pub mod adamax;
pub mod average;
pub mod decay;
pub mod flush;
pub mod lane;
pub mod nadam;
pub mod norm;
pub mod pairs;
pub mod power;
pub mod radam;
mod reduce;
pub mod scalars;
pub mod scale;
pub mod sgd;
pub mod sparse_adam;
pub mod sweep;
pub mod table;

#[cfg(test)]
mod oracle;
