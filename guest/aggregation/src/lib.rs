//! The aggregation guest: runs consecutive batches in one execution and reveals the digest of their aggregate journal.
//!
//! Inputs: the count of batches (u32), the witness of the first batch (engine/PROTOCOL.md section 8) in which everything is opened
//! that any batch of the run uses, then for each further batch `timestamp u64 · commandCount u32 · 0 u32` and its records. The first
//! batch is what the batch guest does. Those after it need no state: the engine holds it. As in the batch guest there is no heap and
//! no way to panic.
#![no_std]

mod aggregate;
mod engine;
#[path = "../../shell/src/exit.rs"]
mod exit;
mod hints;
mod journal_tree;
mod refusal;
#[path = "../../shell/src/start.rs"]
mod start;

use aggregate::Aggregate;

const COMMAND_BYTES: u32 = 32;
const COMMANDS_MAX: u32 = 1024;
const BATCH_HEAD_BYTES: u32 = 16;
const DIGEST_WORDS: usize = engine::DIGEST_WORDS;

/// Statuses of engine/PROTOCOL.md section 8 that the engine leaves to whoever calls it batch by batch.
const STATUS_RESERVED: u32 = 3;
const STATUS_COMMAND_COUNT: u32 = 11;
const STATUS_TIMESTAMP: u32 = 12;

fn main() {
    engine::engine_start();
    let batch_count = read_batch_count();
    run_first_batch();
    let mut aggregate = Aggregate::of(engine::journal());
    for _ in 1..batch_count {
        run_next_batch(aggregate.last_timestamp());
        aggregate.push(engine::journal());
    }
    reveal(engine::hash_journal(&aggregate.journal()));
}

fn read_batch_count() -> u32 {
    if hints::next_input() != 4 {
        refusal::input_length();
    }
    let count = hints::word();
    if count == 0 || count > journal_tree::BATCHES_MAX {
        refusal::batch_count();
    }
    count
}

fn run_first_batch() {
    let length = hints::next_input();
    if length > engine::engine_input_capacity() {
        exit::input_too_long();
    }
    // The capacity is a multiple of 4 (the build checks it), so the last, partly filled word fits too.
    hints::fill(engine::engine_input_address(), length);
    let status = engine::engine_prove_batch(length);
    if status != 0 {
        exit::with_status(status);
    }
}

fn run_next_batch(last_timestamp: u64) {
    let length = hints::next_input();
    if length < BATCH_HEAD_BYTES {
        refusal::input_length();
    }
    let low = hints::word();
    let high = hints::word();
    let count = hints::word();
    let reserved = hints::word();
    let timestamp = u64::from(low) | u64::from(high) << 32;
    if reserved != 0 {
        exit::with_status(STATUS_RESERVED);
    }
    if count == 0 || count > COMMANDS_MAX {
        exit::with_status(STATUS_COMMAND_COUNT);
    }
    if length != BATCH_HEAD_BYTES + count * COMMAND_BYTES {
        refusal::input_length();
    }
    if timestamp < last_timestamp {
        exit::with_status(STATUS_TIMESTAMP);
    }
    hints::fill(engine::engine_commands_address(), count * COMMAND_BYTES);
    if engine::engine_apply_batch(count, timestamp) != count {
        exit::with_status(STATUS_COMMAND_COUNT);
    }
    engine::engine_seal_batch();
}

fn reveal(digest: engine::Digest) {
    for (index, word) in digest.iter().enumerate().take(DIGEST_WORDS) {
        openvm::io::reveal_u32(*word, index);
    }
}

/// Where the runtime's C goes when WebAssembly traps.
#[unsafe(no_mangle)]
extern "C" fn guest_trap(trap: u32) -> ! {
    exit::with_trap(trap)
}
