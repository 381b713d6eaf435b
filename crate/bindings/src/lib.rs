//! The kernel as JavaScript sees it: one memory, one struct for the state of any optimizer, and functions.
//!
//! # Who owns what
//!
//! The module owns its linear memory. JavaScript asks for tensors with [`memory::allocate`], keeps `(pointer, bytes)` and
//! gives them back; it keeps a [`state::State`] by its address, which owns its moments and frees them when it is freed
//! itself. A state never frees or moves a tensor, and never keeps one alive.
//!
//! # The boundary
//!
//! Only numbers cross it: pointers, lengths, scalars, and `bool` or 0 where something can fail. Nothing is validated
//! here: names, ranges, shapes and lifetimes are the facade's, which checks all of them before it calls. Every
//! allocation is fallible, so that running out of memory is an answer and not a trap.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

pub mod averages;
pub mod grads;
pub mod memory;
pub mod state;

#[cfg(target_arch = "wasm32")]
mod host {
    #[global_allocator]
    static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        core::arch::wasm32::unreachable()
    }
}
