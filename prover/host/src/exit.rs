//! The ways this process ends. Threads of the prover can not be stopped, so it ends at once and whole.

use std::thread;
use std::time::Duration;

/// Exit codes, documented in PROTOCOL.md.
#[derive(Clone, Copy, Debug)]
pub enum Exit {
    StdinClosed = 0,
    BadCommandLine = 1,
    FrameMalformed = 2,
    Canceled = 3,
    OutOfMemory = 4,
    StdoutBroken = 5,
}

/// Ends the process without waiting for any thread.
pub fn now(exit: Exit) -> ! {
    // SAFETY: _exit runs no code of ours; everything that must be written was flushed.
    unsafe { libc::_exit(exit as i32) }
}

/// Ends the process soon even if a last answer can not be written because nobody reads.
pub fn at_the_latest_soon(exit: Exit) {
    const GRACE: Duration = Duration::from_millis(500);
    thread::spawn(move || {
        thread::sleep(GRACE);
        now(exit)
    });
}
