-- Every change of the row store, in order. A block runs once, in one transaction; `user_version` counts the blocks.
-- Rows hold digests and small values; bytes live in the content store. u64 values fit: sequences stay below 2^51.

-- migration 1
CREATE TABLE store_identity (
  -- Names the queue of this store, so that two stores on one Redis never take each other's jobs.
  store_id TEXT NOT NULL
) STRICT;

CREATE TABLE jobs (
  -- BLAKE3 of (image id, verifier parameters, receipt kind, journal, witness), 64 hex digits.
  job_id TEXT PRIMARY KEY,
  batch_number INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'executing', 'proving', 'verifying', 'proven', 'failed')),
  receipt_kind TEXT NOT NULL CHECK (receipt_kind IN ('app', 'stark')),
  image_id TEXT NOT NULL,
  parameters_digest TEXT NOT NULL,
  journal BLOB NOT NULL CHECK (length(journal) = 256),
  witness_digest TEXT NOT NULL,
  commands_digest TEXT NOT NULL,
  transitions_digest TEXT NOT NULL,
  receipt_digest TEXT,
  -- The fence: the number of the claim that may write. 0 before the first claim.
  claim_token INTEGER NOT NULL DEFAULT 0,
  stage TEXT NOT NULL DEFAULT '',
  stage_done INTEGER NOT NULL DEFAULT 0,
  stage_total INTEGER NOT NULL DEFAULT 0,
  instruction_count INTEGER,
  trace_cells INTEGER,
  segment_count INTEGER,
  prove_duration_ms INTEGER,
  error_code TEXT,
  error_message TEXT,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  CHECK ((state = 'proven') = (receipt_digest IS NOT NULL))
) STRICT;
CREATE INDEX jobs_by_batch ON jobs (batch_number);

-- One row for each claim of a job by a worker; `outcome` is NULL while it runs.
CREATE TABLE attempts (
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  claim_token INTEGER NOT NULL,
  worker_pid INTEGER NOT NULL,
  -- Start time of the worker in clock ticks since boot: a pid alone may be reused.
  worker_started TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,
  heartbeat_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  outcome TEXT,
  error_code TEXT,
  error_message TEXT,
  PRIMARY KEY (job_id, claim_token)
) STRICT;

CREATE TABLE state_changes (
  change_id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  claim_token INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX state_changes_by_job ON state_changes (job_id);

-- Queue entries that name no job of this store. Kept whole, so that nothing which was handed to us is lost.
CREATE TABLE parked_entries (
  parked_id INTEGER PRIMARY KEY,
  queue_job_id TEXT NOT NULL,
  payload TEXT NOT NULL,
  error_code TEXT NOT NULL,
  reason TEXT NOT NULL,
  parked_at_ms INTEGER NOT NULL
) STRICT;

-- migration 2
-- Keys of the HTTP interface. A key itself is never stored: only BLAKE3 of it, 64 hex digits.
CREATE TABLE api_keys (
  key_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  key_digest TEXT NOT NULL UNIQUE,
  -- Space-separated: submit, read, admin.
  scopes TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  revoked_at_ms INTEGER
) STRICT;

-- What a submission with an Idempotency-Key became: written before its batch, so that no crash can seal it twice.
CREATE TABLE submissions (
  -- Of the caller and the key that it chose.
  submission_key TEXT PRIMARY KEY,
  -- BLAKE3 of the packed commands: the same key with other content is refused.
  content_digest TEXT NOT NULL,
  batch_number INTEGER NOT NULL,
  first_command_index INTEGER NOT NULL,
  command_count INTEGER NOT NULL,
  submitted_at_ms INTEGER NOT NULL
) STRICT;
