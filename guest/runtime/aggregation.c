/*
 * The same engine for the aggregation guest: besides what the batch guest calls, the steps of a batch one by one, so that
 * the batches after the first run on the state that the one before left in memory.
 *
 * A file of its own, and not a few lines more in circuit.c: with other callers the compiler inlines otherwise, and the
 * image of the batch guest would be another.
 */
#include "wasm-rt.h"

typedef struct w2c_circuit w2c_circuit;
static __attribute__((unused)) u32 w2c_circuit_commandsPointer(w2c_circuit *);
static __attribute__((unused)) u32 w2c_circuit_journalPointer(w2c_circuit *);
static __attribute__((unused)) u32 w2c_circuit_applyBatch(w2c_circuit *, u32, u64);
static __attribute__((unused)) void w2c_circuit_sealBatch(w2c_circuit *);
static __attribute__((unused)) void w2c_circuit_hashInput(w2c_circuit *, u32, u32);

#include "circuit.c"

/* Where the records of a batch go, a guest address; there is room for 1024. */
u32 engine_commands_address(void) { return w2c_circuit_commandsPointer(&engine); }

/* Applies `count` records at `timestamp`, which is not below the last batch's, and returns how many it took. */
u32 engine_apply_batch(u32 count, u64 timestamp) { return w2c_circuit_applyBatch(&engine, count, timestamp); }

/* Computes the roots and the journal of the batch that was just applied. */
void engine_seal_batch(void) { w2c_circuit_sealBatch(&engine); }

/* Where the 256 bytes of the last journal are, a guest address. */
u32 engine_journal_address(void) { return w2c_circuit_journalPointer(&engine); }

/* Puts BLAKE3 of the first `length` bytes of the input, keyed by the 32 bytes behind them if `keyed`, where the journal digest is. */
void engine_hash_input(u32 length, u32 keyed) { w2c_circuit_hashInput(&engine, length, keyed); }
