/*
 * The engine as a native program: the module that wasm2c wrote, and a loop that answers requests from stdin on stdout.
 *
 * A request is kind u32 | length u32 | that many bytes; an answer is length u32 | outcome u32 | the rest. All numbers are little-endian, as on
 * every machine that this is built for. The outcome is what a guest's exit code would be (guest/README.md): 0, a status of
 * engine/PROTOCOL.md section 8, or 100 and the number of a trap. Opening starts from a fresh instance, any other request goes on with it.
 *
 * kind 1: open the empty book of the market config that follows
 * kind 2: open the state image that follows
 * kind 3: prove the witness that follows, from a fresh instance. Answer: the journal digest
 * kind 4: apply and seal. Request: timestamp u64, then the command records. Answer: see `apply`
 */
#include "wasm-rt.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

u8 wasm_memory[WASM_MEMORY_BYTES] __attribute__((aligned(64)));
static jmp_buf at_request;
static u32 trapped;

void guest_trap(u32 trap) {
  trapped = trap;
  longjmp(at_request, 1);
}

#include "circuit-module.h"
#include "circuit-module.c"

enum { OPEN_GENESIS = 1, OPEN_STATE = 2, PROVE = 3, APPLY = 4 };
enum { RECORD_BYTES = 32, TRANSITION_BYTES = 64, JOURNAL_BYTES = 256, DIGEST_BYTES = 32, TRAP_OUTCOME = 100 };

static w2c_circuit engine;
/* The largest request is a witness that fills the input buffer; the largest answer is full of transitions and a state image. */
static u8 request[WASM_MEMORY_BYTES];
static u8 answer[WASM_MEMORY_BYTES];
static u32 answer_length;

static void put(const void *bytes, u32 length) {
  memcpy(answer + answer_length, bytes, length);
  answer_length += length;
}

static void put_u32(u32 value) { put(&value, sizeof value); }
static void put_u64(u64 value) { put(&value, sizeof value); }
static void put_memory(u32 address, u32 length) { put(wasm_memory + address, length); }

static void restart(void) {
  memset(wasm_memory, 0, sizeof wasm_memory);
  memset(&engine, 0, sizeof engine);
  wasm2c_circuit_instantiate(&engine);
}

static void take_input(const u8 *bytes, u32 length) {
  const u32 room = w2c_circuit_inputCapacity(&engine);
  memcpy(wasm_memory + w2c_circuit_inputPointer(&engine), bytes, length < room ? length : room);
}

/*
 * Answer: taken u32 | transitionCount u32 | touched bid levels u64 | touched ask levels u64 | stops touched u32 | 0 u32 | journal |
 * journal digest | state root | transitions | state image of the new state
 */
static void apply(const u8 *bytes, u32 length) {
  u64 timestamp;
  memcpy(&timestamp, bytes, sizeof timestamp);
  const u32 records = length - sizeof timestamp;
  memcpy(wasm_memory + w2c_circuit_commandsPointer(&engine), bytes + sizeof timestamp, records);
  put_u32(w2c_circuit_applyBatch(&engine, records / RECORD_BYTES, timestamp));
  w2c_circuit_sealBatch(&engine);
  const u32 transitions = w2c_circuit_transitionCount(&engine);
  put_u32(transitions);
  put_u64(w2c_circuit_touchedLevels(&engine, 0, 0));
  put_u64(w2c_circuit_touchedLevels(&engine, 1, 0));
  put_u32(w2c_circuit_areStopsTouched(&engine));
  put_u32(0);
  put_memory(w2c_circuit_journalPointer(&engine), JOURNAL_BYTES);
  put_memory(w2c_circuit_journalDigestPointer(&engine), DIGEST_BYTES);
  put_memory(w2c_circuit_stateRootPointer(&engine), DIGEST_BYTES);
  put_memory(w2c_circuit_transitionsPointer(&engine), transitions * TRANSITION_BYTES);
  const u32 image = w2c_circuit_writeState(&engine);
  put_memory(w2c_circuit_inputPointer(&engine), image);
}

/* Returns the outcome of one request. */
static u32 serve(u32 kind, const u8 *bytes, u32 length) {
  if (kind == APPLY) {
    apply(bytes, length);
    return 0;
  }
  restart();
  take_input(bytes, length);
  if (kind == OPEN_GENESIS) return w2c_circuit_openGenesis(&engine);
  if (kind == OPEN_STATE) return w2c_circuit_openState(&engine, length);
  const u32 status = w2c_circuit_proveBatch(&engine, length);
  put_memory(w2c_circuit_journalDigestPointer(&engine), DIGEST_BYTES);
  return status;
}

static bool receive(void *bytes, size_t length) { return fread(bytes, 1, length, stdin) == length; }

int main(void) {
  u32 head[2];
  while (receive(head, sizeof head)) {
    if (head[0] < OPEN_GENESIS || head[0] > APPLY || head[1] > sizeof request || !receive(request, head[1])) return 2;
    answer_length = 0;
    u32 outcome;
    if (setjmp(at_request) == 0) {
      outcome = serve(head[0], request, head[1]);
    } else {
      outcome = TRAP_OUTCOME + trapped;
      answer_length = 0;
    }
    const u32 length = answer_length + sizeof outcome;
    fwrite(&length, sizeof length, 1, stdout);
    fwrite(&outcome, sizeof outcome, 1, stdout);
    fwrite(answer, 1, answer_length, stdout);
    if (fflush(stdout) != 0) return 3;
  }
  return 0;
}
