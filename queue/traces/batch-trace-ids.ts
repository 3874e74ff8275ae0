import { blake3 } from '@noble/hashes/blake3.js';
import { hex } from '../../engine/hex.ts';

/** The ids of a batch's trace and of the span over all of it, hex. */
export interface BatchTraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

const CONTEXT = new TextEncoder().encode('proofbook batch trace v1');
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** Made from what every process knows of a batch, so that none has to tell another, before a restart or after it. */
export function batchTraceIds(storeId: string, batchNumber: number | bigint): BatchTraceIds {
  const digest = blake3(new TextEncoder().encode(`${storeId} ${batchNumber}`), { context: CONTEXT });
  return {
    traceId: hex(digest.subarray(0, TRACE_ID_BYTES)),
    spanId: hex(digest.subarray(TRACE_ID_BYTES, TRACE_ID_BYTES + SPAN_ID_BYTES)),
  };
}
