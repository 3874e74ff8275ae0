/*
 * The compression function that the engine calls: one instruction of the zkVM (prover/blake3-chip/CONSTRAINTS.md) in the place of the
 * engine's own, which takes 1,389. Both give the same 32 bytes, and here as there `out` may be `value`.
 */
#ifndef PROOFBOOK_COMPRESS_H
#define PROOFBOOK_COMPRESS_H

ALWAYS_INLINE void compress(w2c_circuit *instance, u32 value, u32 block, u32 length, u32 flags, u32 out) {
#ifdef GUEST_WITH_SOFTWARE_BLAKE3 /* only ever set to measure what the instruction saves */
  software_compress(instance, value, block, length, flags, out);
#else
  (void)instance;
  /* Counter (always 0: inputs of one chunk), block length, flags. */
  const u32 tweak[4] = {0, 0, length, flags};
  CHECK_BOUNDS(value, 0u, 32u);
  CHECK_BOUNDS(block, 0u, 64u);
  CHECK_BOUNDS(out, 0u, 32u);
  __asm__ volatile(".insn r4 0x0b, 7, 0, %0, %1, %2, %3" : : "r"(out), "r"(value), "r"(block), "r"(tweak) : "memory");
#endif
}

static void w2c_circuit_compress_0(w2c_circuit *instance, u32 value, u32 block, u32 length, u32 flags, u32 out) {
#ifdef GUEST_COMPRESSING_TWICE /* only ever set to measure what a compression costs: one more, into the margin that nobody uses */
  compress(instance, value, block, length, flags, WASM_MEMORY_BYTES - BASE_MARGIN_BYTES);
#endif
  compress(instance, value, block, length, flags, out);
}

#endif
