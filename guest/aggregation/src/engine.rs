//! The engine's C functions (`guest/runtime/aggregation.c`) and the words they leave in memory.

/// The engine's memory begins at address 0, so that every one of its addresses is a guest address.
pub type Words<const N: usize> = [u32; N];

unsafe extern "C" {
    pub safe fn engine_start();
    pub safe fn engine_input_address() -> u32;
    pub safe fn engine_input_capacity() -> u32;
    pub safe fn engine_prove_batch(length: u32) -> u32;
    pub safe fn engine_journal_digest_address() -> u32;
    pub safe fn engine_commands_address() -> u32;
    pub safe fn engine_apply_batch(count: u32, timestamp: u64) -> u32;
    pub safe fn engine_seal_batch();
    pub safe fn engine_journal_address() -> u32;
    safe fn engine_hash_input(length: u32, keyed: u32);
}

pub const DIGEST_WORDS: usize = 8;
pub const JOURNAL_WORDS: usize = 64;
const LEAF_KEY: Words<DIGEST_WORDS> = [
    u32::from_le_bytes(*b"proo"),
    u32::from_le_bytes(*b"fboo"),
    u32::from_le_bytes(*b"k/le"),
    u32::from_le_bytes(*b"af/v"),
    u32::from_le_bytes(*b"1\0\0\0"),
    0,
    0,
    0,
];

pub type Digest = Words<DIGEST_WORDS>;
pub type Journal = Words<JOURNAL_WORDS>;

/// The journal of the batch that was sealed last.
pub fn journal() -> Journal {
    read(engine_journal_address())
}

/// BLAKE3 of a journal.
pub fn hash_journal(journal: &Journal) -> Digest {
    write(engine_input_address(), journal);
    hash(4 * JOURNAL_WORDS, false)
}

/// Leaf of the journal tree: BLAKE3 keyed by the leaf key (engine/PROTOCOL.md section 6).
pub fn hash_leaf(journal: &Journal) -> Digest {
    write(engine_input_address(), journal);
    write(engine_input_address() + 4 * JOURNAL_WORDS as u32, &LEAF_KEY);
    hash(4 * JOURNAL_WORDS, true)
}

/// Inner node of the journal tree.
pub fn hash_pair(left: &Digest, right: &Digest) -> Digest {
    write(engine_input_address(), left);
    write(engine_input_address() + 4 * DIGEST_WORDS as u32, right);
    hash(8 * DIGEST_WORDS, false)
}

fn hash(bytes: usize, keyed: bool) -> Digest {
    engine_hash_input(bytes as u32, u32::from(keyed));
    read(engine_journal_digest_address())
}

fn read<const N: usize>(address: u32) -> Words<N> {
    // SAFETY: the engine's buffers lie at multiples of 8 (the build checks it) and are at least as long as what is read.
    unsafe { core::ptr::with_exposed_provenance::<Words<N>>(address as usize).read_volatile() }
}

fn write<const N: usize>(address: u32, words: &Words<N>) {
    // SAFETY: as for `read`; the input buffer takes more than the few hundred bytes that are written.
    unsafe { core::ptr::with_exposed_provenance_mut::<Words<N>>(address as usize).write_volatile(*words) }
}
