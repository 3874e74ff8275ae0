import { existsSync, readFileSync } from 'node:fs';
import { type Static, Type } from '@sinclair/typebox';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { requireShape } from '../../prover/sdk/shape.ts';
import { writeFileDurably } from './durable-file.ts';

const HexDigest = Type.String({ pattern: '^[0-9a-f]{64}$' });

const ManifestSchema = Type.Object(
  {
    /** Of this schema and of the names in the directory. */
    version: Type.Literal(1),
    /** Where the commands came from, for people. */
    source: Type.String(),
    /** The 64 bytes that the config digest is over. */
    marketConfig: Type.String({ pattern: '^[0-9a-f]{128}$' }),
    receiptKind: Type.Union([Type.Literal('app'), Type.Literal('stark'), Type.Literal('fake')]),
    imageId: HexDigest,
    parametersDigest: HexDigest,
    /** Batches in all, each with its receipt; null until every one is proven and verified. */
    batchCount: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  },
  { additionalProperties: false },
);

/** `manifest.json`: what a data directory holds. */
export type Manifest = Static<typeof ManifestSchema>;

export function writeManifest(path: string, manifest: Manifest): void {
  writeFileDurably(path, new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
}

/** Reads a manifest. @throws FILE_UNREADABLE, MANIFEST_MALFORMED naming the field and its value */
export function readManifest(path: string): Manifest {
  const value = parseJson(path, readText(path));
  return requireShape(
    ManifestSchema,
    value,
    (fault) =>
      new ProofbookError('MANIFEST_MALFORMED', {
        path,
        field: fault.path === '' ? 'manifest' : fault.path,
        value: fault.value,
        reason: fault.reason,
      }),
  );
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const value = JSON.stringify(text.slice(0, 40));
    throw new ProofbookError(
      'MANIFEST_MALFORMED',
      { path, field: 'manifest', value, reason: 'is not JSON' },
      { cause: error },
    );
  }
}

function readText(path: string): string {
  if (!existsSync(path)) {
    throw new ProofbookError('FILE_UNREADABLE', {
      path,
      reason: 'there is no such file: is this a data directory?',
    });
  }
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProofbookError('FILE_UNREADABLE', { path, reason }, { cause });
  }
}
