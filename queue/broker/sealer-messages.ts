import type { ProofPolicy } from './sequencer.ts';

/** What a sealer thread is started with. */
export interface SealerStart {
  /** Data directory of the market. */
  readonly root: string;
  readonly policy: ProofPolicy;
}

/** What the thread is asked for; it answers in order. */
export type SealerRequest =
  | { readonly kind: 'seal'; readonly commands: Uint8Array; readonly timestampNs: bigint }
  /** The receipts of these batches are written as files, for auditors. */
  | { readonly kind: 'publish'; readonly batchNumbers: readonly number[] }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'close' };

/** What the thread says. */
export type SealerAnswer =
  /** The log was replayed: the state behind its last seal. */
  | { readonly kind: 'opened'; readonly snapshot: Uint8Array; readonly batchNumber: bigint }
  | {
      readonly kind: 'sealed';
      readonly jobId: string;
      readonly batchNumber: number;
      readonly lastSequence: bigint;
      /** Milliseconds that applying, sealing and storing took. */
      readonly durationMs: number;
    }
  /** The next answer is late, because of a full disk for example. Answers nothing. */
  | { readonly kind: 'delayed'; readonly reason: string }
  | { readonly kind: 'published' }
  | { readonly kind: 'snapshot'; readonly snapshot: Uint8Array }
  | { readonly kind: 'closed' }
  /** The request that was next failed; a seal that fails is the end of the thread. */
  | { readonly kind: 'failed'; readonly reason: string };
