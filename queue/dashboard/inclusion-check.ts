import type { Digest } from '../../engine/brands.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { decodeTransitions, type Transition } from '../../engine/transition.ts';
import { TRANSITION_RECORD_BYTES, verifyInclusion } from '../../prover/merkle/verify-inclusion.ts';
import { bytesOfHex } from './hex-bytes.ts';
import { count, list, record, text, u64 } from './wire.ts';

const PAGE_BYTES = 1024;
const ROOT_BYTES = 32;
const TRANSITIONS_MAX = 4096;

/** A proof as the service gives it. None of it is believed before it is checked. */
export interface StatedProof {
  readonly batchNumber: bigint;
  /** What the service says the root is: shown, never trusted. */
  readonly root: string;
  readonly recordCount: number;
  /** Number of the page. */
  readonly index: number;
  readonly page: Uint8Array;
  readonly siblings: readonly Uint8Array[];
  /** The transition that is claimed to be on the page. */
  readonly record: Uint8Array;
}

/** What the reader trusts: of a receipt that `proofbook verify` accepted. */
export interface TrustedRoot {
  readonly root: Uint8Array;
  readonly transitionCount: number;
}

export interface IncludedTransition {
  readonly transition: Transition;
  /** Number within the batch, from 0. */
  readonly recordIndex: number;
  readonly durationMs: number;
}

/** Reads the JSON of a proof. @throws INVALID_FIELD naming the field */
export function readStatedProof(value: unknown): StatedProof {
  const proof = record(value, 'proof');
  const bytes = (field: string) => bytesOfHex(text(proof, field), field);
  return {
    batchNumber: u64(proof, 'batchNumber'),
    root: text(proof, 'root'),
    recordCount: count(proof, 'recordCount'),
    index: count(proof, 'index'),
    page: bytes('page'),
    siblings: list(proof, 'siblings', (sibling) => bytesOfHex(String(sibling), 'siblings')),
    record: bytes('record'),
  };
}

/** Reads what a person typed or pasted as root and count. @throws INVALID_FIELD */
export function readTrustedRoot(rootText: string, countText: string): TrustedRoot {
  const root = bytesOfHex(rootText.trim(), 'root');
  const refuse = (field: string, value: string, reason: string): never => {
    throw new ProofbookError('INVALID_FIELD', { field, value, reason });
  };
  if (root.length !== ROOT_BYTES) refuse('root', rootText.trim() || 'empty', 'expected 64 hex digits');
  const transitionCount = /^[0-9]{1,4}$/.test(countText.trim()) ? Number(countText.trim()) : 0;
  if (transitionCount < 1 || transitionCount > TRANSITIONS_MAX)
    refuse('transition count', countText.trim() || 'empty', `expected 1 .. ${TRANSITIONS_MAX}`);
  return { root, transitionCount };
}

/**
 * Checks, from bytes alone, that the proof's transition is in the batch whose transitions have this root.
 *
 * @throws INCLUSION_REFUSED naming what is wrong
 */
export function checkInclusion(proof: StatedProof, trusted: TrustedRoot): IncludedTransition {
  const startMs = performance.now();
  const { root, transitionCount } = trusted;
  const pageCount = Math.ceil((transitionCount * TRANSITION_RECORD_BYTES) / PAGE_BYTES);
  const { index, page, siblings } = proof;
  const shown = { index, count: pageCount, page, siblings };
  const { firstRecordIndex, records } = verifyInclusion(
    root as Digest,
    transitionCount,
    TRANSITION_RECORD_BYTES,
    shown,
  );
  // The page is proven, not what is claimed to be on it.
  const at = records.findIndex((bytes) => areEqual(bytes, proof.record));
  if (at === -1) {
    throw new ProofbookError('INCLUSION_REFUSED', {
      field: 'record',
      value: `${proof.record.length} bytes`,
      reason: 'it is not on the proven page',
    });
  }
  const [transition] = decodeTransitions(proof.record);
  if (transition === undefined) throw new Error('a record of 64 bytes holds no transition');
  return { transition, recordIndex: firstRecordIndex + at, durationMs: performance.now() - startMs };
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
