//! Compiled-in settings of jemalloc, which the OpenVM crates install as the global allocator.

use std::ffi::c_char;

/// jemalloc reads its settings through a C string pointer with this symbol.
#[repr(transparent)]
pub struct Settings(*const c_char);

// SAFETY: the pointer is to an immutable literal that lives as long as the process.
unsafe impl Sync for Settings {}

/// Proving allocates and drops buffers of hundreds of megabytes, and first-touch page faults were a third of
/// its CPU time: one arena so that every thread's buffers are reused by all, no eager return of large buffers
/// (`oversize_threshold`), huge pages, and a slow decay done by a background thread so that an idle host
/// gives its memory back.
#[used]
#[unsafe(export_name = "_rjem_malloc_conf")]
pub static SETTINGS: Settings = Settings(
    c"narenas:1,oversize_threshold:0,thp:always,dirty_decay_ms:10000,muzzy_decay_ms:0,background_thread:true"
        .as_ptr(),
);
