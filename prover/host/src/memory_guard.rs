//! Watches the process's memory. An allocation that fails would abort without a word, so the limit is
//! enforced here, before the machine runs out.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::exit::{self, Exit};
use crate::host_error::HostError;
use crate::ledger::Ledger;
use crate::memory;
use crate::outbox::Outbox;

/// A prover touches at most a few hundred megabytes between two looks.
const INTERVAL: Duration = Duration::from_millis(50);

pub fn start(memory_limit_bytes: u64, ledger: Arc<Ledger>, outbox: Arc<Outbox>) -> io::Result<()> {
    let guard = thread::Builder::new().name("memory-guard".to_owned());
    let watch = move || loop {
        thread::sleep(INTERVAL);
        if let Some(resident_bytes) = memory::resident_bytes()
            && resident_bytes > memory_limit_bytes
        {
            give_up(resident_bytes, memory_limit_bytes, &ledger, &outbox);
        }
    };
    guard.spawn(watch).map(|_| ())
}

/// Answers the running request and ends the process: memory in the prover's hands can not be taken back.
fn give_up(resident_bytes: u64, memory_limit_bytes: u64, ledger: &Ledger, outbox: &Outbox) -> ! {
    exit::at_the_latest_soon(Exit::OutOfMemory);
    let error = HostError::OutOfMemory { resident_bytes, memory_limit_bytes };
    eprintln!("{}", error.message());
    if let Some(id) = ledger.seize_running() {
        outbox.refuse(Some(id), &error);
    }
    exit::now(Exit::OutOfMemory)
}
