import { blake3 } from '@noble/hashes/blake3.js';
import type { ImageId } from '../../engine/brands.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { Receipt } from '../receipts/receipt.ts';
import type { ExecutorEnv } from './executor-env.ts';
import type { HostHello, HostResult } from './host-messages.ts';
import type { CallOptions } from './host-process.ts';
import { HostSession, type HostSettings } from './host-session.ts';
import type { GuestImage } from './image.ts';
import { parseImageId } from './image-id.ts';
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
  readonly #imageIds = new WeakMap<GuestImage, ImageId>();

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
   * @throws GUEST_TRAPPED with the exit code (PROTOCOL.md §8), JOURNAL_MISMATCH when the env names a journal and the
   * guest revealed another, CANCELED, TIMED_OUT, PROVER_HOST_LOST.
   */
  async execute(env: ExecutorEnv, image: GuestImage, options: CallOptions = {}): Promise<SessionInfo> {
    const { result } = await this.#session.call('execute', {}, [image.elf, ...env.inputs], options);
    const publicValues = fromHex(result.publicValues);
    if (env.journal !== undefined) requireJournalDigest(publicValues, env.journal);
    return {
      instructionCount: result.instructionCount,
      traceCells: result.traceCells,
      segmentCount: result.segments.length,
      publicValues,
      executeDurationMs: result.executeDurationMs,
    };
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
    // A wrong image is found before the proof is paid for, and again in what the proof says it proves.
    requireImageId(await this.#imageIdOf(image, callOptions), image);
    if (this.#isFake) return this.#fakeReceipt(env, journal, image, callOptions);
    const answer = await this.#session.call('prove', { kind }, [image.elf, ...env.inputs], callOptions);
    const { result } = answer;
    const seal = requireOneSeal(answer.attachments);
    requireImageId(result.imageId, image);
    requireJournalDigest(fromHex(result.publicValues), journal);
    return new Receipt({
      kind: result.kind,
      backend: 'openvm',
      ...this.#identity(result.parametersDigest),
      imageId: image.imageId,
      journal,
      seal,
      session: sessionOf(result),
    });
  }

  /** Checks a seal in this prover's host; `receipt.verify(imageId, { prover })` is the way to use it. */
  verifySeal(claim: SealClaim, options: CallOptions = {}): Promise<void> {
    return verifySealIn(this.#session, claim, options);
  }

  /** Ends the host. Calls that still run reject with PROVER_CLOSED. Closing twice is fine. */
  close(): Promise<void> {
    return this.#session.close();
  }

  async #fakeReceipt(
    env: ExecutorEnv,
    journal: Uint8Array,
    image: GuestImage,
    options: CallOptions,
  ): Promise<Receipt> {
    const info = await this.execute(env, image, options);
    const { instructionCount, traceCells, segmentCount } = info;
    return new Receipt({
      kind: 'fake',
      backend: 'fake',
      ...this.#identity(this.hello.parametersDigest),
      imageId: image.imageId,
      journal,
      seal: new Uint8Array(0),
      session: {
        instructionCount,
        traceCells,
        segmentCount,
        executeDurationMs: Math.round(info.executeDurationMs),
        proveDurationMs: 0,
        peakMemoryBytes: null,
      },
    });
  }

  /** The image id that the host computes from the ELF; asked once for each image. */
  async #imageIdOf(image: GuestImage, options: CallOptions): Promise<ImageId> {
    const known = this.#imageIds.get(image);
    if (known !== undefined) return known;
    const { result } = await this.#session.call('imageId', {}, [image.elf], options);
    const imageId = parseImageId(result.imageId);
    this.#imageIds.set(image, imageId);
    return imageId;
  }

  #identity(parametersDigest: string) {
    const { parameters, backendVersion, parametersDigest: expected } = this.hello;
    if (parametersDigest !== expected) {
      throw new ProofbookError('HOST_INCOMPATIBLE', {
        field: 'parametersDigest',
        value: parametersDigest,
        expected,
      });
    }
    return { parameters, backendVersion, parametersDigest };
  }
}

function sessionOf(result: HostResult<'prove'>): Receipt['session'] {
  const { instructionCount, traceCells, segmentCount, peakMemoryBytes } = result;
  return {
    instructionCount,
    traceCells,
    segmentCount,
    executeDurationMs: Math.round(result.executeDurationMs),
    proveDurationMs: Math.round(result.proveDurationMs),
    peakMemoryBytes,
  };
}

function requireOneSeal(attachments: readonly Uint8Array[]): Uint8Array {
  const [seal, ...others] = attachments;
  if (seal === undefined || others.length > 0) {
    const reason = 'an answer to prove has the seal as its one attachment';
    throw new ProofbookError('FRAME_MALFORMED', { field: 'attachments', value: attachments.length, reason });
  }
  return seal;
}

function requireImageId(value: string, image: GuestImage): void {
  if (value !== image.imageId) throw new ProofbookError('IMAGE_MISMATCH', { value, expected: image.imageId });
}

function requireJournalDigest(publicValues: Uint8Array, journal: Uint8Array): void {
  const value = Buffer.from(publicValues).toString('hex');
  const expected = Buffer.from(blake3(journal)).toString('hex');
  if (value !== expected) throw new ProofbookError('JOURNAL_MISMATCH', { value, expected });
}

function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}
