import { readFileSync } from 'node:fs';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { decodeSnapshot } from '../../engine/decode-snapshot.ts';
import { hex } from '../../engine/hex.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';

const VERSION = 1;

/** What an auditor needs of a state file; the book beside it is for people, and nobody believes it. */
const StateFileSchema = Type.Object({
  version: Type.Literal(VERSION),
  batchNumber: Type.String({ pattern: '^[1-9][0-9]{0,19}$' }),
  stateRoot: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** Base64 of the state image with everything opened (protocol §8). */
  snapshot: Type.String({ pattern: '^[A-Za-z0-9+/]+={0,2}$' }),
});

/** The text of a state file: the whole book as JSON, and the snapshot that gives its state root. 64-bit numbers are decimal strings. */
export function encodeStateFile(snapshot: Uint8Array, receiptDigest: string | null): string {
  const { batchNumber, stateRoot, ...book } = decodeSnapshot(snapshot);
  const file = {
    version: VERSION,
    batchNumber,
    stateRoot,
    receiptDigest,
    book,
    snapshot: Buffer.from(snapshot).toString('base64'),
  };
  const asJson = (_key: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return String(value);
    return value instanceof Uint8Array ? hex(value) : value;
  };
  return `${JSON.stringify(file, asJson, 2)}\n`;
}

/** A state that a file claims. Its root is computed from the snapshot; that a receipt proves it is yet to be checked. */
export interface ClaimedState {
  readonly batchNumber: bigint;
  readonly stateRoot: string;
  readonly snapshot: Uint8Array;
}

/** @throws FILE_UNREADABLE, STATE_FILE_MALFORMED naming the field, SNAPSHOT_REFUSED */
export function readStateFile(path: string): ClaimedState {
  const file = parse(path);
  const snapshot = new Uint8Array(Buffer.from(file.snapshot, 'base64'));
  const { batchNumber, stateRoot } = decodeSnapshot(snapshot);
  if (file.batchNumber !== String(batchNumber))
    refuse(path, 'batchNumber', file.batchNumber, `the snapshot has ${batchNumber}`);
  if (file.stateRoot !== hex(stateRoot))
    refuse(path, 'stateRoot', file.stateRoot, `the snapshot gives ${hex(stateRoot)}`);
  return { batchNumber, stateRoot: file.stateRoot, snapshot };
}

function parse(path: string): Static<typeof StateFileSchema> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof SyntaxError) refuse(path, 'text', 'no JSON', reason);
    throw new ProofbookError('FILE_UNREADABLE', { path, reason }, { cause });
  }
  if (Value.Check(StateFileSchema, value)) return value;
  const first = Value.Errors(StateFileSchema, value).First();
  const shown = JSON.stringify(first?.value)?.slice(0, 80) ?? 'absent';
  return refuse(path, first?.path.slice(1) || 'file', shown, first?.message ?? 'malformed');
}

function refuse(path: string, field: string, value: string, reason: string): never {
  throw new ProofbookError('STATE_FILE_MALFORMED', { path, field, value, reason });
}
