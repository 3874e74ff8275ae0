import { expect, test } from 'vitest';
import { BatchClock, clockOf } from '../../queue/broker/batch-clock.ts';
import { expectRefusal } from '../support/expect-refusal.ts';

test('the clock of a sequencer never decreases, and goes on once time has caught up', () => {
  const times = [1_000, 2_000, 500, 1_999, 2_001];
  let index = 0;
  const clock = new BatchClock(0n, () => times[index++] ?? 0);
  expect(times.map(() => clock.next() / 1_000_000n)).toEqual([1_000n, 2_000n, 2_000n, 2_000n, 2_001n]);
});

test('it begins at the last batch of the log', () => {
  const clock = new BatchClock(5_000_000_001n, () => 1);
  expect(clock.next()).toBe(5_000_000_001n);
});

test('the offset is a whole number of milliseconds', () => {
  expect(clockOf({})).toBe(Date.now);
  expect(
    Math.abs(clockOf({ PROOFBOOK_CLOCK_OFFSET_MS: '-3600000' })() + 3_600_000 - Date.now()),
  ).toBeLessThan(1_000);
  expectRefusal(() => clockOf({ PROOFBOOK_CLOCK_OFFSET_MS: '1h' }), 'INVALID_FIELD', { value: '"1h"' });
});
