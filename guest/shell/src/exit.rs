//! Exit codes: the table in `guest/README.md`.

use openvm::platform::rust_rt::terminate;

/// Ends the guest with `$code` as its exit code if that is one of the numbers listed. The zkVM has the code inside the
/// instruction, so there is one instruction for each.
macro_rules! terminate_if_listed {
    ($code:expr; $($listed:literal)*) => {
        match $code {
            $($listed => terminate::<$listed>(),)*
            _ => {}
        }
    };
}

/// The engine refused the witness, with one of the statuses of engine/PROTOCOL.md section 8.
pub fn with_status(status: u32) -> ! {
    terminate_if_listed!(status;
            1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
            21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40
            41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60
            61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 80
            81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99);
    terminate::<119>();
    stop()
}

/// WebAssembly trapped: see the trap numbers in `runtime/wasm-rt.h`.
pub fn with_trap(trap: u32) -> ! {
    match trap {
        1 => terminate::<101>(),
        2 => terminate::<102>(),
        3 => terminate::<103>(),
        4 => terminate::<104>(),
        _ => terminate::<100>(),
    }
    stop()
}

/// The input stream is longer than the engine's input buffer.
pub fn input_too_long() -> ! {
    terminate::<120>();
    stop()
}

/// Nothing runs after `terminate`, but the compiler does not know that.
fn stop() -> ! {
    loop {}
}
