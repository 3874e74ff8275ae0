/*
 * What the C that wasm2c writes for the engine needs in the guest, and nothing else.
 *
 * wasm2c begins each file with a prelude for every WebAssembly feature and every compiler. The build cuts that
 * prelude off (guest/generated-c.ts) and puts this header in its place, so that every operation the
 * guest can make stands here, in one page. What is missing is missing on purpose: floats, tables, imports, growing
 * memory. An engine that used one of them does not compile.
 *
 * The build defines WASM_MEMORY_BYTES, the module's fixed memory size.
 */
#ifndef PROOFBOOK_WASM_RT_H
#define PROOFBOOK_WASM_RT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WASM_RT_CORE_TYPES_DEFINED
typedef uint8_t u8;
typedef int8_t s8;
typedef uint16_t u16;
typedef int16_t s16;
typedef uint32_t u32;
typedef int32_t s32;
typedef uint64_t u64;
typedef int64_t s64;

#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define ALWAYS_INLINE static inline __attribute__((always_inline, unused))

/* Traps. The shell ends the guest with exit code 100 + this number (guest/README.md). */
typedef enum {
  WASM_RT_TRAP_UNREACHABLE = 1,
  WASM_RT_TRAP_OOB = 2,
  WASM_RT_TRAP_DIV_BY_ZERO = 3,
  WASM_RT_TRAP_INT_OVERFLOW = 4,
} wasm_rt_trap_t;

/* In the Rust shell: ends the guest, never returns. */
__attribute__((noreturn, cold)) void guest_trap(u32 trap);

#define TRAP(name) (guest_trap(WASM_RT_TRAP_##name), 0)
#define UNREACHABLE TRAP(UNREACHABLE)
#define FUNC_PROLOGUE
#define FUNC_EPILOGUE

/*
 * The last bytes of the memory belong to no variable of the engine (guest/engine-module.ts checks that), and no access may have its
 * base there: see CHECK_BOUNDS.
 */
#define BASE_MARGIN_BYTES 4096u

/*
 * Memory: wasm address = guest address, so an access is one instruction, with nothing to add first. guest.ld keeps these addresses
 * free of all else. The zkVM's memory starts as zeros, as wasm's does, and takes no room in the ELF.
 * (-fno-delete-null-pointer-checks tells the compiler that address 0 is memory like any other.)
 */
typedef struct {
  u8 unused;
} wasm_rt_memory_t;

ALWAYS_INLINE u8 *memory_at(u32 address) { return (u8 *)address; }

_Static_assert(WASM_MEMORY_BYTES % 65536 == 0, "wasm memory is whole pages");
_Static_assert(WASM_MEMORY_BYTES > BASE_MARGIN_BYTES, "wasm memory is larger than the margin at its end");

/* The module says how large its memory is; the build told us the same, or this is not the module it looked at. */
ALWAYS_INLINE void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, u64 pages, u64 maxPages, bool is64, u32 pageSize) {
  (void)memory, (void)maxPages;
  if (pages * pageSize != WASM_MEMORY_BYTES || is64) UNREACHABLE;
}
ALWAYS_INLINE void wasm_rt_free_memory(wasm_rt_memory_t *memory) { (void)memory; }
ALWAYS_INLINE bool wasm_rt_is_initialized(void) { return true; }
#define assert(x) ((void)(x))

/*
 * An access of `bytes` bytes at `base + offset`, offset being a constant.
 *
 * wasm traps when it ends outside of the memory. So does the guest, and already when the base lies in the margin: then one comparison
 * serves every field of a record, for the compiler sees that the later ones are the same. An access that passes is inside the
 * memory either way; an engine that needed the margin would trap here and not in Node, and would have no proof.
 */
#ifdef WASM_WITHOUT_BOUNDS_CHECKS /* only ever set to measure what the checks cost */
#define CHECK_BOUNDS(base, offset, bytes) ((void)0)
#else
#define CHECK_BOUNDS(base, offset, bytes)                                       \
  do {                                                                          \
    if ((offset) + (bytes) <= BASE_MARGIN_BYTES) {                              \
      if (UNLIKELY((base) > WASM_MEMORY_BYTES - BASE_MARGIN_BYTES)) TRAP(OOB);  \
    } else {                                                                    \
      if (UNLIKELY((u64)(base) + (offset) + (bytes) > WASM_MEMORY_BYTES)) TRAP(OOB); \
    }                                                                           \
  } while (0)
#endif

/*
 * wasm allows accesses at any address, AssemblyScript makes only aligned ones, and the zkVM has only aligned ones. The typed
 * accesses below say so to the compiler: one instruction each, where an access of unknown alignment is four. An unaligned access
 * cannot give a wrong value: the zkVM refuses to execute it.
 */
#define DEFINE_LOAD(name, stored, widened, result)                \
  ALWAYS_INLINE result name(u32 base, u32 offset) {               \
    typedef stored __attribute__((may_alias)) cell;               \
    CHECK_BOUNDS(base, offset, sizeof(stored));                   \
    return (result)(widened)*(const cell *)memory_at(base + offset); \
  }
