import { readFileSync } from 'node:fs';
import { blake3 } from '@noble/hashes/blake3.js';
import { type Static, Type } from '@sinclair/typebox';
import type { ImageId } from '../../engine/brands.ts';
import { ProofbookError } from '../../engine/proofbook-error.ts';
import { parseImageId } from './image-id.ts';
import { requireShape } from './shape.ts';

/** A guest program and the commitment to it that verifiers compare. */
export interface GuestImage {
  readonly imageId: ImageId;
  readonly elf: Uint8Array;
}

// The guest room is an artifact and imported by nobody; this reads its committed build as a file.
const ARTIFACT = new URL('../../guest/artifact/', import.meta.url);

const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const ArtifactRecord = Type.Object({ imageId: Hex32, elfDigest: Hex32 });

/**
 * The committed guest of the circuit geometry: `circuit.elf` and the image id that `circuit.json` records for it.
 *
 * @param directory where both files are; the committed artifact by default.
 * @throws IMAGE_MALFORMED when a file is missing, the record is no such record, or the ELF is not the recorded one.
 */
export function loadGuestImage(directory: URL = ARTIFACT): GuestImage {
  return loadImage(directory, 'circuit');
}

/** The committed guest that proves consecutive batches as one run (docs/aggregation.md). @throws IMAGE_MALFORMED */
export function loadAggregationImage(directory: URL = ARTIFACT): GuestImage {
  return loadImage(directory, 'aggregation');
}

function loadImage(directory: URL, name: string): GuestImage {
  const record = parseRecord(`${name}.json`, readArtifact(directory, `${name}.json`));
  const elf = new Uint8Array(readArtifact(directory, `${name}.elf`));
  const elfDigest = Buffer.from(blake3(elf)).toString('hex');
  if (elfDigest !== record.elfDigest) {
    throw malformed(`${name}.elf`, `BLAKE3 ${elfDigest}`, `${name}.json records ${record.elfDigest}`);
  }
  return { imageId: parseImageId(record.imageId), elf };
}

function parseRecord(file: string, bytes: Buffer): Static<typeof ArtifactRecord> {
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed(file, JSON.stringify(text.slice(0, 80)), 'is not JSON', cause);
  }
  return requireShape(ArtifactRecord, value, (fault) =>
    malformed(`${file} ${fault.path}`.trim(), fault.value, fault.reason),
  );
}

function readArtifact(directory: URL, name: string): Buffer {
  const path = new URL(name, directory);
  try {
    return readFileSync(path);
  } catch (cause) {
    throw malformed(name, path.pathname, 'cannot be read', cause);
  }
}

function malformed(field: string, value: string, reason: string, cause?: unknown): ProofbookError {
  return new ProofbookError(
    'IMAGE_MALFORMED',
    { field, value, reason },
    cause === undefined ? {} : { cause },
  );
}
