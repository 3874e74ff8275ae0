import { type Static, Type } from '@sinclair/typebox';
import { hex } from '../../engine/hex.ts';
import { decodeJournal } from '../../engine/journal.ts';
import type { JobRow } from '../store/job-row.ts';
import { Count, HexDigest, U64 } from './wire-values.ts';

const Nullable = <S extends ReturnType<typeof Type.String> | typeof Count | typeof HexDigest>(schema: S) =>
  Type.Union([schema, Type.Null()]);

/** How far the proof of a batch is. */
export const JobSchema = Type.Object(
  {
    jobId: HexDigest,
    batchNumber: U64,
    state: Type.String({ description: 'queued, executing, proving, verifying, proven or failed' }),
    stage: Type.String(),
    stageDone: Count,
    stageTotal: Count,
    receiptKind: Type.String(),
    receiptDigest: Nullable(HexDigest),
    proveDurationMs: Nullable(Count),
    errorCode: Nullable(Type.String()),
    errorMessage: Nullable(Type.String()),
    createdAtMs: Count,
    updatedAtMs: Count,
  },
  { $id: 'Job', additionalProperties: false },
);

/** A sealed batch: what its journal says (protocol §7), and its job. */
export const BatchSchema = Type.Object(
  {
    batchNumber: U64,
    commandCount: Count,
    transitionCount: Count,
    firstSequence: U64,
    lastSequence: U64,
    timestampNs: U64,
    preStateRoot: HexDigest,
    postStateRoot: HexDigest,
    commandsRoot: HexDigest,
    transitionsRoot: HexDigest,
    job: JobSchema,
  },
  { $id: 'Batch', additionalProperties: false },
);

export function jobView(row: JobRow): Static<typeof JobSchema> {
  return {
    jobId: row.jobId,
    batchNumber: String(row.batchNumber),
    state: row.state,
    stage: row.stage,
    stageDone: row.stageDone,
    stageTotal: row.stageTotal,
    receiptKind: row.receiptKind,
    receiptDigest: row.receiptDigest ?? null,
    proveDurationMs: row.proveDurationMs === undefined ? null : Math.round(row.proveDurationMs),
    errorCode: row.errorCode ?? null,
    errorMessage: row.errorMessage ?? null,
    createdAtMs: row.createdAtMs,
    updatedAtMs: row.updatedAtMs,
  };
}

export function batchView(row: JobRow): Static<typeof BatchSchema> {
  const journal = decodeJournal(row.journal);
  return {
    batchNumber: String(journal.batchNumber),
    commandCount: journal.commandCount,
    transitionCount: journal.transitionCount,
    firstSequence: String(journal.firstSequence),
    lastSequence: String(journal.lastSequence),
    timestampNs: String(journal.timestamp),
    preStateRoot: hex(journal.preStateRoot),
    postStateRoot: hex(journal.postStateRoot),
    commandsRoot: hex(journal.commandsRoot),
    transitionsRoot: hex(journal.transitionsRoot),
    job: jobView(row),
  };
}