#define DEFINE_STORE(name, stored, given)                       \
  ALWAYS_INLINE void name(u32 base, u32 offset, given value) {  \
    typedef stored __attribute__((may_alias)) cell;             \
    CHECK_BOUNDS(base, offset, sizeof(stored));                 \
    *(cell *)memory_at(base + offset) = (stored)value;          \
  }

DEFINE_LOAD(i32_load, u32, u32, u32)
DEFINE_LOAD(i32_load8_s, s8, s32, u32)
DEFINE_LOAD(i32_load8_u, u8, u32, u32)
DEFINE_LOAD(i32_load16_s, s16, s32, u32)
DEFINE_LOAD(i32_load16_u, u16, u32, u32)
DEFINE_LOAD(i64_load, u64, u64, u64)
DEFINE_LOAD(i64_load8_s, s8, s64, u64)
DEFINE_LOAD(i64_load8_u, u8, u64, u64)
DEFINE_LOAD(i64_load16_s, s16, s64, u64)
DEFINE_LOAD(i64_load16_u, u16, u64, u64)
DEFINE_LOAD(i64_load32_s, s32, s64, u64)
DEFINE_LOAD(i64_load32_u, u32, u64, u64)
DEFINE_STORE(i32_store, u32, u32)
DEFINE_STORE(i32_store8, u8, u32)
DEFINE_STORE(i32_store16, u16, u32)
DEFINE_STORE(i64_store, u64, u64)
DEFINE_STORE(i64_store8, u8, u64)
DEFINE_STORE(i64_store16, u16, u64)
DEFINE_STORE(i64_store32, u32, u64)

/* Bulk memory. Lengths are u32, so a sum of address and length fits a u64. */
ALWAYS_INLINE void check_range(u32 address, u32 bytes) {
  if (UNLIKELY((u64)address + bytes > WASM_MEMORY_BYTES)) TRAP(OOB);
}
ALWAYS_INLINE void memory_fill(wasm_rt_memory_t *m, u32 to, u32 value, u32 bytes) {
  (void)m;
  check_range(to, bytes);
  __builtin_memset(memory_at(to), (int)value, bytes);
}
/*
 * Digests and records are whole words at addresses of words: those are copied in place, two instructions a word, where the library's
 * function takes twelve for a record. Ascending order is right unless the target begins inside the source.
 */
ALWAYS_INLINE void memory_copy(wasm_rt_memory_t *m, const wasm_rt_memory_t *same, u32 to, u32 from, u32 bytes) {
  typedef u32 __attribute__((may_alias)) word;
  (void)m, (void)same;
  check_range(to, bytes);
  check_range(from, bytes);
  if ((to | from | bytes) % 4 == 0 && to - from >= bytes) {
    word *target = (word *)memory_at(to);
    const word *source = (const word *)memory_at(from);
#pragma clang loop unroll_count(16)
    for (u32 i = 0; i < bytes / 4; i++) target[i] = source[i];
  } else {
    __builtin_memmove(memory_at(to), memory_at(from), bytes);
  }
}
/* A data segment of the module, copied in when it is instantiated. */
#define LOAD_DATA(memory, to, bytes, length)                              \
  do {                                                                    \
    check_range((to), (length));                                          \
    __builtin_memcpy(memory_at(to), (bytes), (length));                   \
  } while (0)

/* Integer operations that C leaves undefined for some operands, and wasm does not. */
#define I32_CLZ(x) ((x) ? (u32)__builtin_clz(x) : 32u)
#define I64_CLZ(x) ((x) ? (u64)__builtin_clzll(x) : 64u)
#define I32_CTZ(x) ((x) ? (u32)__builtin_ctz(x) : 32u)
#define I64_CTZ(x) ((x) ? (u64)__builtin_ctzll(x) : 64u)
#define I32_POPCNT(x) ((u32)__builtin_popcount(x))
#define I64_POPCNT(x) ((u64)__builtin_popcountll(x))
#define I32_ROTL(x, n) __builtin_rotateleft32((x), (n))
#define I32_ROTR(x, n) __builtin_rotateright32((x), (n))
#define I64_ROTL(x, n) __builtin_rotateleft64((x), (n))
#define I64_ROTR(x, n) __builtin_rotateright64((x), (n))
#define DIV_U(x, y) (UNLIKELY((y) == 0) ? TRAP(DIV_BY_ZERO) : (x) / (y))
#define REM_U(x, y) (UNLIKELY((y) == 0) ? TRAP(DIV_BY_ZERO) : (x) % (y))

/* Function types only name themselves in the code that tables use, and there are no tables. */
typedef const char *wasm_rt_func_type_t;
#define FUNC_TYPE_T(name) static const char *const name __attribute__((unused))
#define WASM_RT_I32 0
#define WASM_RT_I64 1

#endif
