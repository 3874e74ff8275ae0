import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { type ApiKey, type ApiKeyFile, apiKeyDigest, type Scope } from '../store/api-key-file.ts';

const KEY_PATTERN = /^Bearer (pbk_([0-9a-f]{16})_[0-9a-f]{64})$/;
const DAY_MS = 86_400_000;
const NO_DIGEST = Buffer.alloc(32);

interface Spent {
  readonly day: number;
  readonly commands: number;
}

/** Says who a request is from, and what it may do. */
export class ApiKeys {
  readonly #file: ApiKeyFile;
  readonly #keys = new Map<string, ApiKey>();
  readonly #keyOf = new WeakMap<FastifyRequest, ApiKey>();
  readonly #spent = new Map<string, Spent>();
  #modifiedAtMs = -1;

  constructor(file: ApiKeyFile) {
    this.#file = file;
  }

  /**
   * Checks the key of a request.
   *
   * @throws KEY_REQUIRED without a valid key, SCOPE_MISSING when it is for something else
   */
  authorize(request: FastifyRequest, scope: Scope): void {
    const header = request.headers.authorization;
    const match = KEY_PATTERN.exec(header ?? '');
    if (match === null) {
      const value = header === undefined ? 'absent' : 'malformed';
      throw new ProofbookError('KEY_REQUIRED', {
        field: 'Authorization',
        value,
        reason: 'expected Bearer pbk_...',
      });
    }
    this.#reread();
    const [, text = '', keyId = ''] = match;
    const key = this.#keys.get(keyId);
    // Compared even where there is none: the time says nothing about which ids there are.
    const expected = key === undefined ? NO_DIGEST : Buffer.from(key.keyDigest, 'hex');
    const isRight = timingSafeEqual(apiKeyDigest(text), expected);
    if (key === undefined || !isRight || key.revokedAtMs !== null) {
      const reason = 'the key is unknown or revoked';
      throw new ProofbookError('KEY_REQUIRED', { field: 'Authorization', value: 'refused', reason });
    }
    if (!key.scopes.includes(scope) && !key.scopes.includes('admin')) {
      throw new ProofbookError('SCOPE_MISSING', { field: 'Authorization', value: keyId, expected: scope });
    }
    this.#keyOf.set(request, key);
  }

  /** The key of a request that was authorized by one. */
  of(request: FastifyRequest): ApiKey | undefined {
    return this.#keyOf.get(request);
  }

  /** Counts commands against the quota of the request's key, whose day is that of UTC. @throws RATE_LIMITED */
  spend(request: FastifyRequest, commandCount: number, nowMs: number = Date.now()): void {
    const key = this.of(request);
    if (key === undefined) return;
    const day = Math.floor(nowMs / DAY_MS);
    const before = this.#spent.get(key.keyId);
    const commands = (before?.day === day ? before.commands : 0) + commandCount;
    if (commands > key.commandsPerDay) {
      throw new ProofbookError('RATE_LIMITED', {
        value: key.keyId,
        max: key.commandsPerDay,
        reason: 'commands a day',
        retryAfterS: Math.ceil(((day + 1) * DAY_MS - nowMs) / 1000),
      });
    }
    this.#spent.set(key.keyId, { day, commands });
  }

  /** A revoked key ends at once: to look at the file's time costs microseconds. */
  #reread(): void {
    const modifiedAtMs = this.#file.modifiedAtMs();
    if (modifiedAtMs === this.#modifiedAtMs) return;
    this.#keys.clear();
    for (const key of this.#file.list()) this.#keys.set(key.keyId, key);
    this.#modifiedAtMs = modifiedAtMs;
  }
}
