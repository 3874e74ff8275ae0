import { loadGuestImage } from '../../prover/sdk/image.ts';
import { Prover } from '../../prover/sdk/prover.ts';
import type { DataDirectory } from '../../queue/store/data-directory.ts';
import type { Claim } from '../../queue/store/job-claims.ts';
import { workerIdentity } from '../../queue/store/worker-identity.ts';
import { proveJob } from '../../queue/worker/prove-attempt.ts';
import { seek } from './round-context.ts';

/** How an attempt that stalls is made. */
export interface StallOptions {
  readonly kind: 'fake' | 'app';
  /** Variables of its stand-in host. */
  readonly environment: Readonly<Record<string, string>>;
}

const HOUR_MS = 3_600_000;
const TIMEOUT_MS = 3_600_000;
const PROOF_PATIENCE_MS = 60_000;
const REAL_HEIGHT = 20;

/**
 * An attempt at a job whose host stands still in the middle of its proof, in a process that has been silent for an hour: claim,
 * proof and closing are the product's own, so what it does once the host goes on is what a worker does that was stalled.
 */
export class StalledAttempt {
  readonly claim: Claim;
  readonly batchNumber: number;
  readonly #prover: Prover;
  readonly #hostPid: number;
  readonly #ended: Promise<{ readonly error?: unknown }>;

  /** Claims the job and stops the host in the proof. Nobody else must be handed the job meanwhile. */
  static async begin(
    directory: DataDirectory,
    jobId: string,
    options: StallOptions,
  ): Promise<StalledAttempt> {
    const prover = await Prover.start(
      options.kind === 'app'
        ? { logStackedHeight: REAL_HEIGHT }
        : {
            standIn: true,
            launcher: [
              'env',
              ...Object.entries(options.environment).map(([name, value]) => `${name}=${value}`),
            ],
          },
    );
    const taken = directory.claims.claim(jobId, workerIdentity(process.pid), Date.now() - HOUR_MS);
    const { pid } = prover;
    if (taken.outcome !== 'claimed' || pid === undefined) {
      await prover.close();
      throw new Error(`job ${jobId} could not be claimed: ${taken.outcome}`);
    }
    const { claim, row } = taken;
    const context = {
      directory,
      prover,
      image: loadGuestImage(),
      signal: new AbortController().signal,
    };
    const ended = proveJob({ ...context, timeoutMs: TIMEOUT_MS }, claim, row).then(
      () => ({}),
      (error: unknown) => ({ error }),
    );
    const isProving = () => (directory.rows.get(jobId).state === 'proving' ? true : undefined);
    if ((await seek(isProving, PROOF_PATIENCE_MS)) === undefined)
      throw new Error(`job ${jobId} came to no proof`);
    process.kill(pid, 'SIGSTOP');
    return new StalledAttempt(claim, row.batchNumber, prover, pid, ended);
  }

  private constructor(
    claim: Claim,
    batchNumber: number,
    prover: Prover,
    hostPid: number,
    ended: Promise<{ readonly error?: unknown }>,
  ) {
    this.claim = claim;
    this.batchNumber = batchNumber;
    this.#prover = prover;
    this.#hostPid = hostPid;
    this.#ended = ended;
  }

  /** Lets the host go on and waits for the end of the attempt. @returns what it threw, if it did */
  async goOn(): Promise<{ readonly error?: unknown }> {
    process.kill(this.#hostPid, 'SIGCONT');
    return this.#ended;
  }

  /** Ends the host, whatever it is at. */
  async close(): Promise<void> {
    await this.#prover.close();
    await this.#ended;
  }
}
