import { ProcessMonitor } from './process-monitor.ts';
import type { TelemetryBlock } from './telemetry-block.ts';
import { TelemetryFileWriter } from './telemetry-file.ts';

const INTERVAL_MS = 250;

/** Writes a block to its file at an interval, with what is measured of this process, until it is closed. */
export class TelemetryReporter {
  readonly #monitor: ProcessMonitor;
  readonly #writer: TelemetryFileWriter;
  readonly #timer: NodeJS.Timeout;

  /** @throws FILE_UNWRITABLE */
  constructor(path: string, block: TelemetryBlock, intervalMs = INTERVAL_MS) {
    this.#writer = new TelemetryFileWriter(path, block);
    this.#monitor = new ProcessMonitor(block);
    this.#report();
    this.#timer = setInterval(() => this.#report(), intervalMs);
    this.#timer.unref();
  }

  /** Writes once more and ends. */
  close(): void {
    clearInterval(this.#timer);
    this.#report();
    this.#monitor.close();
    this.#writer.close();
  }

  #report(): void {
    this.#monitor.sample();
    this.#writer.write();
  }
}
