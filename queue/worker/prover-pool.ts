import { isProofbookError } from '../../engine/proofbook-error.ts';
import { Prover, type ProverOptions } from '../../prover/sdk/prover.ts';
import { PINNED_PARAMETERS } from '../../prover/verifier/pinned.ts';

const STARTS_MAX = 4;

/** How the prover host of a worker is started. */
export type ProverSettings = Pick<
  ProverOptions,
  'memoryLimitBytes' | 'logStackedHeight' | 'hostBinary' | 'standIn' | 'launcher'
>;

/**
 * The one prover host of a worker, kept warm from job to job, and started anew with a smaller memory limit (so smaller
 * segments) when a job ran out of memory.
 */
export class ProverPool {
  readonly #settings: ProverSettings;
  #prover: Prover | undefined;
  #divisor = 1;
  #usualLimitBytes: number | undefined;

  constructor(settings: ProverSettings) {
    this.#settings = settings;
  }

  /**
   * The prover whose memory limit is the usual one divided by `divisor`. One at a time: an earlier one is closed.
   *
   * @throws HOST_BINARY_MISSING, HOST_START_FAILED, HOST_INCOMPATIBLE
   */
  async get(divisor: number): Promise<Prover> {
    if (this.#prover !== undefined && this.#divisor === divisor) return this.#prover;
    await this.close();
    const usual = this.#usualLimitBytes;
    const limit =
      usual === undefined || divisor === 1 ? {} : { memoryLimitBytes: Math.floor(usual / divisor) };
    this.#prover = await startProver({ ...pinnedHeight(this.#settings), ...this.#settings, ...limit });
    // The host chooses its own limit when none is set; it says which.
    this.#usualLimitBytes ??= this.#prover.hello.memoryLimitBytes;
    this.#divisor = divisor;
    return this.#prover;
  }

  async close(): Promise<void> {
    const prover = this.#prover;
    this.#prover = undefined;
    await prover?.close();
  }
}

/**
 * Starts a host, again where it was lost before it could greet: killed for memory, for example. One that ends by itself each
 * time has a reason that stays.
 */
async function startProver(options: ProverOptions): Promise<Prover> {
  for (let start = 1; ; start++) {
    try {
      return await Prover.start(options);
    } catch (error) {
      if (!isProofbookError(error, 'PROVER_HOST_LOST') || start === STARTS_MAX) throw error;
    }
  }
}

/** The height that verifiers accept: a proof under any other would be refused. */
function pinnedHeight({ standIn }: ProverSettings): Pick<ProverSettings, 'logStackedHeight'> {
  if (standIn === true) return {};
  const [pinned] = PINNED_PARAMETERS;
  return pinned === undefined ? {} : { logStackedHeight: pinned.logStackedHeight };
}
