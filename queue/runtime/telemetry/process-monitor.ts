import { PerformanceObserver } from 'node:perf_hooks';
import type { TelemetryBlock } from './telemetry-block.ts';

const MICROSECOND_NS = 1000;

/** Measures this process as a whole: its memory, its processor time, the pauses of its garbage collection. */
export class ProcessMonitor {
  readonly #block: TelemetryBlock;
  readonly #observer: PerformanceObserver;

  constructor(block: TelemetryBlock) {
    this.#block = block;
    const pauses = block.counter('gc_pauses_total');
    const pauseNs = block.counter('gc_pause_ns_total');
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        pauses.add(1);
        pauseNs.add(duration * 1e6);
      }
    });
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** Takes the figures that have to be asked for. */
  sample(): void {
    const memory = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    this.#block.counter('resident_bytes').set(memory.rss);
    this.#block.counter('heap_used_bytes').set(memory.heapUsed);
    this.#block.counter('cpu_user_ns_total').set(user * MICROSECOND_NS);
    this.#block.counter('cpu_system_ns_total').set(system * MICROSECOND_NS);
  }

  close(): void {
    this.#observer.disconnect();
  }
}
