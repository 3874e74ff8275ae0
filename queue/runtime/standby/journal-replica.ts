import { ProofbookError } from '../../../engine/proofbook-error.ts';
import type { JournalFollower, JournalledBatch } from '../pipeline/journal-follower.ts';
import type { MarketEngine } from '../pipeline/market-engine.ts';

const BATCH_NUMBER_OF_HEADER = 1;
const RECORD_BYTES = 32;

/** A second engine that does what the journal says. */
export class JournalReplica {
  readonly #engine: MarketEngine;
  readonly #follower: JournalFollower;

  constructor(engine: MarketEngine, follower: JournalFollower) {
    this.#engine = engine;
    this.#follower = follower;
  }

  /** Applies the groups that have come; returns how many batches. @throws AUDIT_DIVERGED, COMMAND_LOG_MALFORMED */
  catchUp(): number {
    let applied = 0;
    for (let batches = this.#follower.next(); batches.length > 0; batches = this.#follower.next()) {
      for (const batch of batches) this.#apply(batch);
      applied += batches.length;
    }
    return applied;
  }

  #apply(batch: JournalledBatch): void {
    const { module, bytes, longs } = this.#engine;
    bytes.set(batch.commands, module.commandsPointer());
    const records = batch.commands.length / RECORD_BYTES;
    const taken = module.applyBatch(records, batch.timestampNs);
    const number = longs[module.headerPointer() / 8 + BATCH_NUMBER_OF_HEADER] ?? 0n;
    requireSame(batch.batchNumber, 'batchNumber', batch.batchNumber, number);
    requireSame(batch.batchNumber, 'commandCount', records, taken);
    requireSame(batch.batchNumber, 'transitionCount', batch.transitionCount, module.transitionCount());
  }
}

function requireSame(
  batchNumber: bigint,
  field: string,
  value: number | bigint,
  expected: number | bigint,
): void {
  if (value !== expected) throw new ProofbookError('AUDIT_DIVERGED', { batchNumber, field, value, expected });
}
