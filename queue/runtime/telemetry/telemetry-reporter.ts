import type { ErrorRing } from '../faults/error-ring.ts';
import { ProcessMonitor } from './process-monitor.ts';
import type { TelemetryBlock } from './telemetry-block.ts';
import { TelemetryFileWriter } from './telemetry-file.ts';

const INTERVAL_MS = 250;

/** Writes a block to its file at an interval, with what is measured of this process and how many errors were raised, until it is closed. */
export class TelemetryReporter {
  readonly #monitor: ProcessMonitor;
  readonly #writer: TelemetryFileWriter;
  readonly #timer: NodeJS.Timeout;
  readonly #block: TelemetryBlock;
  readonly #errors: ErrorRing;

  /** @throws FILE_UNWRITABLE */
  constructor(path: string, block: TelemetryBlock, errors: ErrorRing, intervalMs = INTERVAL_MS) {
    this.#block = block;
    this.#errors = errors;
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
    this.#block.counter('errors_total').set(this.#errors.total());
    this.#block.counter('error_details_dropped_total').set(this.#errors.dropped());
    this.#writer.write();
  }
}
