import { ProofbookError } from '../engine/proofbook-error.ts';
import { type ArtifactRecord, digestHex } from './artifact-record.ts';
import { type Toolchain, toolDifferences } from './toolchain.ts';

/** A file as it is committed and as it was built just now. */
export interface BuiltFile {
  readonly name: string;
  readonly committed: Uint8Array;
  readonly built: Uint8Array;
}

/** Refuses a committed guest that was made from another engine than the committed one. @throws GUEST_OUTDATED */
export function checkEngine(engine: Uint8Array, recorded: ArtifactRecord): void {
  const found = digestHex(engine);
  if (found !== recorded.engineDigest) {
    throw new ProofbookError('GUEST_OUTDATED', { value: found, expected: recorded.engineDigest });
  }
}

/**
 * Refuses to compare bytes that other tools made: they may differ and that would prove nothing.
 * @throws GUEST_TOOLCHAIN_DIFFERS naming every tool that differs.
 */
export function checkToolchain(found: Toolchain, recorded: Toolchain): void {
  const differences = toolDifferences(found, recorded);
  if (differences.length > 0) {
    const list = differences.map(({ tool, found, recorded }) => `${tool} is ${found}, recorded ${recorded}`);
    throw new ProofbookError('GUEST_TOOLCHAIN_DIFFERS', { differences: list.join('; ') });
  }
}

/** Refuses a file in which a byte differs from the committed one. @throws GUEST_NOT_REPRODUCIBLE naming file and offset. */
export function checkBytes({ name, committed, built }: BuiltFile): void {
  const offset = firstDifference(committed, built);
  if (offset !== undefined) {
    throw new ProofbookError('GUEST_NOT_REPRODUCIBLE', {
      file: name,
      offset,
      value: byteAt(built, offset),
      expected: byteAt(committed, offset),
    });
  }
}

/** Offset of the first byte in which two files differ, the end of the shorter one included; undefined when they are the same. */
export function firstDifference(left: Uint8Array, right: Uint8Array): number | undefined {
  const shorter = Math.min(left.byteLength, right.byteLength);
  for (let offset = 0; offset < shorter; offset++) {
    if (left[offset] !== right[offset]) return offset;
  }
  return left.byteLength === right.byteLength ? undefined : shorter;
}

function byteAt(bytes: Uint8Array, offset: number): string {
  const byte = bytes[offset];
  return byte === undefined ? 'the end of the file' : `0x${byte.toString(16).padStart(2, '0')}`;
}
