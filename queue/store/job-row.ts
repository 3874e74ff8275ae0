import type { ContentDigest } from './content-digest.ts';

/** Receipt kinds that hold a proof. */
export const PROOF_KINDS = ['app', 'stark'] as const;
/**
 * Receipt kinds that a job can ask for. `fake` holds no proof: only a broker and a worker that were both started with
 * `--allow-fake` have such jobs. The order is part of a job's identity.
 */
export const JOB_RECEIPT_KINDS = [...PROOF_KINDS, 'fake'] as const;
export type JobReceiptKind = (typeof JOB_RECEIPT_KINDS)[number];

/**
 * `proven`, `failed`, `canceled` and `timed_out` are closed. The last three are parked: nothing happens to them until somebody
 * asks for them again; a valid proof that comes late still makes them `proven`.
 */
export const JOB_STATES = [
  'queued',
  'executing',
  'proving',
  'aggregating',
  'verifying',
  'proven',
  'failed',
  'canceled',
  'timed_out',
] as const;
export type JobState = (typeof JOB_STATES)[number];

const CLOSED_STATES = ['proven', 'failed', 'canceled', 'timed_out'] as const;
/** A state in which no worker may be at a job. */
export type ClosedState = (typeof CLOSED_STATES)[number];

/** True for a state that only a requeue or a late proof ends. */
export function isClosed(state: JobState): state is ClosedState {
  return CLOSED_STATES.some((closed) => closed === state);
}

/** For `state IN (...)`: the states in which a job waits or a worker is at it. */
export const OPEN_STATES_SQL = asSqlList(JOB_STATES.filter((state) => !isClosed(state)));
/** The same for every state but `proven`. */
export const UNPROVEN_STATES_SQL = asSqlList(JOB_STATES.filter((state) => state !== 'proven'));

function asSqlList(states: readonly JobState[]): string {
  return states.map((state) => `'${state}'`).join(', ');
}

/** What the order of work follows. */
export interface JobUrgency {
  /** 0 .. 9, higher goes first; 0 by default. */
  readonly priority?: number;
  /** Who asked for it: tenants take turns within a priority. At most 64 characters; '' by default. */
  readonly tenant?: string;
  /** Milliseconds since the epoch after which the job is `timed_out`; never by default. */
  readonly deadlineAtMs?: number | undefined;
}

/** What the broker knows of a batch when it seals it. */
export interface NewJob extends JobUrgency {
  /** {@link jobIdentity} of the fields below. */
  readonly jobId: string;
  readonly batchNumber: number;
  readonly receiptKind: JobReceiptKind;
  readonly imageId: string;
  readonly parametersDigest: string;
  /** 256 bytes. */
  readonly journal: Uint8Array;
  readonly witnessDigest: ContentDigest;
  readonly commandsDigest: ContentDigest;
  readonly transitionsDigest: ContentDigest;
}

/** What executing and proving a batch cost. */
export interface JobFigures {
  readonly instructionCount: number;
  readonly traceCells: number;
  readonly segmentCount: number;
}

/** One job as its row says it is. */
export interface JobRow extends NewJob {
  readonly state: JobState;
  readonly priority: number;
  readonly tenant: string;
  /** Within a priority the lower turn goes first. */
  readonly turn: number;
  readonly deadlineAtMs: number | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly receiptDigest: ContentDigest | undefined;
  readonly claimToken: number;
  readonly stage: string;
  readonly stageDone: number;
  readonly stageTotal: number;
  readonly figures: JobFigures | undefined;
  readonly proveDurationMs: number | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
}

/** One change of a job's state: every one has a time and a reason. */
export interface StateChange {
  readonly state: JobState;
  readonly reason: string;
  readonly claimToken: number;
  readonly changedAtMs: number;
}

/** How a claim ended: in a proof, given back by a worker that stops, or in one of the error classes. */
export type AttemptOutcome =
  | 'proven'
  | 'released'
  | 'canceled'
  | 'InvalidInput'
  | 'GuestTrap'
  | 'OutOfMemory'
  | 'HostLost'
  | 'Timeout'
  | 'WorkerLost'
  | 'ProofRejected'
  | 'Unexpected';

/** One claim of a job by a worker; `outcome` is undefined while it runs. */
export interface Attempt {
  readonly claimToken: number;
  readonly workerPid: number;
  readonly workerStarted: string;
  readonly startedAtMs: number;
  readonly heartbeatAtMs: number;
  readonly outcome: AttemptOutcome | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
}

type Columns = Readonly<Record<string, unknown>>;

/** Reads a row of table `jobs`. */
export function toJobRow(columns: Columns): JobRow {
  const instructionCount = optionalNumber(columns.instruction_count);
  return {
    jobId: String(columns.job_id),
    batchNumber: Number(columns.batch_number),
    state: String(columns.state) as JobState,
    priority: Number(columns.priority),
    tenant: String(columns.tenant),
    turn: Number(columns.turn),
    deadlineAtMs: optionalNumber(columns.deadline_at_ms),
    createdAtMs: Number(columns.created_at_ms),
    updatedAtMs: Number(columns.updated_at_ms),
    receiptKind: String(columns.receipt_kind) as JobReceiptKind,
    imageId: String(columns.image_id),
    parametersDigest: String(columns.parameters_digest),
    journal: columns.journal as Uint8Array,
    witnessDigest: String(columns.witness_digest),
    commandsDigest: String(columns.commands_digest),
    transitionsDigest: String(columns.transitions_digest),
    receiptDigest: optionalText(columns.receipt_digest),
    claimToken: Number(columns.claim_token),
    stage: String(columns.stage),
    stageDone: Number(columns.stage_done),
    stageTotal: Number(columns.stage_total),
    figures:
      instructionCount === undefined
        ? undefined
        : {
            instructionCount,
            traceCells: Number(columns.trace_cells),
            segmentCount: Number(columns.segment_count),
          },
    proveDurationMs: optionalNumber(columns.prove_duration_ms),
    errorCode: optionalText(columns.error_code),
    errorMessage: optionalText(columns.error_message),
  };
}

/** Reads a row of table `attempts`. */
export function toAttempt(columns: Columns): Attempt {
  return {
    claimToken: Number(columns.claim_token),
    workerPid: Number(columns.worker_pid),
    workerStarted: String(columns.worker_started),
    startedAtMs: Number(columns.started_at_ms),
    heartbeatAtMs: Number(columns.heartbeat_at_ms),
    outcome: optionalText(columns.outcome) as AttemptOutcome | undefined,
    errorCode: optionalText(columns.error_code),
    errorMessage: optionalText(columns.error_message),
  };
}

/** Reads a row of table `state_changes`. */
export function toStateChange(columns: Columns): StateChange {
  return {
    state: String(columns.state) as JobState,
    reason: String(columns.reason),
    claimToken: Number(columns.claim_token),
    changedAtMs: Number(columns.changed_at_ms),
  };
}

function optionalText(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

function optionalNumber(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value);
}
