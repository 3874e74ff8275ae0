import { ProofbookError } from '../../../engine/proofbook-error.ts';
import {
  CAPACITY_MAX,
  CAPACITY_MIN,
  CAPACITY_WORD,
  CONSUMERS_MAX,
  CONSUMERS_WORD,
  consumerWord,
  KIND_WORD,
  MAGIC_WORD,
  NOTE_BYTES,
  notesOffset,
  PRODUCER_WORD,
  RING_MAGIC,
  RING_VERSION,
  ringBytes,
  VERSION_WORD,
} from './ring-layout.ts';

/** Who may produce: one thread only, or many. A ring of many has its slots stamped (mpsc-ring.ts). */
const KIND_CODES = { spsc: 1, mpsc: 2 } as const;
export type RingKind = keyof typeof KIND_CODES;

/** What a ring is made with. */
export interface RingShape {
  readonly kind: RingKind;
  /** Slots, a power of two, CAPACITY_MIN .. CAPACITY_MAX. */
  readonly capacity: number;
  /** Threads that see every slot, each with a cursor, 1 .. CONSUMERS_MAX. */
  readonly consumers: number;
}

/** A new ring's shape and where its sequences begin: any i32; a test begins just before they wrap. */
interface NewRing extends RingShape {
  readonly firstSequence?: number;
}

/** A ring's memory as one thread sees it. */
export interface RingMemory extends RingShape {
  /** To be sent to another thread, which calls `attachRing`. */
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  /** The same memory as numbers, for arrival times. */
  readonly times: Float64Array;
  /** Capacity - 1: which slot a sequence has. */
  readonly mask: number;
  /** Where the notes begin, in u32s. */
  readonly notesWord: number;
}

/** A new ring with nothing in it. @throws INVALID_FIELD naming capacity or consumers */
export function createRing({ kind, capacity, consumers, firstSequence = 0 }: NewRing): RingMemory {
  requireShape(capacity, consumers);
  const buffer = new SharedArrayBuffer(ringBytes(capacity));
  const words = new Int32Array(buffer);
  words[MAGIC_WORD] = RING_MAGIC;
  words[VERSION_WORD] = RING_VERSION;
  words[KIND_WORD] = KIND_CODES[kind];
  words[CAPACITY_WORD] = capacity;
  words[CONSUMERS_WORD] = consumers;
  words[PRODUCER_WORD] = firstSequence;
  for (let consumer = 0; consumer < consumers; consumer++) words[consumerWord(consumer)] = firstSequence;
  // No slot of the first lap is behind its own sequence, so this stamp says of none that it is published.
  for (let slot = 0; slot < capacity; slot++)
    words[(notesOffset(capacity) + slot * NOTE_BYTES) / 4] = firstSequence;
  return viewsOf(buffer, { kind, capacity, consumers });
}

/** A ring that another thread made. @throws INVALID_FIELD when the memory holds no ring of this layout */
export function attachRing(buffer: SharedArrayBuffer): RingMemory {
  if (buffer.byteLength < ringBytes(CAPACITY_MIN)) {
    refuse('ring length', buffer.byteLength, `a ring has at least ${ringBytes(CAPACITY_MIN)} bytes`);
  }
  const words = new Int32Array(buffer);
  if (words[MAGIC_WORD] !== RING_MAGIC) refuse('ring magic', words[MAGIC_WORD], `expected ${RING_MAGIC}`);
  if (words[VERSION_WORD] !== RING_VERSION) {
    refuse('ring version', words[VERSION_WORD], `this code reads version ${RING_VERSION}`);
  }
  const kind = words[KIND_WORD] === KIND_CODES.spsc ? 'spsc' : 'mpsc';
  if (words[KIND_WORD] !== KIND_CODES[kind]) refuse('ring kind', words[KIND_WORD], 'must be 1 or 2');
  const capacity = words[CAPACITY_WORD] ?? 0;
  const consumers = words[CONSUMERS_WORD] ?? 0;
  requireShape(capacity, consumers);
  if (buffer.byteLength !== ringBytes(capacity)) {
    refuse('ring length', buffer.byteLength, `${capacity} slots need ${ringBytes(capacity)} bytes`);
  }
  return viewsOf(buffer, { kind, capacity, consumers });
}

function viewsOf(buffer: SharedArrayBuffer, shape: RingShape): RingMemory {
  return {
    ...shape,
    buffer,
    words: new Int32Array(buffer),
    bytes: new Uint8Array(buffer),
    times: new Float64Array(buffer),
    mask: shape.capacity - 1,
    notesWord: notesOffset(shape.capacity) / 4,
  };
}

function requireShape(capacity: number, consumers: number): void {
  const isPowerOfTwo = Number.isInteger(capacity) && (capacity & (capacity - 1)) === 0;
  if (!isPowerOfTwo || capacity < CAPACITY_MIN || capacity > CAPACITY_MAX) {
    refuse('ring capacity', capacity, `must be a power of two in ${CAPACITY_MIN} .. ${CAPACITY_MAX}`);
  }
  if (!Number.isInteger(consumers) || consumers < 1 || consumers > CONSUMERS_MAX) {
    refuse('ring consumers', consumers, `must be in 1 .. ${CONSUMERS_MAX}`);
  }
}

function refuse(field: string, value: number | undefined, reason: string): never {
  throw new ProofbookError('INVALID_FIELD', { field, value: value ?? 'absent', reason });
}
