import { setTimeout as delay } from 'node:timers/promises';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { acksOfBatch, type CommandAck } from './command-acks.ts';
import type { Market } from './market.ts';

/** What an earlier request was answered. */
export interface StoredAcks {
  /** Of the first command. */
  readonly batchNumber: bigint;
  readonly acks: readonly CommandAck[];
}

interface BatchBytes {
  readonly batchNumber: bigint;
  readonly firstCommandNumber: bigint;
  readonly records: Uint8Array;
  readonly transitions: Uint8Array;
}

const POLL_INTERVAL_MS = 20;

/**
 * The acks of commands that were accepted before, from what is stored; batches that are on their way to the store are waited for.
 *
 * @throws MARKET_STOPPED when they will not come
 */
export async function storedAcks(
  market: Market,
  firstCommandNumber: bigint,
  commandCount: number,
): Promise<StoredAcks> {
  for (;;) {
    const found = acksSoFar(market, firstCommandNumber, commandCount);
    if (found !== undefined) return found;
    if (market.fault !== undefined) throw market.fault;
    await delay(POLL_INTERVAL_MS);
  }
}

/** Undefined while a batch of them is closed and not stored yet: between the two its commands are nowhere to be read. */
function acksSoFar(market: Market, firstCommandNumber: bigint, commandCount: number): StoredAcks | undefined {
  const end = firstCommandNumber + BigInt(commandCount);
  const acks: CommandAck[] = [];
  let batchNumber: bigint | undefined;
  let missing = commandCount;
  for (const batch of batchesFrom(market, firstCommandNumber)) {
    if (batch.firstCommandNumber >= end) break;
    const recordCount = batch.records.length / COMMAND_BYTES;
    const first = Math.max(0, Number(firstCommandNumber - batch.firstCommandNumber));
    const last = Math.min(recordCount, Number(end - batch.firstCommandNumber));
    if (last <= first) continue;
    batchNumber ??= batch.batchNumber;
    missing -= last - first;
    acks.push(
      ...acksOfBatch(batch.records, batch.transitions, batch.firstCommandNumber, first, last - first),
    );
  }
  return missing > 0 || batchNumber === undefined ? undefined : { batchNumber, acks };
}

function* batchesFrom(market: Market, commandNumber: bigint): Generator<BatchBytes> {
  const { content, batches } = market.directory;
  for (let number = market.batchOfCommand(commandNumber); ; number++) {
    const row = batches.find(number);
    if (row === undefined) break;
    yield {
      batchNumber: BigInt(number),
      firstCommandNumber: market.firstCommandOf(number),
      records: content.get(row.commandsDigest),
      transitions: content.get(row.transitionsDigest),
    };
  }
  const { open } = market.book;
  if (open === undefined) return;
  const { batchNumber, firstCommandNumber } = open;
  yield { batchNumber, firstCommandNumber, records: open.records(), transitions: open.transitions() };
}
