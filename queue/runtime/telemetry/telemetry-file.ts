import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { messageOf } from '../../../engine/message-of.ts';
import { ProofbookError } from '../../../engine/proofbook-error.ts';
import { TelemetryBlock } from './telemetry-block.ts';
import { TELEMETRY_BYTES } from './telemetry-layout.ts';

const READ_ATTEMPTS = 100;

/**
 * Copies a block to a file of the same layout now and then. Node has no mmap: the block is written by one positioned write, which the
 * page cache takes without a disk, best on /dev/shm. Other processes see the block as old as the interval at most.
 */
export class TelemetryFileWriter {
  readonly #block: TelemetryBlock;
  readonly #descriptor: number;
  #generation = 0;

  /** @throws FILE_UNWRITABLE */
  constructor(path: string, block: TelemetryBlock) {
    this.#block = block;
    this.#descriptor = open(path, 'w', 'FILE_UNWRITABLE');
  }

  /** Writes the block as it is; some 90 KiB, in one call. */
  write(): void {
    this.#generation += 1;
    this.#block.stamp(this.#generation);
    writeSync(this.#descriptor, this.#block.bytes, 0, TELEMETRY_BYTES, 0);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Reads a telemetry file, again when it is met while it is written. @throws FILE_UNREADABLE, INVALID_FIELD for another layout */
export function readTelemetryFile(path: string): TelemetryBlock {
  const descriptor = open(path, 'r', 'FILE_UNREADABLE');
  try {
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
      const bytes = new Uint8Array(TELEMETRY_BYTES);
      const length = readSync(descriptor, bytes, 0, TELEMETRY_BYTES, 0);
      const block = TelemetryBlock.decode(length === TELEMETRY_BYTES ? bytes : bytes.subarray(0, length));
      if (block.isWhole()) return block;
    }
    throw new ProofbookError('FILE_UNREADABLE', { path, reason: `${READ_ATTEMPTS} readings met its writer` });
  } finally {
    closeSync(descriptor);
  }
}

function open(path: string, flags: 'r' | 'w', code: 'FILE_UNREADABLE' | 'FILE_UNWRITABLE'): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    const reason = messageOf(error);
    throw new ProofbookError(code, { path, reason }, { cause: error });
  }
}
