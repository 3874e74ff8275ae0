// The runtime's journal: what the engine thread took, in order, appended by group commit. All integers little-endian.
//
// File: 'PBRJ' · version u32 · market config (64 bytes) · zeros to 128 · groups.
// Group: 'GRUP' · length of its body u32 · CRC-32 of the body u32 · batches u32 · body.
// Body: batches one after another: batchNumber u64 · timestamp u64 · ingress slots u32 · records u32 · transitions u32 · 0 u32 · records.
//
// A group is there whole or it is not: its checksum shows a torn append, and nobody was told of what was in it.

export const JOURNAL_MAGIC = 0x4a524250;
export const JOURNAL_VERSION = 1;
export const JOURNAL_HEADER_BYTES = 128;
export const JOURNAL_CONFIG_OFFSET = 8;
export const GROUP_MAGIC = 0x50555247;
export const GROUP_HEADER_BYTES = 16;
export const BATCH_HEADER_BYTES = 32;
