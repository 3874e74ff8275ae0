import { describe, expect, test } from 'vitest';
import { COMMAND_BYTES } from '../../../engine/command.ts';
import { TRANSITION_BYTES } from '../../../engine/transition.ts';
import {
  ACTIVITY_WORD,
  CACHE_LINE_BYTES,
  CONSUMERS_MAX,
  CURSOR_SPACING_BYTES,
  consumerWord,
  NOTE_BYTES,
  notesOffset,
  PRODUCER_WORD,
  ringBytes,
  SLEEPERS_WORD,
  SLOT_BYTES,
  SLOTS_OFFSET,
} from '../../../queue/runtime/rings/ring-layout.ts';
import { attachRing, createRing } from '../../../queue/runtime/rings/ring-memory.ts';
import { expectRefusal } from '../../support/expect-refusal.ts';

describe('the layout of a ring', () => {
  test('gives each slot one cache line, for a command with its extension or a transition', () => {
    expect(SLOT_BYTES).toBe(CACHE_LINE_BYTES);
    expect(SLOT_BYTES).toBe(2 * COMMAND_BYTES);
    expect(SLOT_BYTES).toBe(TRANSITION_BYTES);
    expect(SLOTS_OFFSET % CACHE_LINE_BYTES).toBe(0);
    expect(notesOffset(64) - SLOTS_OFFSET).toBe(64 * SLOT_BYTES);
    expect(ringBytes(64) - notesOffset(64)).toBe(64 * NOTE_BYTES);
  });

  test('puts no two cursors on lines that the hardware fetches together', () => {
    const cursors = [
      PRODUCER_WORD,
      SLEEPERS_WORD,
      ...Array.from({ length: CONSUMERS_MAX }, (_, i) => consumerWord(i)),
    ];
    const pairs = cursors.map((word) => Math.floor((word * 4) / CURSOR_SPACING_BYTES));
    expect(new Set(pairs).size).toBe(cursors.length);
    expect(pairs).not.toContain(0);
    expect(Math.floor((ACTIVITY_WORD * 4) / CACHE_LINE_BYTES)).not.toBe(
      Math.floor((SLEEPERS_WORD * 4) / CACHE_LINE_BYTES),
    );
    expect(Math.max(...cursors) * 4 + CURSOR_SPACING_BYTES).toBeLessThanOrEqual(SLOTS_OFFSET);
  });
});

describe('the memory of a ring', () => {
  test.each([0, 1, 3, 48, 2 ** 23, 2.5, Number.NaN])('refuses %d slots', (capacity) => {
    expectRefusal(() => createRing({ kind: 'spsc', capacity, consumers: 1 }), 'INVALID_FIELD', {
      field: 'ring capacity',
    });
  });

  test.each([0, 9, 1.5])('refuses %d consumers', (consumers) => {
    expectRefusal(() => createRing({ kind: 'mpsc', capacity: 8, consumers }), 'INVALID_FIELD', {
      field: 'ring consumers',
    });
  });

  test('is attached with the shape that it was made with', () => {
    const ring = createRing({ kind: 'mpsc', capacity: 8, consumers: 3 });
    expect(attachRing(ring.buffer)).toMatchObject({ kind: 'mpsc', capacity: 8, consumers: 3, mask: 7 });
  });

  test.each([
    ['ring magic', 0],
    ['ring version', 1],
    ['ring kind', 2],
    ['ring capacity', 3],
    ['ring consumers', 4],
  ])('is refused by its %s', (field, word) => {
    const ring = createRing({ kind: 'spsc', capacity: 8, consumers: 1 });
    ring.words[word] = 99;
    expectRefusal(() => attachRing(ring.buffer), 'INVALID_FIELD', { field });
  });

  test('is refused by its length', () => {
    expectRefusal(() => attachRing(new SharedArrayBuffer(64)), 'INVALID_FIELD', { field: 'ring length' });
    const ring = createRing({ kind: 'spsc', capacity: 8, consumers: 1 });
    ring.words[3] = 16;
    expectRefusal(() => attachRing(ring.buffer), 'INVALID_FIELD', { field: 'ring length' });
  });
});
