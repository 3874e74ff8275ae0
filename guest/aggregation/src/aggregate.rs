//! The aggregate journal (docs/aggregation.md): what consecutive batch journals say together, and the rule that makes them consecutive.

use crate::engine::{DIGEST_WORDS, Journal, hash_leaf};
use crate::journal_tree::JournalTree;
use crate::refusal;

/// Places in a batch journal, in words of 4 bytes (engine/PROTOCOL.md section 7).
mod batch {
    pub const MARKET_ID: usize = 2;
    pub const BATCH_NUMBER: usize = 4;
    pub const FIRST_SEQUENCE: usize = 6;
    pub const LAST_SEQUENCE: usize = 8;
    pub const COMMAND_COUNT: usize = 10;
    pub const TRANSITION_COUNT: usize = 11;
    pub const TIMESTAMP: usize = 12;
    pub const CONFIG_DIGEST: usize = 16;
    pub const PRE_STATE_ROOT: usize = 24;
    pub const POST_STATE_ROOT: usize = 32;
}

const MAGIC: u32 = u32::from_le_bytes(*b"PBAG");
const VERSION: u32 = 1;

/// What is known of the batches so far.
pub struct Aggregate {
    first: Journal,
    last: Journal,
    commands: u64,
    transitions: u64,
    tree: JournalTree,
}

impl Aggregate {
    /// The aggregate of one batch.
    pub fn of(journal: Journal) -> Self {
        let mut aggregate =
            Self { first: journal, last: journal, commands: 0, transitions: 0, tree: JournalTree::new() };
        aggregate.count(&journal);
        aggregate
    }

    /// Adds the next batch. Its engine ran on from the state of the last one, so the rule holds unless the engine is broken; it is
    /// checked all the same, for it is what the aggregate states.
    pub fn push(&mut self, journal: Journal) {
        require_joined(&self.last, &journal);
        self.count(&journal);
        self.last = journal;
    }

    pub fn last_timestamp(&self) -> u64 {
        long(&self.last, batch::TIMESTAMP)
    }

    /// The aggregate journal.
    pub fn journal(&self) -> Journal {
        let mut out: Journal = [0; 64];
        out[0] = MAGIC;
        out[1] = VERSION;
        copy(&self.first, batch::MARKET_ID, &mut out, 2, 2);
        copy(&self.first, batch::BATCH_NUMBER, &mut out, 4, 2);
        copy(&self.last, batch::BATCH_NUMBER, &mut out, 6, 2);
        copy(&self.first, batch::FIRST_SEQUENCE, &mut out, 8, 2);
        copy(&self.last, batch::LAST_SEQUENCE, &mut out, 10, 2);
        out[12] = self.commands as u32;
        out[13] = (self.commands >> 32) as u32;
        out[14] = self.transitions as u32;
        out[15] = (self.transitions >> 32) as u32;
        copy(&self.first, batch::TIMESTAMP, &mut out, 16, 2);
        copy(&self.last, batch::TIMESTAMP, &mut out, 18, 2);
        copy(&self.first, batch::CONFIG_DIGEST, &mut out, 24, DIGEST_WORDS);
        copy(&self.first, batch::PRE_STATE_ROOT, &mut out, 32, DIGEST_WORDS);
        copy(&self.last, batch::POST_STATE_ROOT, &mut out, 40, DIGEST_WORDS);
        out[48..56].copy_from_slice(&self.tree.root());
        out
    }

    fn count(&mut self, journal: &Journal) {
        self.commands += u64::from(journal[batch::COMMAND_COUNT]);
        self.transitions += u64::from(journal[batch::TRANSITION_COUNT]);
        self.tree.push(hash_leaf(journal));
    }
}

/// The rule of engine/PROTOCOL.md section 7, as verifiers of single receipts check it.
fn require_joined(last: &Journal, next: &Journal) {
    if !same(last, batch::MARKET_ID, next, batch::MARKET_ID, 2)
        || !same(last, batch::CONFIG_DIGEST, next, batch::CONFIG_DIGEST, DIGEST_WORDS)
    {
        refusal::other_market();
    }
    if !same(last, batch::POST_STATE_ROOT, next, batch::PRE_STATE_ROOT, DIGEST_WORDS) {
        refusal::state_root();
    }
    if long(next, batch::BATCH_NUMBER) != long(last, batch::BATCH_NUMBER) + 1
        || long(next, batch::FIRST_SEQUENCE) != long(last, batch::LAST_SEQUENCE) + 1
        || long(next, batch::TIMESTAMP) < long(last, batch::TIMESTAMP)
    {
        refusal::order_of_batches();
    }
}

#[inline(always)]
fn long(journal: &Journal, at: usize) -> u64 {
    u64::from(journal[at]) | u64::from(journal[at + 1]) << 32
}

#[inline(always)]
fn same(a: &Journal, at: usize, b: &Journal, bt: usize, words: usize) -> bool {
    (0..words).all(|word| a[at + word] == b[bt + word])
}

#[inline(always)]
fn copy(from: &Journal, at: usize, out: &mut Journal, to: usize, words: usize) {
    for word in 0..words {
        out[to + word] = from[at + word];
    }
}
