import { expect, test } from 'vitest';
import { guestBench } from '../bench/guest-bench.ts';

// Instruction counts are exact and the same on every machine, so that a slower guest fails here and not in a stopwatch.
const BUDGETS = {
  matching_instructions_per_command: 400,
  instructions_per_compression: 1450,
  compressions_per_command: 3.6,
  instructions_per_command: 5700,
} as const;

test('the committed guest keeps its budgets', () => {
  const figures = guestBench();
  for (const [name, budget] of Object.entries(BUDGETS)) {
    expect(figures[name], name).toBeGreaterThan(0);
    expect(figures[name], name).toBeLessThanOrEqual(budget);
  }
});
