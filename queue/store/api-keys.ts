import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { contentDigest } from './content-digest.ts';

export const API_SCOPES = ['submit', 'read', 'admin'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** A key as it is kept. */
export interface ApiKey {
  readonly keyId: string;
  /** For people. */
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly createdAtMs: number;
  readonly revokedAtMs: number | undefined;
}

const PREFIX = 'pbk_';
const KEY_BYTES = 32;
const KEY_ID_BYTES = 6;
const KEY_PATTERN = /^pbk_([0-9a-f]{12})_[0-9a-f]{64}$/;

/**
 * The keys of the HTTP interface: `pbk_ID_SECRET`. The secret is 256 random bits, so a plain hash of it is as good as a slow
 * one; nothing that is stored lets anybody in.
 */
export class ApiKeys {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Makes a key. Its text is returned this once and kept nowhere. */
  create(
    name: string,
    scopes: readonly ApiScope[],
    nowMs: number = Date.now(),
  ): { keyId: string; key: string } {
    const keyId = randomBytes(KEY_ID_BYTES).toString('hex');
    const key = `${PREFIX}${keyId}_${randomBytes(KEY_BYTES).toString('hex')}`;
    this.#database
      .prepare(
        'INSERT INTO api_keys (key_id, name, key_digest, scopes, created_at_ms) VALUES (?, ?, ?, ?, ?)',
      )
      .run(keyId, name, digestOf(key), scopes.join(' '), nowMs);
    return { keyId, key };
  }

  /** Every key, revoked ones too, oldest first. */
  list(): readonly ApiKey[] {
    return this.#database
      .prepare('SELECT * FROM api_keys ORDER BY created_at_ms, key_id')
      .all()
      .map(toApiKey);
  }

  /** @returns whether there was such a key that was not revoked yet */
  revoke(keyId: string, nowMs: number = Date.now()): boolean {
    const change = this.#database
      .prepare('UPDATE api_keys SET revoked_at_ms = ? WHERE key_id = ? AND revoked_at_ms IS NULL')
      .run(nowMs, keyId);
    return change.changes === 1;
  }

  /** The key that a caller presents, unless it is none of ours or revoked. */
  find(presented: string): ApiKey | undefined {
    const keyId = KEY_PATTERN.exec(presented)?.[1];
    if (keyId === undefined) return undefined;
    const columns = this.#database.prepare('SELECT * FROM api_keys WHERE key_id = ?').get(keyId);
    if (columns === undefined || columns.revoked_at_ms !== null) return undefined;
    const kept = Buffer.from(String(columns.key_digest), 'hex');
    return timingSafeEqual(kept, Buffer.from(digestOf(presented), 'hex')) ? toApiKey(columns) : undefined;
  }
}

function digestOf(key: string): string {
  return contentDigest(new TextEncoder().encode(key));
}

function toApiKey(columns: Readonly<Record<string, unknown>>): ApiKey {
  const revokedAtMs = columns.revoked_at_ms;
  return {
    keyId: String(columns.key_id),
    name: String(columns.name),
    scopes: String(columns.scopes).split(' ') as ApiScope[],
    createdAtMs: Number(columns.created_at_ms),
    revokedAtMs: revokedAtMs === null ? undefined : Number(revokedAtMs),
  };
}
