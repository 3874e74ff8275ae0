import { ProofbookError } from '../../engine/proofbook-error.ts';
import { BatchTree } from './batch-tree.ts';
import type { InclusionProof } from './inclusion-refusal.ts';
import { TRANSITION_RECORD_BYTES } from './verify-inclusion.ts';

const TYPE_FILLED = 2;
const ORDER_ID_OFFSET = 16;
const MAKER_ORDER_ID_OFFSET = 24;

/** What a batch did to one order: its transitions with a proof for each page that holds one of them. */
export interface OrderHistory {
  readonly orderId: bigint;
  /** Indices of the order's transitions in the batch, ascending. */
  readonly recordIndices: readonly number[];
  /** One proof for each page, ascending; neighbouring transitions share one. */
  readonly proofs: readonly InclusionProof[];
}

/**
 * Indices of every transition that names the order, as its own order (word 2) or as the maker of a fill (word 3);
 * PROTOCOL.md §5. A refused Cancel or Reduce of the order is among them.
 *
 * @throws INVALID_LENGTH when `transitions` is not a multiple of 64 bytes, INVALID_FIELD for orderId 0.
 */
export function transitionsOfOrder(transitions: Uint8Array, orderId: bigint): readonly number[] {
  if (transitions.length % TRANSITION_RECORD_BYTES !== 0) {
    const expected = `a multiple of ${TRANSITION_RECORD_BYTES}`;
    throw new ProofbookError('INVALID_LENGTH', { field: 'transitions', value: transitions.length, expected });
  }
  // A rejected Place carries 0 in word 2: it names no order, so 0 must find nothing.
  if (orderId <= 0n)
    throw new ProofbookError('INVALID_FIELD', {
      field: 'orderId',
      value: orderId,
      reason: 'no order has it',
    });
  const view = new DataView(transitions.buffer, transitions.byteOffset, transitions.byteLength);
  const found: number[] = [];
  for (let offset = 0; offset < transitions.length; offset += TRANSITION_RECORD_BYTES) {
    const isOwn = view.getBigUint64(offset + ORDER_ID_OFFSET, true) === orderId;
    const isMaker =
      view.getUint8(offset) === TYPE_FILLED &&
      view.getBigUint64(offset + MAKER_ORDER_ID_OFFSET, true) === orderId;
    if (isOwn || isMaker) found.push(offset / TRANSITION_RECORD_BYTES);
  }
  return found;
}

/** The order's transitions in one batch, with the proofs that a trader needs to check them against transitionsRoot. */
export function orderHistory(transitions: Uint8Array, orderId: bigint): OrderHistory {
  const recordIndices = transitionsOfOrder(transitions, orderId);
  const tree = BatchTree.ofTransitions(transitions);
  const firstOfPage = new Map(recordIndices.toReversed().map((record) => [tree.pageIndexOf(record), record]));
  const records = [...firstOfPage.values()].toSorted((a, b) => a - b);
  return { orderId, recordIndices, proofs: records.map((record) => tree.inclusionProof(record)) };
}
