import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError, UnrecoverableError } from 'bullmq';
import { messageOf } from '../../engine/message-of.ts';
import { isProofbookError } from '../../engine/proofbook-error.ts';
import { type GuestImage, loadGuestImage } from '../../prover/sdk/image.ts';
import { type JobPayload, parseJobPayload } from '../broker/job-payload.ts';
import { type DeliveredJob, openProveConsumer, type ProveConsumer } from '../redis/bull-queue.ts';
import type { QueueEndpoint } from '../redis/queue-endpoint.ts';
import type { DataDirectory } from '../store/data-directory.ts';
import type { Claim, ClaimResult } from '../store/job-claims.ts';
import { memoryDivisor } from '../store/retry-rules.ts';
import { isStoreBusy } from '../store/row-database.ts';
import { type WorkerIdentity, workerIdentity } from '../store/worker-identity.ts';
import { type BatchStage, type BatchTracer, NO_TRACES } from '../traces/batch-tracer.ts';
import { withinGrace } from '../within-grace.ts';
import { proveJob } from './prove-attempt.ts';
import { ProverPool, type ProverSettings } from './prover-pool.ts';
import { abilitiesOf, inabilityOf, type WorkerAbilities } from './worker-abilities.ts';

/** What a prove worker runs with. */
export interface ProveWorkerOptions {
  readonly directory: DataDirectory;
  readonly endpoint: QueueEndpoint;
  readonly environment: NodeJS.ProcessEnv;
  readonly prover: ProverSettings;
  /** Longest time that one execution or one proof may take. */
  readonly timeoutMs: number;
  /** A claim whose worker was silent for this long is taken over; 60 s by default. */
  readonly heartbeatLostMs?: number;
  /** After so many jobs `onWorn` is called: a fresh process has all of its memory again. Never by default. */
  readonly recycleAfter?: number | undefined;
  readonly onWorn?: () => void;
  /** Takes the stages of every attempt; none by default. */
  readonly tracer?: BatchTracer;
  /** One line about what happens, for the operator. */
  readonly log: (line: string) => void;
}

const HEARTBEAT_INTERVAL_MS = 5_000;
// Between heartbeats the claim is only looked at: a canceled job must not go on burning cores.
const CLAIM_CHECK_INTERVAL_MS = 500;
// While the queue is paused a job that was handed out is given back for this long.
const PAUSED_DELAY_MS = 1_000;
// A job that this worker cannot prove is left to others for this long.
const FOREIGN_DELAY_MS = 2_000;
// A job that another worker holds is looked at again after this long.
const HELD_DELAY_MS = 2_000;
const RETRY_DELAY_MS = 250;
const STOP_GRACE_MS = 5_000;

type Claimed = Extract<ClaimResult, { outcome: 'claimed' }>;

/**
 * Takes jobs from the queue and proves them, one at a time. It keeps no state that matters: whatever happens to it, the
 * rows say what is to be done, and the worst is that a job is tried once more.
 */
export class ProveWorker {
  readonly #options: ProveWorkerOptions;
  readonly #identity: WorkerIdentity = workerIdentity(process.pid);
  readonly #image: GuestImage;
  readonly #provers: ProverPool;
  readonly #consumer: ProveConsumer;
  readonly #stopping = new AbortController();
  #abilities: WorkerAbilities | undefined;
  #jobsTaken = 0;

  /** Starts the prover host, then begins to take jobs. @throws what starting the prover or the queue throws */
  static async start(options: ProveWorkerOptions): Promise<ProveWorker> {
    const worker = new ProveWorker(options);
    try {
      // A worker that cannot prove must not take a job.
      const { hello } = await worker.#provers.get(1);
      worker.#abilities = abilitiesOf(hello, worker.#image);
      await worker.#consumer.waitUntilReady();
      await worker.#enter(worker.#abilities);
    } catch (error) {
      await worker.stop('it could not start');
      throw error;
    }
    void worker.#consumer.run().catch((error: unknown) => options.log(`queue: ${messageOf(error)}`));
    return worker;
  }

