import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { ProofbookError } from '../engine/proofbook-error.ts';
import { TOOL_NAMES, type Toolchain } from './toolchain.ts';

/** What `guest/artifact/circuit.json` says about the ELF beside it. */
export interface ArtifactRecord {
  /** The program commitment that verifiers compare, 64 lower-case hex digits. */
  readonly imageId: string;
  /** BLAKE3 of `circuit.elf`, hex. */
  readonly elfDigest: string;
  /** BLAKE3 of the `engine/artifact/circuit.wasm` that the ELF was made from, hex. */
  readonly engineDigest: string;
  /** The tools that made it, each as it names itself. */
  readonly toolchain: Toolchain;
}

const DIGEST = /^[0-9a-f]{64}$/;

/** BLAKE3 of `bytes` as 64 lower-case hex digits. */
export function digestHex(bytes: Uint8Array): string {
  return bytesToHex(blake3(bytes));
}

/** The bytes of a record: the same record always gives the same bytes, for `--check` compares them. */
export function formatRecord(record: ArtifactRecord): string {
  const { imageId, elfDigest, engineDigest } = record;
  const toolchain = Object.fromEntries(TOOL_NAMES.map((tool) => [tool, record.toolchain[tool]]));
  return `${JSON.stringify({ imageId, elfDigest, engineDigest, toolchain }, null, 2)}\n`;
}

/**
 * Reads a record, checking every field.
 * @throws INVALID_FIELD naming the field and what it holds.
 */
export function parseRecord(text: string): ArtifactRecord {
  const value = asObject('circuit.json', parseJson(text));
  const tools = asObject('toolchain', value.toolchain);
  const toolchain = Object.fromEntries(
    TOOL_NAMES.map((tool) => [tool, asText(`toolchain.${tool}`, tools[tool], /./)]),
  ) as Record<keyof Toolchain, string>;
  return {
    imageId: asText('imageId', value.imageId, DIGEST),
    elfDigest: asText('elfDigest', value.elfDigest, DIGEST),
    engineDigest: asText('engineDigest', value.engineDigest, DIGEST),
    toolchain,
  };
}

/** Reads the record at `path`. @throws FILE_UNREADABLE, INVALID_FIELD */
export function readRecord(path: string): ArtifactRecord {
  return parseRecord(Buffer.from(readBytes(path)).toString('utf8'));
}

/** Reads a file. @throws FILE_UNREADABLE */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ProofbookError('FILE_UNREADABLE', { path, reason: String(cause) }, { cause });
  }
}

/** Writes a file so that a reader sees the old bytes or the new ones, never half of them. */
export function writeWhole(path: string, bytes: string | Uint8Array): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, bytes);
  renameSync(unfinished, path);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ProofbookError(
      'INVALID_FIELD',
      { field: 'circuit.json', value: text, reason: 'not JSON' },
      { cause },
    );
  }
}

function asObject(field: string, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProofbookError('INVALID_FIELD', { field, value: String(value), reason: 'expected an object' });
  }
  return value as Record<string, unknown>;
}

function asText(field: string, value: unknown, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw new ProofbookError('INVALID_FIELD', {
      field,
      value: String(value),
      reason: `expected text like ${pattern.source}`,
    });
  }
  return value;
}
