import process from 'node:process';
import { expect, test } from 'vitest';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import type { BookFactory, BookUnderTest } from '../model/compare-books.ts';
import { MID } from '../model/flow-parts.ts';
import type { LiveOrders } from '../model/live-orders.ts';
import { RECORD_BYTES, readCommand } from '../model/model-command.ts';
import { decodeTransitionList } from '../model/model-transition.ts';
import { configOfFlow, ORDER_FLOWS, type OrderFlow } from '../model/order-flow.ts';
import type { Random } from '../model/random.ts';
import { runHistory } from '../model/run-history.ts';
import { concatBytes, packWords } from '../model/words.ts';
import { SEED } from '../support/seed.ts';
import { engineOf } from './engine-factory.ts';

/*
 * Random bytes as commands: whatever a record says, the engine answers with transitions that the model makes, too, and never with a trap.
 * Noise alone would leave the book empty and be refused at the first byte, so that some batches come from the flow of everything.
 */

/** Command records; a long run sets it to millions. */
const COMMAND_COUNT = Number(process.env.PROOFBOOK_FUZZ_COMMANDS ?? 12_000);
const HISTORY_COMMANDS_MAX = 16_000;
const DAYS_MS = 10 * 24 * 60 * 60 * 1000;

/** A record of random bytes, some of whose fields are what they should be: it gets past some checks and not past others. */
function noise(random: Random, live: LiveOrders): Uint8Array {
  const bytes = Uint8Array.from({ length: RECORD_BYTES }, () => random.below(256));
  const named = live.pick(random);
  // The head: kind, side, time in force, flags.
  if (random.chance(90)) bytes[0] = random.between(1, 8);
  if (random.chance(75)) bytes[1] = random.below(3);
  if (random.chance(75)) bytes[2] = random.below(4);
  if (random.chance(60)) bytes[3] = random.chance(50) ? 0 : 1 << random.below(8);
  // An account that others have, an order that is there, a price where others trade, a few lots, or nothing at all.
  if (random.chance(70)) bytes.set([Number(named?.account ?? 1n), 0, 0, 0], 4);
  if (random.chance(50)) bytes.set(packWords([named?.orderId ?? 0n]), 8);
  if (random.chance(70)) bytes.set(packWords([MID + BigInt(random.between(-9, 9))]), 16);
  if (random.chance(70)) bytes.set(packWords([BigInt(random.below(6))]), 24);
  if (random.chance(20)) bytes.fill(0, random.chance(50) ? 8 : 16);
  if (random.chance(10)) bytes.fill(0, 1, 4);
  return bytes;
}

const noiseFlow: OrderFlow = (random, live, count) =>
  random.chance(30)
    ? ORDER_FLOWS.everything(random, live, count)
    : concatBytes(Array.from({ length: count }, () => noise(random, live)));

/** Books whose every batch is seen to answer each command, of one record or two, with a transition. */
function answering(factory: BookFactory): BookFactory {
  const wrapped = (book: BookUnderTest): BookUnderTest => ({
    applyBatch: (commands, timestamp) => {
      const batch = book.applyBatch(commands, timestamp);
      const answered = new Set(
        decodeTransitionList(batch.transitions).map(({ commandIndex }) => commandIndex),
      );
      const begun = new Set<bigint>();
      for (let index = 0; index < batch.commands.length / RECORD_BYTES; ) {
        begun.add(BigInt(index));
        index += readCommand(batch.commands, index).extension === undefined ? 1 : 2;
      }
      expect(answered).toEqual(begun);
      return batch;
    },
    stateRoot: () => book.stateRoot(),
    snapshot: () => book.snapshot(),
    levels: (side) => book.levels(side),
  });
  return {
    create: () => wrapped(factory.create()),
    restore: (snapshot) => wrapped(factory.restore(snapshot)),
  };
}

test(
  'random bytes as commands get the answers of the model, at least one each',
  async () => {
    const config = configOfFlow(DEFAULT_MARKET_CONFIG, 'everything');
    let compared = 0;
    for (let seed = BigInt(SEED); compared < COMMAND_COUNT; seed += 1n) {
      const commandCount = Math.min(HISTORY_COMMANDS_MAX, COMMAND_COUNT - compared);
      console.log(`noise, seed ${seed}, ${commandCount} command records`);
      const plan = { name: 'noise', seed, commandCount, batchRecordsMax: 300, pickFlow: () => noiseFlow };
      compared += await runHistory(config, answering(engineOf(config)), plan);
    }
    expect(compared).toBeGreaterThanOrEqual(COMMAND_COUNT);
  },
  DAYS_MS,
);
