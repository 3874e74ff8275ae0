/**
 * Every error this project can raise: stable code, message template, HTTP status.
 *
 * A `{name}` in a template is filled from the error's details. Codes are part of the public interface:
 * they are never renamed and never reused. The exit code of each is in `queue/cli/exit-codes.ts`.
 */
export const ERROR_TABLE = {
  // engine: values and commands
  INVALID_FIELD: { message: '{field} is {value}: {reason}', status: 400 },
  INVALID_COMMAND: { message: 'command {index}: {field} is {value}: {reason}', status: 400 },
  INVALID_LENGTH: { message: '{field} has {value} bytes, expected {expected}', status: 400 },
  EMPTY_BATCH: { message: 'commandCount is 0: a batch holds at least one command', status: 400 },
  BATCH_TOO_LARGE: {
    message: 'commandCount is {value}: a batch holds at most {max} command records',
    status: 413,
  },
  TIMESTAMP_REGRESSED: { message: 'timestamp is {value}: the last batch was at {previous}', status: 409 },
  ENGINE_TRAPPED: { message: 'the engine trapped: {reason}', status: 500 },
  WITNESS_REFUSED: { message: 'witness refused at {field}: {reason}', status: 400 },
  SNAPSHOT_REFUSED: { message: 'snapshot refused at {field}: {reason}', status: 400 },
  JOURNAL_MALFORMED: { message: 'journal {field} is {value}: {reason}', status: 400 },
  AGGREGATE_JOURNAL_MALFORMED: { message: 'aggregate journal {field} is {value}: {reason}', status: 400 },
  // engine: message streams (exit codes in engine/stream/exit-code.ts)
  STREAM_LENGTH: {
    message: '{path} has {value} bytes: a message stream has a header of 16 and 40 for each message',
    status: 400,
  },
  INVALID_MESSAGE: { message: 'message {index}: {field} is {value}: {reason}', status: 400 },
  ORDER_ID_LIVE: {
    message: 'message {index}: orderId is {value}: an order with this id is live',
    status: 409,
  },
  BOOK_EXHAUSTED: {
    message: 'message {index}: orderId is {value}: no order slot or price level is left for it',
    status: 507,
  },
  FILE_UNWRITABLE: { message: '{path} cannot be written: {reason}', status: 500 },
  // engine: decimal numbers
  FIXED_POINT_MALFORMED: { message: '{field} is "{value}": {reason}', status: 400 },
  FIXED_POINT_TOO_PRECISE: {
    message: '{field} is {value}: it has {decimals} decimals, at most {max} are taken',
    status: 400,
  },
  FIXED_POINT_OVERFLOW: { message: '{field} is {value}: at most {max} fits', status: 400 },
  FIXED_POINT_UNDERFLOW: { message: '{field} is {value}: below 0', status: 400 },
  FIXED_POINT_MIXED: { message: '{field} is {value}, the other number has {expected}', status: 400 },
  OFF_GRID: { message: '{field} is {value}: not a multiple of {step}', status: 400 },
  // prover: the host process
  HOST_BINARY_MISSING: {
    message: 'the prover host is not at {path}: build it with `{command}`',
    status: 503,
  },
  HOST_START_FAILED: { message: 'the prover host {path} did not start: {reason}', status: 503 },
  HOST_INCOMPATIBLE: { message: 'the prover host {field} is {value}, expected {expected}', status: 503 },
  PROVER_HOST_LOST: {
    message: 'the prover host was lost during {method}: {reason}; its last words: {lastWords}',
    status: 503,
  },
  PROVER_CLOSED: { message: 'the prover is closed: {method} was not run', status: 503 },
  FRAME_MALFORMED: { message: 'frame {field} is {value}: {reason}', status: 502 },
  METHOD_UNKNOWN: { message: 'method {method} is not one that the prover host knows', status: 502 },
  HOST_INTERNAL: { message: 'the prover host failed during {method}: {reason}', status: 500 },
  IMAGE_MALFORMED: { message: 'guest image {field} is {value}: {reason}', status: 400 },
  IMAGE_MISMATCH: { message: 'imageId is {value}, expected {expected}', status: 409 },
  JOURNAL_MISMATCH: { message: 'public values are {value}, but BLAKE3(journal) is {expected}', status: 409 },
  GUEST_TRAPPED: { message: 'the guest trapped with exit code {exitCode}: {reason}', status: 422 },
  OUT_OF_MEMORY: { message: '{method} ran out of memory: {reason}', status: 507 },
  PROVE_FAILED: { message: 'no proof was made: {reason}', status: 500 },
  PROOF_REFUSED: { message: 'the proof was refused ({reason}): {explanation}', status: 422 },
  CANCELED: { message: '{method} was canceled', status: 409 },
  TIMED_OUT: { message: '{method} did not finish within timeoutMs {value}', status: 504 },
  // guest: the build script (the codes with an exit code of their own are in guest/exit-code.ts)
  GUEST_TOOL_MISSING: {
    message: '{tool} is missing: install the Debian packages {packages}',
    status: 503,
  },
  GUEST_TOOLCHAIN_DIFFERS: {
    message: 'the committed guest was made with other tools, so its bytes cannot be compared: {differences}',
    status: 503,
  },
  GUEST_OUTDATED: {
    message:
      'engine/artifact/circuit.wasm has digest {value}, the committed guest was made from {expected}: build it again',
    status: 409,
  },
  GUEST_NOT_REPRODUCIBLE: {
    message: '{file} differs at offset {offset}: built {value}, committed {expected}',
    status: 409,
  },
  GUEST_ENGINE_REFUSED: { message: 'engine module {field} is {value}: {reason}', status: 400 },
  GUEST_BUILD_FAILED: { message: 'the guest was not built, {step} failed: {reason}', status: 500 },
  GUEST_IMAGE_ID_FAILED: { message: 'the prover host {path} gave no image id: {reason}', status: 502 },
  // prover: receipt files
  RECEIPT_MAGIC: {
    message: 'receipt magic is {value}, expected {expected}: this is no receipt',
    status: 400,
  },
  RECEIPT_VERSION: {
    message: 'receipt format version is {value}: this code reads version {expected}',
    status: 400,
  },
  RECEIPT_TRUNCATED: {
    message: 'receipt {field} is cut short: {value} bytes are there, {expected} needed',
    status: 400,
  },
  RECEIPT_TRAILING: {
    message: 'receipt has {value} bytes, expected {expected}: bytes follow its end',
    status: 400,
  },
  RECEIPT_CORRUPTED: { message: 'receipt checksum is {value}, its bytes hash to {expected}', status: 400 },
  RECEIPT_HEADER: { message: 'receipt header {field} is {value}: {reason}', status: 400 },
  // prover: verification
  RECEIPT_FAKE: {
    message: 'receipt kind is fake: it holds no proof, and is refused unless acceptFake is given',
    status: 422,
  },
  IMAGE_NOT_PINNED: {
    message: 'imageId {value} is not pinned: this verifier accepts {expected}',
    status: 422,
  },
  PARAMETERS_NOT_PINNED: {
    message: 'parametersDigest {value} is not pinned: this verifier accepts {expected}',
    status: 422,
  },
  PARAMETERS_MISMATCH: {
    message: 'parametersDigest is {value}, the prover host verifies under {expected}',
    status: 422,
  },
  AGGREGATE_KIND: {
    message: 'aggregate kind is {value}, expected {expected}: its size would grow with its batches',
    status: 422,
  },
  INCLUSION_REFUSED: { message: 'inclusion proof {field} is {value}: {reason}', status: 422 },
  CHAIN_EMPTY: { message: 'receipts is empty: a chain has at least one receipt', status: 400 },
  CHAIN_RECEIPT_REFUSED: {
    message: 'batch {batchNumber}: receipt {index} was refused: {reason}',
    status: 422,
  },
  CHAIN_JOURNAL_MALFORMED: { message: 'receipt {index}: journal {field} is {value}: {reason}', status: 422 },
  CHAIN_NOT_GENESIS: {
    message: 'batch {batchNumber}: {field} is {value}, the first batch has {expected}',
    status: 422,
  },
  CHAIN_BATCH_NUMBER: {
    message: 'batch {batchNumber}: batchNumber is {value}, expected {expected}',
    status: 422,
  },
  CHAIN_STATE_ROOT: {
    message: 'batch {batchNumber}: preStateRoot is {value}, the last postStateRoot is {expected}',
    status: 422,
  },
  CHAIN_SEQUENCE: {
    message: 'batch {batchNumber}: firstSequence is {value}, expected {expected}',
    status: 422,
  },
  CHAIN_TIMESTAMP: {
    message: 'batch {batchNumber}: timestamp is {value}, below the last batch at {expected}',
    status: 422,
  },
  CHAIN_CONFIG: { message: 'batch {batchNumber}: configDigest is {value}, expected {expected}', status: 422 },
  CHAIN_MARKET: { message: 'batch {batchNumber}: marketId is {value}, expected {expected}', status: 422 },
  // queue: store and jobs
  STORE_REFUSED: { message: 'row store {path} was refused: {reason}', status: 500 },
  CONTENT_MISSING: { message: 'content {digest} is not in the store', status: 404 },
  CONTENT_CORRUPTED: { message: 'content {digest} is damaged: its bytes hash to {actual}', status: 500 },
  JOB_MALFORMED: { message: 'job {jobId}: {field} is {value}: {reason}', status: 400 },
  JOB_UNKNOWN: { message: 'jobId is {jobId}: the store has no such job', status: 404 },
  JOB_FAILED: { message: 'batch {batchNumber} was not proven, job {jobId} is parked: {reason}', status: 422 },
  SEQUENCER_STOPPED: {
    message: 'batch {batchNumber} was not made durable, the market must be opened again: {reason}',
    status: 503,
  },
  QUEUE_FULL: { message: 'openJobs is {value}: at most {max} are taken, try again later', status: 429 },
  CLAIM_LOST: {
    message: 'job {jobId}: claim {value} may no longer write, the claim is {expected}',
    status: 409,
  },
  WORKER_LOST: { message: 'prove worker {workerPid} died while it held claim {claimToken}', status: 503 },
  WORKERS_EXHAUSTED: { message: 'prove workers died {value} times, the last one {reason}', status: 503 },
  QUEUE_UNAVAILABLE: { message: 'the queue on {backend} cannot be used: {reason}', status: 503 },
  REDIS_EVICTS: {
    message: 'maxmemory-policy of {url} is {value}: a queue needs noeviction, else Redis drops jobs',
    status: 503,
  },
  // queue: files and command line
  FILE_UNREADABLE: { message: '{path} cannot be read: {reason}', status: 400 },
  DATA_DIRECTORY_IN_USE: { message: 'data directory {path} holds {value} already: {reason}', status: 409 },
  DATA_DIRECTORY_LOCKED: { message: 'data directory {path} is held by process {value}', status: 409 },
  MANIFEST_MALFORMED: { message: 'manifest {path}: {field} is {value}: {reason}', status: 400 },
  COMMAND_LOG_MALFORMED: {
    message: 'command log {path}, entry {entry}: {field} is {value}: {reason}',
    status: 400,
  },
  LOG_UNWRITABLE: { message: 'command log {path} cannot be appended to: {reason}', status: 507 },
  // queue: the service
  MARKET_UNKNOWN: { message: 'marketId is {value}: the service has no such market', status: 404 },
  MARKET_EXISTS: { message: 'marketId is {value}: the service has this market already', status: 409 },
  MARKET_STOPPED: { message: 'market {value} takes no commands: {reason}', status: 503 },
  BATCH_UNKNOWN: { message: '{field} is {value}: the market has no such batch', status: 404 },
  RECEIPT_UNKNOWN: {
    message: 'batchNumber is {value}: it is not proven yet, its job is {state}',
    status: 404,
  },
  IDEMPOTENCY_CONFLICT: {
    message: 'Idempotency-Key is {value}: {field} differs from what was sent under it before',
    status: 409,
  },
  ROUTE_UNKNOWN: { message: '{field} is {value}: there is nothing here', status: 404 },
  METHOD_NOT_ALLOWED: { message: '{field} is {value}: this path takes {allowed}', status: 405 },
  REQUEST_MALFORMED: { message: '{field} is {value}: {reason}', status: 400 },
  MEDIA_TYPE_UNSUPPORTED: { message: 'Content-Type is {value}: {reason}', status: 415 },
  BODY_TOO_LARGE: { message: 'the body is larger than {max} bytes', status: 413 },
  KEY_REQUIRED: { message: 'Authorization is {value}: {reason}', status: 401 },
  SCOPE_MISSING: { message: 'the API key {value} lacks the scope {expected}', status: 403 },
  KEY_UNKNOWN: { message: 'keyId is {value}: there is no such API key', status: 404 },
  RATE_LIMITED: { message: 'the API key {value} is past {max} {reason}', status: 429 },
  UNEXPECTED: { message: 'the service failed: {reason}', status: 500 },
  ITCH_MALFORMED: { message: '{path}, message {message}: {field} is {value}: {reason}', status: 400 },
  LOBSTER_MALFORMED: { message: '{file} line {line}: {field} is {value}: {reason}', status: 400 },
  AUDIT_DIVERGED: {
    message: 'batch {batchNumber}: {field} is {value}, replaying the command log gives {expected}',
    status: 422,
  },
  RECORD_DIVERGED: {
    message:
      'batch {batchNumber}, command {commandIndex}: {record}, field {field}: recorded {value}, replayed {expected}',
    status: 422,
  },
  ORDER_UNKNOWN: { message: '{field} is {value}: no batch of {path} names this order', status: 404 },
  STATE_FILE_MALFORMED: { message: 'state file {path}: {field} is {value}: {reason}', status: 400 },
  STATE_NOT_PROVEN: {
    message: '{path}: {field} is {value}, the receipt of batch {batchNumber} proves {expected}',
    status: 422,
  },
  // queue: the gateways of the runtime
  GATEWAY_CONFIG_MALFORMED: { message: 'gateway file {path}: {field} is {value}: {reason}', status: 400 },
  GATEWAY_UNAVAILABLE: { message: 'the gateway cannot listen on {host}:{port}: {reason}', status: 503 },
  USAGE: { message: '{field} is {value}: {reason}', status: 400 },
} as const satisfies Record<string, { readonly message: string; readonly status: number }>;

/** Code of an error; never renamed and never reused. */
export type ErrorCode = keyof typeof ERROR_TABLE;
