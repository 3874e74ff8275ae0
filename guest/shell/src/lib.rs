//! The shell around the engine in the zkVM: witness in, journal digest out, and an exit code that says why not.
//!
//! The engine itself is C made from WebAssembly (see `guest/README.md`) and is linked to this. The shell has no heap and no
//! way to panic; the linker script refuses a guest in which either is left.
#![no_std]

use openvm_rv32im_guest::{hint_buffer_chunked, hint_input, hint_store_u32};

mod exit;
mod start;

unsafe extern "C" {
    safe fn engine_start();
    safe fn engine_input_address() -> u32;
    safe fn engine_input_capacity() -> u32;
    safe fn engine_prove_batch(length: u32) -> u32;
    safe fn engine_journal_digest_address() -> u32;
}

fn main() {
    engine_start();
    let length = read_witness();
    let status = engine_prove_batch(length);
    if status != 0 {
        exit::with_status(status);
    }
    reveal_journal_digest();
}

/// Puts the one input stream into the engine's input buffer, word by word as the zkVM hands it out, and returns its length in
/// bytes. The length comes from the host and is checked before anything is written; the bytes are the engine's to judge.
fn read_witness() -> u32 {
    let capacity = engine_input_capacity();
    hint_input();
    let length = read_hint_word();
    if length > capacity {
        exit::input_too_long();
    }
    // The capacity is a multiple of 4 (the build checks it), so the last, partly filled word fits too.
    hint_buffer_chunked(engine_input_address() as *mut u8, length.div_ceil(4) as usize);
    length
}

fn read_hint_word() -> u32 {
    let mut word = core::mem::MaybeUninit::<u32>::uninit();
    let address = word.as_mut_ptr();
    hint_store_u32!(address);
    // SAFETY: the instruction above stored a whole word at this address. The volatile read keeps the compiler, which does
    // not see that store, from inventing a value.
    unsafe { core::ptr::read_volatile(address) }
}

fn reveal_journal_digest() {
    let words = engine_journal_digest_address() as *const u32;
    for index in 0..8 {
        // SAFETY: the engine's digest is 32 bytes at a multiple of 8 (the build checks it), inside its memory.
        let word = unsafe { words.add(index).read() };
        openvm::io::reveal_u32(word, index);
    }
}

/// Where the runtime's C goes when WebAssembly traps.
#[unsafe(no_mangle)]
extern "C" fn guest_trap(trap: u32) -> ! {
    exit::with_trap(trap)
}
