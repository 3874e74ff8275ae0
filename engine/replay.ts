import { COMMAND_BYTES } from './command.ts';
import { compareJournals } from './compare-journals.ts';
import { Engine, type ReplayedBatch, type SealedBatch } from './engine.ts';
import { decodeJournal } from './journal.ts';
import type { MarketConfig } from './market-config.ts';
import { ProofbookError } from './proofbook-error.ts';

/** Where a replay begins: the empty book of a market, a book as it was after some batch (protocol §8), or the caller's own engine. */
export type ReplayStart =
  | { readonly config: MarketConfig }
  | { readonly snapshot: Uint8Array }
  | { readonly engine: Engine };

/** One batch of a log. */
export interface ReplayBatch {
  /** Packed records, 1 .. 1024, all of which the batch took. */
  readonly commands: Uint8Array;
  /** ns since epoch, not below the batch before. */
  readonly timestampNs: bigint;
  /** When given, the number that the batch must turn out to have. */
  readonly batchNumber?: bigint;
  /** When given, the 256 bytes that the batch must give. */
  readonly journal?: Uint8Array;
}

/** The engine at the start of a replay. Throws INVALID_FIELD for the config, SNAPSHOT_REFUSED for the snapshot. */
function openStart(start: ReplayStart): Engine {
  if ('engine' in start) return start.engine;
  return 'config' in start ? Engine.create(start.config) : Engine.restore(start.snapshot);
}

/**
 * Applies the batches of a log, one at a time as the caller asks for the next, and yields what each gives: its journal, transitions,
 * witness. Returns the engine as it is after the last one. The same start and the same log give the same bytes, and a snapshot taken
 * after batch k followed by the log from batch k+1 on gives the same as the whole log.
 *
 * @throws INVALID_FIELD, SNAPSHOT_REFUSED for the start; what `Engine.applyBatch` throws for a batch; AUDIT_DIVERGED, naming batch,
 * field, value and what was expected, for a batch that has another number or journal than it should or that the engine did not take
 * whole; JOURNAL_MALFORMED for a journal that is none
 */
export function replay(
  start: ReplayStart,
  batches: Iterable<ReplayBatch>,
): Generator<SealedBatch, Engine, void> {
  return replayEach(start, batches, (engine, { commands, timestampNs }) =>
    engine.applyBatch(commands, timestampNs),
  );
}

/**
 * The same for somebody who only compares, and a good deal faster: yields what `Engine.replayBatch` gives, which is a journal and,
 * when asked for, transitions.
 *
 * @throws as `replay`
 */
export function replayJournals(
  start: ReplayStart,
  batches: Iterable<ReplayBatch>,
): Generator<ReplayedBatch, Engine, void> {
  return replayEach(start, batches, (engine, { commands, timestampNs }) =>
    engine.replayBatch(commands, timestampNs),
  );
}

type Given = Pick<SealedBatch, 'journal' | 'commands'>;

function* replayEach<Batch extends Given>(
  start: ReplayStart,
  batches: Iterable<ReplayBatch>,
  apply: (engine: Engine, batch: ReplayBatch) => Batch,
): Generator<Batch, Engine, void> {
  const engine = openStart(start);
  for (const batch of batches) {
    const number = engine.batchNumber() + 1n;
    const given = apply(engine, batch);
    requireSame(number, 'batchNumber of the log', batch.batchNumber ?? number, number);
    requireSame(number, 'commandCount of the log', recordsOf(batch), recordsOf(given));
    requireJournal(number, batch.journal, given.journal);
    yield given;
  }
  return engine;
}

function recordsOf({ commands }: { readonly commands: Uint8Array }): number {
  return commands.length / COMMAND_BYTES;
}

function requireJournal(number: bigint, journal: Uint8Array | undefined, replayed: Uint8Array): void {
  if (journal === undefined || Buffer.compare(journal, replayed) === 0) return;
  const difference = compareJournals(decodeJournal(journal), decodeJournal(replayed));
  if (difference !== undefined) {
    throw new ProofbookError('AUDIT_DIVERGED', { batchNumber: number, ...difference });
  }
}

function requireSame<Value extends number | bigint>(
  batchNumber: bigint,
  field: string,
  value: Value,
  expected: Value,
): void {
  if (value !== expected) {
    throw new ProofbookError('AUDIT_DIVERGED', { batchNumber, field, value, expected });
  }
}
