import { type Static, Type } from '@sinclair/typebox';
import { hex } from '../../engine/hex.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { TRANSITION_BYTES } from '../../engine/transition.ts';
import { BatchTree } from '../../prover/merkle/batch-tree.ts';
import { transitionsOfOrder } from '../../prover/merkle/order-history.ts';
import type { ContentStore } from '../store/content-store.ts';
import type { JobRow } from '../store/job-row.ts';
import type { JobRows } from '../store/job-rows.ts';
import { Count, HexDigest, hexBytes, U64 } from './wire-values.ts';

const PAGE_BYTES = 1024;
const TREES_KEPT = 64;
/** Transitions of one order that one answer holds. */
const HISTORY_MAX = 1000;

/** A transition and the proof that its batch holds it: what `verifyInclusion` takes. */
export const InclusionSchema = Type.Object(
  {
    batchNumber: U64,
    root: HexDigest,
    recordCount: Count,
    index: Type.Integer({ minimum: 0, maximum: 255, description: 'page' }),
    count: Type.Integer({ minimum: 1, maximum: 256, description: 'pages' }),
    page: hexBytes(PAGE_BYTES),
    siblings: Type.Array(HexDigest, { minItems: 8, maxItems: 8 }),
    record: hexBytes(TRANSITION_BYTES),
    receiptDigest: Type.Union([HexDigest, Type.Null()]),
  },
  { $id: 'Inclusion', additionalProperties: false },
);

export type Inclusion = Static<typeof InclusionSchema>;

/** Hands out inclusion proofs; the trees of the batches asked for last are kept. */
export class ProofDesk {
  readonly #rows: JobRows;
  readonly #content: ContentStore;
  readonly #trees = new Map<string, { readonly tree: BatchTree; readonly transitions: Uint8Array }>();

  constructor(rows: JobRows, content: ContentStore) {
    this.#rows = rows;
    this.#content = content;
  }

  /** The transition of that sequence number. @throws RECORD_UNKNOWN when the batch has none */
  bySequence(row: JobRow, sequence: bigint): Inclusion {
    const { firstSequence, lastSequence } = decodeJournal(row.journal);
    if (sequence < firstSequence || sequence > lastSequence) {
      const reason = `batch ${row.batchNumber} has ${firstSequence} .. ${lastSequence}`;
      throw new ProofbookError('RECORD_UNKNOWN', { field: 'sequence', value: sequence, reason });
    }
    return this.#inclusion(row, Number(sequence - firstSequence));
  }

  /** Every transition that names the order, oldest first. @throws RECORD_UNKNOWN when there is none */
  byOrder(orderId: bigint): readonly Inclusion[] {
    const found: Inclusion[] = [];
    for (const row of this.#rows.list()) {
      const records = transitionsOfOrder(this.#content.get(row.transitionsDigest), orderId);
      for (const record of records) {
        if (found.length < HISTORY_MAX) found.push(this.#inclusion(row, record));
      }
    }
    if (found.length > 0) return found;
    const reason = 'no batch has a transition of this order';
    throw new ProofbookError('RECORD_UNKNOWN', { field: 'orderId', value: orderId, reason });
  }

  #inclusion(row: JobRow, record: number): Inclusion {
    const { tree, transitions } = this.#treeOf(row);
    const { index, count, page, siblings } = tree.inclusionProof(record);
    return {
      batchNumber: String(row.batchNumber),
      root: hex(tree.root),
      recordCount: tree.recordCount,
      index,
      count,
      page: hex(page),
      siblings: siblings.map((sibling) => hex(sibling)),
      record: hex(transitions.subarray(record * TRANSITION_BYTES, (record + 1) * TRANSITION_BYTES)),
      receiptDigest: row.receiptDigest ?? null,
    };
  }

  #treeOf({ transitionsDigest }: JobRow) {
    let kept = this.#trees.get(transitionsDigest);
    this.#trees.delete(transitionsDigest);
    if (kept === undefined) {
      const transitions = this.#content.get(transitionsDigest);
      kept = { tree: BatchTree.ofTransitions(transitions), transitions };
    }
    this.#trees.set(transitionsDigest, kept);
    const [oldest] = this.#trees.keys();
    if (this.#trees.size > TREES_KEPT && oldest !== undefined) this.#trees.delete(oldest);
    return kept;
  }
}
