import { ProofbookError } from '../../engine/proofbook-error.ts';
import type { CallOptions } from '../sdk/host-process.ts';
import { HostSession } from '../sdk/host-session.ts';
import { type SealClaim, type SealVerifier, verifySealIn } from '../sdk/verify-seal.ts';
import type { PinnedParameters } from './pinned.ts';

/**
 * Prover hosts that a verification starts for itself, one for each set of accepted parameters that a seal needs.
 * The parameters come from the pins and never from a receipt, which could name weaker ones.
 */
export class OwnHosts implements SealVerifier {
  readonly #accepted: readonly PinnedParameters[];
  readonly #sessions = new Map<string, HostSession>();

  constructor(accepted: readonly PinnedParameters[]) {
    this.#accepted = accepted;
  }

  async verifySeal(claim: SealClaim, options: CallOptions = {}): Promise<void> {
    await verifySealIn(await this.#sessionFor(claim.parametersDigest), claim, options);
  }

  /** Ends every host that was started. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
    this.#sessions.clear();
  }

  async #sessionFor(parametersDigest: string): Promise<HostSession> {
    const running = this.#sessions.get(parametersDigest);
    if (running !== undefined) return running;
    const { logStackedHeight } = requireAccepted(parametersDigest, this.#accepted);
    const session = await HostSession.start({ logStackedHeight });
    this.#sessions.set(parametersDigest, session);
    return session;
  }
}

/** The accepted parameters with this digest. @throws PARAMETERS_NOT_PINNED naming the digests that are accepted */
export function requireAccepted(value: string, accepted: readonly PinnedParameters[]): PinnedParameters {
  const found = accepted.find(({ parametersDigest }) => parametersDigest === value);
  if (found !== undefined) return found;
  const expected = accepted.map(({ parametersDigest }) => parametersDigest).join(', ') || 'none';
  throw new ProofbookError('PARAMETERS_NOT_PINNED', { value, expected });
}
