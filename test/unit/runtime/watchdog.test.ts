import { expect, test } from 'vitest';
import { Watchdog } from '../../../queue/runtime/standby/watchdog.ts';

test('a thread that is silent for the limit hangs, and not before', () => {
  const watchdog = new Watchdog(800);
  expect(watchdog.lookMs).toBe(100);
  const hangs = Array.from({ length: 10 }, (_, look) => watchdog.look(7, look * 100));
  expect(hangs.indexOf(true)).toBe(8);
});

test('one beat is enough to be alive', () => {
  const watchdog = new Watchdog(800);
  const hangs = Array.from({ length: 100 }, (_, look) => watchdog.look(Math.floor(look / 8), look * 100));
  expect(hangs).not.toContain(true);
});

test('a process that stood still blames nobody: time without looks does not count', () => {
  const watchdog = new Watchdog(800);
  watchdog.look(7, 0);
  expect(watchdog.look(7, 60_000)).toBe(false);
  expect(watchdog.look(7, 120_000)).toBe(false);
});
