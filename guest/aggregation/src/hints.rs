//! The input streams, word by word as the zkVM hands them out. Every length comes from the host and is checked before it is used.

use openvm_rv32im_guest::{hint_buffer_chunked, hint_input, hint_store_u32};

/// Begins the next input and returns its length in bytes.
pub fn next_input() -> u32 {
    hint_input();
    word()
}

/// The next four bytes of the input.
pub fn word() -> u32 {
    let mut word = core::mem::MaybeUninit::<u32>::uninit();
    let address = word.as_mut_ptr();
    hint_store_u32!(address);
    // SAFETY: the instruction above stored a whole word at this address. The volatile read keeps the compiler, which does
    // not see that store, from inventing a value.
    unsafe { core::ptr::read_volatile(address) }
}

/// Puts the next `bytes` of the input, rounded up to whole words, at a guest address where there is room for them.
pub fn fill(address: u32, bytes: u32) {
    hint_buffer_chunked(address as *mut u8, bytes.div_ceil(4) as usize);
}
