import { Engine } from '../../engine/engine.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { decodeMarketConfig } from '../../engine/market-config.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { decodeTransitions, type Transition } from '../../engine/transition.ts';
import { orderHistory, transitionsOfOrder } from '../../prover/merkle/order-history.ts';
import {
  type InclusionProof,
  TRANSITION_RECORD_BYTES,
  verifyInclusion,
} from '../../prover/merkle/verify-inclusion.ts';
import { OwnHosts } from '../../prover/verifier/own-hosts.ts';
import { PINNED_IMAGE, PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';
import { CommandLog } from '../store/command-log.ts';
import { contentDigest } from '../store/content-digest.ts';
import { dataPaths, receiptPath } from '../store/data-directory.ts';
import { parseCommandLine, required } from './arguments.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { Output } from './output.ts';
import { type ReceiptReplay, replayReceipts } from './replay-receipts.ts';

const ORDER_ID_MAX = (1n << 64n) - 1n;

/** What one proven batch did to the order; every transition here was read from a page that a proof shows under `transitionsRoot`. */
interface ProvenHistory {
  readonly batchNumber: bigint;
  readonly kind: string;
  readonly receipt: string;
  /** BLAKE3 of the receipt file. */
  readonly receiptDigest: string;
  readonly transitionsRoot: string;
  readonly transitionCount: number;
  readonly transitions: readonly { readonly recordIndex: number; readonly transition: Transition }[];
  /** One for each page that holds one of them. */
  readonly proofs: readonly InclusionProof[];
}

/**
 * `proofbook inclusion --order ID --data DIR`: every transition of an order, each with the proof that its batch holds it. The receipts of
 * those batches are verified here and now, and each proof is checked under their roots, before anything is printed.
 */
export async function runInclusion(args: readonly string[], output: Output): Promise<number> {
  const { values } = parseCommandLine(
    args,
    {
      order: { type: 'string' },
      data: { type: 'string' },
      'accept-fake': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    false,
  );
  const orderId = parseOrderId(required('--order', values.order));
  const root = required('--data', values.data);
  const paths = dataPaths(root);
  const log = new CommandLog(paths.commandLog).read();
  const hosts = new OwnHosts(PINNED_PARAMETERS);
  const found: ProvenHistory[] = [];
  try {
    for (const batch of replayReceipts(
      paths,
      log,
      output.progress,
      Engine.create(decodeMarketConfig(log.marketConfig)),
    )) {
      if (transitionsOfOrder(batch.replayed.transitions(), orderId).length === 0) continue;
      await batch.receipt.verify(PINNED_IMAGE.imageId, {
        prover: hosts,
        ...(values['accept-fake'] ? { acceptFake: true } : {}),
      });
      const path = receiptPath(paths, Number(decodeJournal(batch.receipt.journal).batchNumber));
      found.push(proveHistory(batch, orderId, path));
    }
  } finally {
    await hosts.close();
  }
  output.progress.finish();
  if (found.length === 0) {
    throw new ProofbookError('ORDER_UNKNOWN', { field: '--order', value: orderId, path: root });
  }
  output.result(
    values.json
      ? JSON.stringify({ verified: true, orderId, batches: found }, asJson)
      : found.flatMap(sentences).join('\n'),
  );
  return EXIT_CODES.success;
}

function parseOrderId(text: string): bigint {
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
  if (value >= 1n && value <= ORDER_ID_MAX) return value;
  const reason = `must be an order id, 1 .. ${ORDER_ID_MAX}`;
  throw new ProofbookError('USAGE', { field: '--order', value: JSON.stringify(text), reason });
}

function proveHistory({ receipt, replayed }: ReceiptReplay, orderId: bigint, path: string): ProvenHistory {
  const { batchNumber, transitionsRoot, transitionCount } = decodeJournal(receipt.journal);
  const { recordIndices, proofs } = orderHistory(replayed.transitions(), orderId);
  const wanted = new Set(recordIndices);
  const transitions = proofs.flatMap((proof) => {
    const page = verifyInclusion(transitionsRoot, transitionCount, TRANSITION_RECORD_BYTES, proof);
    return page.records.flatMap((record, at) => {
      const recordIndex = page.firstRecordIndex + at;
      return wanted.has(recordIndex)
        ? decodeTransitions(record).map((transition) => ({ recordIndex, transition }))
        : [];
    });
  });
  return {
    batchNumber,
    kind: receipt.kind,
    receipt: path,
    receiptDigest: contentDigest(receipt.encode()),
    transitionsRoot: Buffer.from(transitionsRoot).toString('hex'),
    transitionCount,
    transitions,
    proofs,
  };
}

/** Numbers of 64 bits as decimal strings, bytes as hex. */
function asJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

function sentences({ batchNumber, kind, receipt, transitionsRoot, transitions }: ProvenHistory): string[] {
  const proof = kind === 'fake' ? 'FAKE receipt, no proof at all' : `${kind} proof holds`;
  return [
    `batch ${batchNumber}, transitions root ${transitionsRoot}: ${proof} (${receipt})`,
    ...transitions.map(
      ({ recordIndex, transition: { type, quantity, price, remaining } }) =>
        `  transition ${recordIndex}: ${type} ${quantity} lots at ${price} ticks, ${remaining} remaining`,
    ),
  ];
}
