import { expect } from 'vitest';

/** Waits until something is so; twenty seconds at most. */
export const until = (condition: () => boolean) =>
  expect.poll(condition, { timeout: 20_000, interval: 2 }).toBe(true);