  private constructor(options: ProveWorkerOptions) {
    this.#options = options;
    this.#image = loadGuestImage();
    this.#provers = new ProverPool(options.prover);
    const { endpoint, directory, environment } = options;
    this.#consumer = openProveConsumer(endpoint, directory.rows.storeId(), environment, (job, token) =>
      this.#process(job, token),
    );
    // Without a listener a lost connection would end the process; the client reconnects by itself.
    this.#consumer.on('error', (error) => options.log(`queue: ${error.message}`));
  }

  /** Gives a running job back, stops the prover host, and leaves the queue. Takes a few seconds at most. */
  async stop(reason: string): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort(reason);
    // BullMQ waits for the running job without limit, and for a Redis that may be gone.
    await withinGrace(this.#consumer.close(), STOP_GRACE_MS);
    await this.#provers.close();
    this.#options.directory.workers.leave(this.#identity);
  }

  /** Says what it can prove. A store that is locked now is no reason to end: the next worker would find it so, too. */
  async #enter(abilities: WorkerAbilities): Promise<void> {
    const { directory, log } = this.#options;
    for (;;) {
      try {
        directory.workers.enter({ ...this.#identity, ...abilities });
        return;
      } catch (error) {
        if (!isStoreBusy(error)) throw error;
        log(`the store: ${messageOf(error)}`);
        await delay(RETRY_DELAY_MS);
      }
    }
  }

  async #process(job: DeliveredJob, token: string | undefined): Promise<void> {
    const claimed = this.#claim(job);
    if (claimed === 'closed') return;
    if (claimed === 'held') return this.#handBack(job, token, HELD_DELAY_MS);
    if (claimed === 'paused') return this.#handBack(job, token, PAUSED_DELAY_MS);
    if (claimed === 'foreign') return this.#handBack(job, token, FOREIGN_DELAY_MS);
    const { claim, row } = claimed;
    this.#options.log(`batch ${row.batchNumber}: claim ${claim.token}, ${row.receiptKind} proof`);
    const outcome = await this.#attempt(claimed);
    this.#wear();
    if (outcome === 'again') return this.#handBack(job, token, RETRY_DELAY_MS);
    if (outcome !== 'done') throw new UnrecoverableError(outcome.failed);
    this.#options.log(`batch ${row.batchNumber}: proven and verified`);
  }

  /** Reads the entry and claims its job; an entry that names none is parked, with all that it held. */
  #claim(job: DeliveredJob): Claimed | 'held' | 'closed' | 'paused' | 'foreign' {
    const { directory, log } = this.#options;
    const queueJobId = job.id ?? '(no id)';
    try {
      const payload: JobPayload = parseJobPayload(queueJobId, job.data);
      if (directory.controls.queueSwitch().paused) return 'paused';
      if (this.#isForeign(payload.jobId)) return 'foreign';
      const result = directory.claims.claim(
        payload.jobId,
        this.#identity,
        Date.now(),
        this.#options.heartbeatLostMs,
      );
      return result.outcome === 'claimed' ? result : result.outcome;
    } catch (error) {
      if (!isProofbookError(error)) throw error;
      const payload = JSON.stringify(job.data) ?? 'undefined';
      directory.rows.park({ queueJobId, payload, errorCode: error.code, reason: error.message });
      log(`parked: ${error.message}`);
      throw new UnrecoverableError(error.message);
    }
  }

  /** A worker is given only what it can prove: another version's job waits for a worker of that version. */
  #isForeign(jobId: string): boolean {
    const row = this.#options.directory.rows.find(jobId);
    if (row === undefined || this.#abilities === undefined) return false;
    const inability = inabilityOf(this.#abilities, row);
    if (inability !== undefined)
      this.#options.log(`batch ${row.batchNumber} is left to others: ${inability}`);
    return inability !== undefined;
  }

  #wear(): void {
    this.#jobsTaken += 1;
    if (this.#jobsTaken === this.#options.recycleAfter) this.#options.onWorn?.();
  }

  async #attempt(claimed: Claimed): Promise<'done' | 'again' | { readonly failed: string }> {
    const { claim, row, attempts } = claimed;
    const { directory, timeoutMs, log, tracer = NO_TRACES } = this.#options;
    const storeId = directory.rows.storeId();
    const note = (stage: BatchStage): void =>
      tracer.note(storeId, row.batchNumber, {
        ...stage,
        attributes: { ...stage.attributes, 'proofbook.job_id': claim.jobId, 'proofbook.claim': claim.token },
      });
    const lost = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
    const heartbeat = setInterval(() => this.#beat(claim, lost), HEARTBEAT_INTERVAL_MS);
    const check = setInterval(() => this.#check(claim, lost), CLAIM_CHECK_INTERVAL_MS);
    try {
      const prover = await this.#provers.get(memoryDivisor(attempts));
      await proveJob({ directory, prover, image: this.#image, signal, timeoutMs, note }, claim, row);
      return 'done';
    } catch (error) {
      log(`batch ${row.batchNumber}: ${messageOf(error)}`);
      return this.#endAttempt(claim, error);
    } finally {
      clearInterval(heartbeat);
      clearInterval(check);
    }
  }

  #endAttempt(claim: Claim, error: unknown): 'done' | 'again' | { readonly failed: string } {
    const { claims } = this.#options.directory;
    try {
      if (this.#stopping.signal.aborted) {
        claims.release(claim, `the worker stops: ${this.#stopping.signal.reason}`);
        return 'again';
      }
      const decision = claims.closeFailed(claim, error);
      return decision.retry ? 'again' : { failed: decision.reason };
    } catch (closing) {
      // A later claim owns the job: this delivery of it has nothing more to say.
      if (isProofbookError(closing, 'CLAIM_LOST')) return 'done';
      throw closing;
    }
  }

  #beat(claim: Claim, lost: AbortController): void {
    try {
      this.#options.directory.claims.heartbeat(claim);
    } catch (error) {
      this.#options.log(messageOf(error));
      if (isProofbookError(error, 'CLAIM_LOST')) lost.abort(error);
    }
  }

  #check(claim: Claim, lost: AbortController): void {
    try {
      if (lost.signal.aborted || this.#options.directory.claims.isHeld(claim)) return;
      this.#options.log(`job ${claim.jobId}: claim ${claim.token} is gone, the proof is stopped`);
      lost.abort('the claim is gone');
    } catch (error) {
      // A store that is locked for a while is no reason to stop a proof.
      this.#options.log(messageOf(error));
    }
  }

  async #handBack(job: DeliveredJob, token: string | undefined, delayMs: number): Promise<never> {
    await job.moveToDelayed(Date.now() + delayMs, token);
    throw new DelayedError();
  }
}
