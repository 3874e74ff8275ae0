import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { blake3 } from '@noble/hashes/blake3.js';
import { type Static, Type } from '@sinclair/typebox';
import { hex } from '../../engine/hex.ts';
import { messageOf } from '../../engine/message-of.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { requireShape } from '../../prover/sdk/shape.ts';
import { writeFileDurably } from './durable-file.ts';

/** What a key may do: `submit` commands, `read`, and `admin`, which is everything. */
export const SCOPES = ['submit', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

const ApiKeySchema = Type.Object(
  {
    /** 16 hex digits; no secret. */
    keyId: Type.String({ pattern: '^[0-9a-f]{16}$' }),
    name: Type.String({ maxLength: 64 }),
    /** BLAKE3 of the key. It has 256 random bits, so no slow hash is needed. */
    keyDigest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    scopes: Type.Array(Type.Union([Type.Literal('submit'), Type.Literal('read'), Type.Literal('admin')])),
    requestsPerMinute: Type.Integer({ minimum: 1 }),
    commandsPerDay: Type.Integer({ minimum: 1 }),
    createdAtMs: Type.Integer({ minimum: 0 }),
    revokedAtMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  },
  { additionalProperties: false },
);
const FileSchema = Type.Object(
  { version: Type.Literal(1), keys: Type.Array(ApiKeySchema) },
  { additionalProperties: false },
);

/** An API key as it is kept: the key itself is not in it. */
export type ApiKey = Static<typeof ApiKeySchema>;

/** What a new key is made with. */
export type NewApiKey = Pick<ApiKey, 'name' | 'scopes' | 'requestsPerMinute' | 'commandsPerDay'>;

const FILE = 'api-keys.json';
const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;

/** BLAKE3 of a key's text. */
export function apiKeyDigest(key: string): Uint8Array {
  return blake3(new TextEncoder().encode(key));
}

/** The API keys of a service directory: a file that its owner may read, written by the command line and read by the service. */
export class ApiKeyFile {
  readonly path: string;

  constructor(root: string) {
    this.path = join(root, FILE);
  }

  /** Changes whenever the file does; 0 while there is none. */
  modifiedAtMs(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  }

  /** Every key, revoked ones too. @throws FILE_UNREADABLE, MANIFEST_MALFORMED */
  list(): readonly ApiKey[] {
    if (!existsSync(this.path)) return [];
    return requireShape(FileSchema, this.#parse(), ({ path, value, reason }) => {
      return new ProofbookError('MANIFEST_MALFORMED', {
        path: this.path,
        field: path || 'file',
        value,
        reason,
      });
    }).keys;
  }

  /** Makes a key. @returns the key, which nobody can be told a second time, and what is kept of it */
  create(fields: NewApiKey, nowMs: number = Date.now()): { readonly key: string; readonly kept: ApiKey } {
    const keyId = randomBytes(KEY_ID_BYTES).toString('hex');
    const key = `pbk_${keyId}_${randomBytes(KEY_BYTES).toString('hex')}`;
    const keyDigest = hex(apiKeyDigest(key));
    const kept = { keyId, keyDigest, ...fields, createdAtMs: nowMs, revokedAtMs: null };
    this.#write([...this.list(), kept]);
    return { key, kept };
  }

  /** Ends a key. @throws KEY_UNKNOWN */
  revoke(keyId: string, nowMs: number = Date.now()): ApiKey {
    const keys = this.list();
    const found = keys.find((key) => key.keyId === keyId);
    if (found === undefined) throw new ProofbookError('KEY_UNKNOWN', { field: 'keyId', value: keyId });
    const revoked = { ...found, revokedAtMs: found.revokedAtMs ?? nowMs };
    this.#write(keys.map((key) => (key.keyId === keyId ? revoked : key)));
    return revoked;
  }

  #parse(): unknown {
    try {
      return JSON.parse(readFileSync(this.path, 'utf8'));
    } catch (cause) {
      throw new ProofbookError('FILE_UNREADABLE', { path: this.path, reason: messageOf(cause) }, { cause });
    }
  }

  #write(keys: readonly ApiKey[]): void {
    const text = `${JSON.stringify({ version: 1, keys }, null, 2)}\n`;
    writeFileDurably(this.path, new TextEncoder().encode(text));
  }
}
