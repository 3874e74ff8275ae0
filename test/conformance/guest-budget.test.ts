import { expect, test } from 'vitest';
import { type Command, encodeCommands } from '../../engine/command.ts';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { loadGuestImage } from '../../prover/sdk/image.ts';
import { guestBench } from '../bench/guest-bench.ts';
import { runGuest } from '../support/rv32-machine.ts';

// Instruction counts are exact and the same on every machine, so that a slower guest fails here and not in a stopwatch.
const BUDGETS = {
  matching_instructions_per_command: 350,
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

const PLACE = { kind: 'place', account: 1, clientOrderId: 1n, price: 100n } as const;
const ORDERS_PER_BATCH = 1024;
const ORDERS = 4096;
const LOTS = 2n;
/** A command with its share of every hash; a walk over the whole level would be ten times as much. */
const FOK_INSTRUCTIONS_MAX = 10_000;

// Such an order costs its sender nothing: it must not cost the prover a walk over 4096 orders.
test('a FOK that needs too many makers does not look at all of them', () => {
  const { elf } = loadGuestImage();
  const engine = Engine.create(DEFAULT_MARKET_CONFIG);
  const ask: Command = { ...PLACE, side: 'ask', timeInForce: 'GTC', quantity: LOTS };
  for (let placed = 0; placed < ORDERS; placed += ORDERS_PER_BATCH) {
    engine.applyBatch(encodeCommands(Array.from({ length: ORDERS_PER_BATCH }, () => ask)), 1n);
  }
  const quantity = BigInt(ORDERS) * LOTS - 1n;
  const fok: Command = { ...PLACE, side: 'bid', timeInForce: 'FOK', quantity };
  const counts = [1, 33].map((length) => {
    const batch = Engine.restore(engine.snapshot()).applyBatch(
      encodeCommands(Array.from({ length }, () => fok)),
      2n,
    );
    const run = runGuest(elf, batch.witness);
    expect(run.exitCode).toBe(0);
    return run.instructionCount;
  });
  const [one = 0, many = 0] = counts;
  expect((many - one) / 32).toBeLessThan(FOK_INSTRUCTIONS_MAX);
}, 120_000);
