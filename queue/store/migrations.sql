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
-- More states, kind `fake`, and what the order of work follows. A CHECK cannot be altered: the table is made again. Foreign
-- keys are off while migrations run.
CREATE TABLE jobs_again (
  job_id TEXT PRIMARY KEY,
  batch_number INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'executing', 'proving', 'aggregating', 'verifying', 'proven', 'failed',
    'canceled', 'timed_out')),
  -- `fake` holds no proof.
  receipt_kind TEXT NOT NULL CHECK (receipt_kind IN ('app', 'stark', 'fake')),
  image_id TEXT NOT NULL,
  parameters_digest TEXT NOT NULL,
  journal BLOB NOT NULL CHECK (length(journal) = 256),
  witness_digest TEXT NOT NULL,
  commands_digest TEXT NOT NULL,
  transitions_digest TEXT NOT NULL,
  receipt_digest TEXT,
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
  -- Higher goes first, 0 .. 9.
  priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 9),
  -- Who asked for it; tenants take turns. '' is one of them.
  tenant TEXT NOT NULL DEFAULT '',
  -- Within a priority the lower turn goes first: it grows by one with each open job of a tenant.
  turn INTEGER NOT NULL DEFAULT 0,
  -- After this moment the job ends as `timed_out` unless it is proven; NULL for never.
  deadline_at_ms INTEGER,
  CHECK ((state = 'proven') = (receipt_digest IS NOT NULL))
) STRICT;
INSERT INTO jobs_again SELECT *, 0, '', 0, NULL FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_again RENAME TO jobs;
CREATE INDEX jobs_by_batch ON jobs (batch_number);
CREATE INDEX jobs_by_state ON jobs (state);

-- One row: whether jobs are handed out.
CREATE TABLE queue_switch (
  paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  reason TEXT NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT;
INSERT INTO queue_switch (paused, reason, changed_at_ms) VALUES (0, 'never paused', 0);

-- migration 3
-- What each worker process said about itself when it began to take jobs.
CREATE TABLE workers (
  worker_pid INTEGER NOT NULL,
  worker_started TEXT NOT NULL,
  host_version TEXT NOT NULL,
  backend TEXT NOT NULL,
  backend_version TEXT NOT NULL,
  image_id TEXT NOT NULL,
  parameters_digest TEXT NOT NULL,
  memory_limit_bytes INTEGER NOT NULL,
  memory_class TEXT NOT NULL CHECK (memory_class IN ('small', 'large')),
  receipt_kinds TEXT NOT NULL,
  entered_at_ms INTEGER NOT NULL,
  PRIMARY KEY (worker_pid, worker_started)
) STRICT;
