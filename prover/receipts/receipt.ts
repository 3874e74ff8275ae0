import type { ImageId } from '../../engine/brands.ts';
import { parseImageId } from '../sdk/image-id.ts';
import { type VerifyOptions, verifyReceipt } from '../verifier/verify-receipt.ts';
import { decodeReceiptFile, encodeReceiptFile } from './receipt-file.ts';
import type { ReceiptHeader } from './receipt-header.ts';

/** What a receipt is made of. */
export interface ReceiptContent {
  readonly kind: ReceiptHeader['kind'];
  readonly backend: ReceiptHeader['backend'];
  readonly backendVersion: string;
  readonly imageId: ImageId;
  readonly parametersDigest: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly journal: Uint8Array;
  readonly seal: Uint8Array;
  readonly session: ReceiptHeader['session'];
}

/**
 * A journal and the seal that proves it: that the program `imageId` ran to its end and revealed BLAKE3(journal).
 *
 * Nothing in a receipt may be believed before `verify` has accepted it, and `session` not even then: those counts and
 * durations are the prover's own word.
 */
export class Receipt implements ReceiptContent {
  /** `app`: a proof for each segment. `stark`: one aggregated proof. `fake`: no proof at all. */
  readonly kind: ReceiptHeader['kind'];
  readonly backend: ReceiptHeader['backend'];
  readonly backendVersion: string;
  readonly imageId: ImageId;
  /** Digest of the verifier parameters under which the seal holds, 64 hex digits. */
  readonly parametersDigest: string;
  /** Those parameters, for people to read; verifiers compare the digest with pinned ones. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly journal: Uint8Array;
  readonly seal: Uint8Array;
  /** What making it cost, in the prover's own words: counts, durations in ms, memory in bytes. */
  readonly session: ReceiptHeader['session'];

  constructor(content: ReceiptContent) {
    this.kind = content.kind;
    this.backend = content.backend;
    this.backendVersion = content.backendVersion;
    this.imageId = content.imageId;
    this.parametersDigest = content.parametersDigest;
    this.parameters = content.parameters;
    this.journal = content.journal;
    this.seal = content.seal;
    this.session = content.session;
  }

  /** Milliseconds that the prover says the proof took. */
  get proveDurationMs(): number {
    return this.session.proveDurationMs;
  }

  /** The receipt as a file (prover/receipts/FORMAT.md); the same receipt always gives the same bytes. */
  encode(): Uint8Array {
    const { kind, backend, backendVersion, imageId, parametersDigest, parameters, session, journal, seal } =
      this;
    const header = { kind, backend, backendVersion, imageId, parametersDigest, parameters, session };
    return encodeReceiptFile({ header: { ...header, journalBytes: 0, sealBytes: 0 }, journal, seal });
  }

  /**
   * Reads a receipt file; `verify` is what says whether it proves anything.
   *
   * @throws RECEIPT_MAGIC, RECEIPT_VERSION, RECEIPT_TRUNCATED, RECEIPT_TRAILING, RECEIPT_HEADER, RECEIPT_CORRUPTED
   */
  static decode(bytes: Uint8Array): Receipt {
    const { header, journal, seal } = decodeReceiptFile(bytes);
    const { journalBytes, sealBytes, imageId, ...rest } = header;
    return new Receipt({ ...rest, imageId: parseImageId(imageId), journal, seal });
  }

  /**
   * Resolves when this receipt proves that the program `imageId` revealed BLAKE3(journal), and rejects otherwise.
   *
   * @throws IMAGE_MISMATCH, RECEIPT_FAKE, PARAMETERS_NOT_PINNED, PARAMETERS_MISMATCH, PROOF_REFUSED
   */
  verify(imageId: ImageId, options: VerifyOptions = {}): Promise<void> {
    return verifyReceipt(this, imageId, options);
  }
}
