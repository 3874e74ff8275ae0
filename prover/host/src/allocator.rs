//! Compiled-in settings of jemalloc, which the OpenVM crates install as the global allocator.

use std::ffi::c_char;

/// jemalloc reads its settings through a C string pointer with this symbol.
#[repr(transparent)]
pub struct Settings(*const c_char);

// SAFETY: the pointer is to an immutable literal that lives as long as the process.
unsafe impl Sync for Settings {}

/// One arena, so that every thread reuses the buffers of all (a few percent less at the peak), and a background
/// thread that gives an idle host's memory back. Huge pages were tried and doubled the time in the kernel; keeping
/// every page (`dirty_decay_ms:-1`) saved a third of it and cost 12 to 30 % more memory at the peak.
#[used]
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static SETTINGS: Settings =
    Settings(c"narenas:1,dirty_decay_ms:10000,muzzy_decay_ms:0,background_thread:true".as_ptr());
