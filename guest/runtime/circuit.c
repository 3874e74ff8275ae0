/*
 * The engine as one translation unit: the generated module, and the few functions that the shell calls.
 *
 * Everything in the generated file gets internal linkage, so that the compiler sees every call and drops the instance
 * pointer that wasm2c passes everywhere. circuit-module.h and circuit-module.c are written by the build.
 */
#include "wasm-rt.h"

#define STATIC_EXPORT static __attribute__((unused))
typedef struct w2c_circuit w2c_circuit;
STATIC_EXPORT u32 w2c_circuit_inputPointer(w2c_circuit *);
STATIC_EXPORT u32 w2c_circuit_inputCapacity(w2c_circuit *);
STATIC_EXPORT u32 w2c_circuit_journalDigestPointer(w2c_circuit *);
STATIC_EXPORT u32 w2c_circuit_proveBatch(w2c_circuit *, u32);
STATIC_EXPORT void wasm2c_circuit_instantiate(w2c_circuit *);

#include "circuit-module.h"
#include "circuit-module.c"
#include "compress.h"

static w2c_circuit engine;

/* Makes the module's globals and data. To be called once, before all others. */
void engine_start(void) { wasm2c_circuit_instantiate(&engine); }

/* Where the witness goes, a guest address. */
u32 engine_input_address(void) { return w2c_circuit_inputPointer(&engine); }

/* How many bytes may be put there. */
u32 engine_input_capacity(void) { return w2c_circuit_inputCapacity(&engine); }

/* Checks the witness of `length` bytes and applies its batch: 0, or the status of engine/PROTOCOL.md section 8. */
u32 engine_prove_batch(u32 length) { return w2c_circuit_proveBatch(&engine, length); }

/* Where the 32 bytes of the journal digest are, a guest address. */
u32 engine_journal_digest_address(void) { return w2c_circuit_journalDigestPointer(&engine); }
