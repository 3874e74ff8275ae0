import { ProofbookError } from '../../engine/proofbook-error.ts';
import { type AggregatePart, aggregateRunOf } from '../aggregation/aggregate-run.ts';
import { AggregatedReceipt } from '../receipts/aggregated-receipt.ts';
import type { Receipt } from '../receipts/receipt.ts';
import { fakeReceiptOf, receiptOfProof, receiptOfStandIn, sessionOfExecution } from './answered-run.ts';
import { ExecutorEnv } from './executor-env.ts';
import type { HostHello } from './host-messages.ts';
import type { CallOptions } from './host-process.ts';
import { HostSession, type HostSettings } from './host-session.ts';
import { type GuestImage, loadAggregationImage } from './image.ts';
import type { SessionInfo } from './session-info.ts';
import { type SealClaim, type SealVerifier, verifySealIn } from './verify-seal.ts';

/** How a prover is started. */
export interface ProverOptions extends HostSettings {
  /**
   * Make receipts without a proof. The guest is still executed, so a bad witness still traps, but such a receipt
   * proves nothing: its kind says `fake`, and verification refuses it unless asked by name to accept it.
   */
  readonly fake?: true;
}

/** How one proof is made. */
export interface ProveOptions extends CallOptions {
  /** `app` (default): one proof for each segment, quick. `stark`: all of it aggregated into one. */
  readonly kind?: 'app' | 'stark';
}

/**
 * Runs guests and proves them, in the shape of RISC Zero's prover.
 *
 * @example
 * const prover = await Prover.start();
 * const image = loadGuestImage();
 * const env = ExecutorEnv.builder().write(sealed.witness).journal(sealed.journal).build();
 * const receipt = await prover.prove(env, image);
 * await receipt.verify(image.imageId, { prover });
 * await prover.close();
 */
export class Prover implements SealVerifier {
  readonly #session: HostSession;
  readonly #isFake: boolean;

  private constructor(session: HostSession, isFake: boolean) {
    this.#session = session;
    this.#isFake = isFake;
  }

  /** Starts the prover host. @throws HOST_BINARY_MISSING, HOST_START_FAILED, HOST_INCOMPATIBLE */
  static async start(options: ProverOptions = {}): Promise<Prover> {
    const { fake, ...settings } = options;
    return new Prover(await HostSession.start(settings), fake === true);
  }

  /** What the host said about itself: versions, parameters and their digest, memory limit. */
  get hello(): HostHello {
    return this.#session.hello;
  }

  /** Process id of the running host, which also leads its process group; undefined while none runs. */
  get pid(): number | undefined {
    return this.#session.pid;
  }

  /**
   * Runs the guest without proving it.
   *
   * @throws GUEST_TRAPPED with the exit code (PROTOCOL.md §8), IMAGE_MISMATCH when the ELF is not the image's,
   * JOURNAL_MISMATCH when the env names a journal and the guest revealed another, CANCELED, TIMED_OUT, PROVER_HOST_LOST.
   */
  async execute(env: ExecutorEnv, image: GuestImage, options: CallOptions = {}): Promise<SessionInfo> {
    const { result } = await this.#session.call('execute', {}, [image.elf, ...env.inputs], options);
    return sessionOfExecution(result, image, env.journal);
  }

  /**
   * Runs the guest and proves the run. The host has verified the proof before it answers, and what it answers is
   * compared here with what was asked: the image, and the journal of the env.
   *
   * @throws IMAGE_MISMATCH, JOURNAL_MISMATCH, GUEST_TRAPPED, OUT_OF_MEMORY, PROVE_FAILED, PROOF_REFUSED, CANCELED,
   * TIMED_OUT, PROVER_HOST_LOST; INVALID_FIELD when the env has no journal.
   */
  async prove(env: ExecutorEnv, image: GuestImage, options: ProveOptions = {}): Promise<Receipt> {
    const { kind = 'app', ...callOptions } = options;
    const { journal } = env;
    if (journal === undefined) {
      const reason = 'a receipt states a journal: give it with ExecutorEnv.builder().journal(...)';
      throw new ProofbookError('INVALID_FIELD', { field: 'journal', value: 'absent', reason });
    }
    const asked = { kind, image, journal };
    if (this.#isFake) return fakeReceiptOf(await this.execute(env, image, callOptions), asked, this.hello);
    const answer = await this.#session.call('prove', { kind }, [image.elf, ...env.inputs], callOptions);
    if (this.hello.backend === 'fake') return receiptOfStandIn(answer, asked, this.hello);
    return receiptOfProof(answer, asked, this.hello);
  }

  /**
   * Proves consecutive batches as one run, in one `stark` proof (docs/aggregation.md). Batches of earlier aggregates may be among the parts.
   *
   * @throws CHAIN_* naming the batch that does not continue the one before, WITNESS_REFUSED, INVALID_FIELD for more than 256 batches,
   * and what `prove` throws
   */
  async aggregate(parts: readonly AggregatePart[], options: CallOptions = {}): Promise<AggregatedReceipt> {
    const run = aggregateRunOf(parts);
    const env = new ExecutorEnv(run.inputs, run.journal);
    const receipt = await this.prove(env, loadAggregationImage(), { ...options, kind: 'stark' });
    return new AggregatedReceipt(receipt);
  }

  /** Checks a seal in this prover's host; `receipt.verify(imageId, { prover })` is the way to use it. */
  verifySeal(claim: SealClaim, options: CallOptions = {}): Promise<void> {
    return verifySealIn(this.#session, claim, options);
  }

  /** Ends the host. Calls that still run reject with PROVER_CLOSED. Closing twice is fine. */
  close(): Promise<void> {
    return this.#session.close();
  }
}
