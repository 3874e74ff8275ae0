import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStream, type StreamRun } from '../../engine/stream/run-stream.ts';

/** A folder with IN and OUT of message streams, removed with `close`. */
export class StreamFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'proofbook-stream-'));
  readonly inPath = join(this.folder, 'messages.bin');
  readonly outPath = join(this.folder, 'reports.txt');

  /** Matches the bytes of a whole file. Throws what `runStream` throws. */
  run(bytes: Uint8Array): StreamRun {
    writeFileSync(this.inPath, bytes);
    return runStream(this.inPath, this.outPath);
  }

  /** The lines of the last run, as one text. */
  lines(): string {
    return readFileSync(this.outPath, 'latin1');
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
