import { Receipt, type ReceiptContent } from '../../prover/receipts/receipt.ts';
import { parseImageId } from '../../prover/sdk/image-id.ts';
import { seededBytes } from './random-bytes.ts';

/** A well-formed receipt whose seal proves nothing: for tests of the file, never of a proof. */
export function sampleReceipt(change: Partial<ReceiptContent> = {}): Receipt {
  return new Receipt({
    kind: 'app',
    backend: 'openvm',
    backendVersion: '2.0.2',
    imageId: parseImageId('ab'.repeat(32)),
    parametersDigest: 'cd'.repeat(32),
    parameters: { logStackedHeight: 20, securityBits: 100, app: { rows: [1, 2, null], name: 'ü"\\\n' } },
    journal: seededBytes(256, 1),
    seal: seededBytes(700, 2),
    session: {
      instructionCount: 73_000,
      traceCells: 9_000_000,
      segmentCount: 1,
      executeDurationMs: 12,
      proveDurationMs: 7_000,
      peakMemoryBytes: 2_000_000_000,
    },
    ...change,
  });
}
