//! Exit codes of the aggregation guest beside those of the batch guest: the table in `guest/README.md`.

use openvm::platform::rust_rt::terminate;

/// The run has no batch, or more than the journal tree has leaves.
pub fn batch_count() -> ! {
    terminate::<130>();
    stop()
}

/// An input has another length than its head says.
pub fn input_length() -> ! {
    terminate::<131>();
    stop()
}

/// A batch does not continue the one before: another market or market config.
pub fn other_market() -> ! {
    terminate::<132>();
    stop()
}

/// A batch does not continue the one before: its pre-state root is not the last post-state root.
pub fn state_root() -> ! {
    terminate::<133>();
    stop()
}

/// A batch does not continue the one before: batch number, sequence or timestamp.
pub fn order_of_batches() -> ! {
    terminate::<134>();
    stop()
}

/// Nothing runs after `terminate`, but the compiler does not know that.
fn stop() -> ! {
    loop {}
}
