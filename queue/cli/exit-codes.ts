import type { ErrorCode } from '../../engine/error-table.ts';
import { isProofbookError } from '../../engine/proofbook-error.ts';

/** Every exit code of `proofbook`; docs/exit-codes.md says when each is used. */
export const EXIT_CODES = {
  success: 0,
  unexpected: 1,
  usage: 2,
  malformed: 3,
  receiptRefused: 4,
  chainBroken: 5,
  diverged: 6,
  notProven: 7,
  unavailable: 8,
  recycled: 75,
  interrupted: 130,
} as const;

export type ExitCodeName = keyof typeof EXIT_CODES;

/** The exit code of each error code; what is not here is `unexpected`, a fault of the program itself. */
export const EXIT_CODE_OF_ERROR: Readonly<Partial<Record<ErrorCode, ExitCodeName>>> = {
  USAGE: 'usage',
  ORDER_UNKNOWN: 'usage',
  ROUTE_UNKNOWN: 'usage',
  MARKET_UNKNOWN: 'usage',
  BATCH_UNKNOWN: 'usage',
  SCOPE_MISSING: 'usage',
  KEY_REQUIRED: 'usage',
  KEY_UNKNOWN: 'usage',
  MARKET_EXISTS: 'usage',
  DATA_DIRECTORY_IN_USE: 'usage',

  INVALID_FIELD: 'malformed',
  INVALID_COMMAND: 'malformed',
  INVALID_LENGTH: 'malformed',
  EMPTY_BATCH: 'malformed',
  BATCH_TOO_LARGE: 'malformed',
  TIMESTAMP_REGRESSED: 'malformed',
  JOURNAL_MALFORMED: 'malformed',
  AGGREGATE_JOURNAL_MALFORMED: 'malformed',
  SNAPSHOT_REFUSED: 'malformed',
  WITNESS_REFUSED: 'malformed',
  FIXED_POINT_MALFORMED: 'malformed',
  FIXED_POINT_TOO_PRECISE: 'malformed',
  FIXED_POINT_OVERFLOW: 'malformed',
  FIXED_POINT_UNDERFLOW: 'malformed',
  FIXED_POINT_MIXED: 'malformed',
  OFF_GRID: 'malformed',
  IMAGE_MALFORMED: 'malformed',
  RECEIPT_MAGIC: 'malformed',
  RECEIPT_VERSION: 'malformed',
  RECEIPT_TRUNCATED: 'malformed',
  RECEIPT_TRAILING: 'malformed',
  RECEIPT_CORRUPTED: 'malformed',
  RECEIPT_HEADER: 'malformed',
  FILE_UNREADABLE: 'malformed',
  MANIFEST_MALFORMED: 'malformed',
  COMMAND_LOG_MALFORMED: 'malformed',
  LOBSTER_MALFORMED: 'malformed',
  ITCH_MALFORMED: 'malformed',
  GATEWAY_CONFIG_MALFORMED: 'malformed',
  STATE_FILE_MALFORMED: 'malformed',
  CONTENT_MISSING: 'malformed',
  CONTENT_CORRUPTED: 'malformed',
  STORE_REFUSED: 'malformed',
  JOB_MALFORMED: 'malformed',
  JOB_UNKNOWN: 'malformed',
  REQUEST_MALFORMED: 'malformed',
  MEDIA_TYPE_UNSUPPORTED: 'malformed',
  BODY_TOO_LARGE: 'malformed',
  IDEMPOTENCY_CONFLICT: 'malformed',

  RECEIPT_FAKE: 'receiptRefused',
  IMAGE_MISMATCH: 'receiptRefused',
  IMAGE_NOT_PINNED: 'receiptRefused',
  PARAMETERS_NOT_PINNED: 'receiptRefused',
  PARAMETERS_MISMATCH: 'receiptRefused',
  JOURNAL_MISMATCH: 'receiptRefused',
  PROOF_REFUSED: 'receiptRefused',
  AGGREGATE_KIND: 'receiptRefused',
  INCLUSION_REFUSED: 'receiptRefused',
  CHAIN_RECEIPT_REFUSED: 'receiptRefused',

  CHAIN_EMPTY: 'chainBroken',
  CHAIN_JOURNAL_MALFORMED: 'chainBroken',
  CHAIN_NOT_GENESIS: 'chainBroken',
  CHAIN_BATCH_NUMBER: 'chainBroken',
  CHAIN_STATE_ROOT: 'chainBroken',
  CHAIN_SEQUENCE: 'chainBroken',
  CHAIN_TIMESTAMP: 'chainBroken',
  CHAIN_CONFIG: 'chainBroken',
  CHAIN_MARKET: 'chainBroken',

  AUDIT_DIVERGED: 'diverged',
  RECORD_DIVERGED: 'diverged',
  STATE_NOT_PROVEN: 'diverged',

  JOB_FAILED: 'notProven',
  WORKERS_EXHAUSTED: 'notProven',
  WORKER_LOST: 'notProven',
  GUEST_TRAPPED: 'notProven',
  OUT_OF_MEMORY: 'notProven',
  PROVE_FAILED: 'notProven',
  TIMED_OUT: 'notProven',
  RECEIPT_UNKNOWN: 'notProven',

  HOST_BINARY_MISSING: 'unavailable',
  HOST_START_FAILED: 'unavailable',
  HOST_INCOMPATIBLE: 'unavailable',
  PROVER_HOST_LOST: 'unavailable',
  QUEUE_UNAVAILABLE: 'unavailable',
  RATE_LIMITED: 'unavailable',
  LOG_UNWRITABLE: 'unavailable',
  MARKET_STOPPED: 'unavailable',
  QUEUE_FULL: 'unavailable',
  GATEWAY_UNAVAILABLE: 'unavailable',
  REDIS_EVICTS: 'unavailable',
  SEQUENCER_STOPPED: 'unavailable',
  DATA_DIRECTORY_LOCKED: 'unavailable',

  CANCELED: 'interrupted',
};

/** The exit code for what a command threw. */
export function exitCodeOf(error: unknown): number {
  const name = isProofbookError(error) ? EXIT_CODE_OF_ERROR[error.code] : undefined;
  return EXIT_CODES[name ?? 'unexpected'];
}
