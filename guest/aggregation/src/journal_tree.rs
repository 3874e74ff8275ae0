//! The Merkle tree over the batch journals: 256 leaves, the first batch at leaf 0, leaves without a batch 32 zero bytes.

use crate::engine::{DIGEST_WORDS, Digest, hash_pair};

const DEPTH: usize = 8;
/// Leaves that the tree has room for.
pub const BATCHES_MAX: u32 = 1 << DEPTH;
const EMPTY: Digest = [0; DIGEST_WORDS];

/// A tree that is filled from the left: of its nodes only those are kept whose parents are not complete yet.
pub struct JournalTree {
    /// Node of each level that waits for its right sibling. Twice as many as levels, so that an index with four bits is in range
    /// and no check that could panic is compiled.
    waiting: [Digest; 2 * DEPTH],
    count: u32,
}

impl JournalTree {
    pub fn new() -> Self {
        Self { waiting: [EMPTY; 2 * DEPTH], count: 0 }
    }

    /// Adds the next leaf; there is room for `BATCHES_MAX`.
    pub fn push(&mut self, leaf: Digest) {
        let mut node = leaf;
        let mut level = 0;
        while (self.count >> level) & 1 == 1 {
            node = hash_pair(&self.waiting[level & 15], &node);
            level += 1;
        }
        self.waiting[level & 15] = node;
        self.count += 1;
    }

    pub fn root(&self) -> Digest {
        let mut empty = EMPTY;
        let mut node = EMPTY;
        let mut is_node_empty = true;
        for level in 0..DEPTH {
            let waits = (self.count >> level) & 1 == 1;
            if waits {
                let right = if is_node_empty { &empty } else { &node };
                node = hash_pair(&self.waiting[level & 15], right);
                is_node_empty = false;
            } else if !is_node_empty {
                node = hash_pair(&node, &empty);
            }
            empty = hash_pair(&empty, &empty);
        }
        if is_node_empty { self.waiting[DEPTH] } else { node }
    }
}
