//! Where the zkVM starts the guest.
//!
//! The openvm crate has an entry point of its own (`openvm::entry!`), but that one ends in code that may panic and with it brings in
//! the formatting of messages, and exit code 1, which is a status of the engine. This one sets the stack and calls
//! `guest_main`; nothing in the guest can panic, and the linker script refuses a guest in which a panic is left.

use openvm::platform::memory::STACK_TOP;
use openvm::platform::rust_rt::terminate;

core::arch::global_asm!(
    ".section .text._guest_start, \"ax\"",
    ".globl _guest_start",
    "_guest_start:",
    "li sp, {stack_top}",
    "call {main}",
    stack_top = const STACK_TOP,
    main = sym guest_main,
);

extern "C" fn guest_main() -> ! {
    crate::main();
    terminate::<0>();
    loop {}
}
