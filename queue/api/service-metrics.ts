import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MarketService } from './market-service.ts';

const ACK_BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const JOB_STATES = ['queued', 'executing', 'proving', 'verifying', 'proven', 'failed'] as const;

/** Prometheus metrics, units in their names. Gauges are read when asked for. */
export class ServiceMetrics {
  readonly registry = new Registry();
  readonly ackSeconds = new Histogram({
    name: 'proofbook_ack_latency_seconds',
    help: 'From the arrival of a submission to its answer, its commands safe in the log',
    buckets: ACK_BUCKETS_SECONDS,
    registers: [this.registry],
  });
  readonly commands = new Counter({
    name: 'proofbook_commands_total',
    help: 'Command records taken',
    registers: [this.registry],
  });
  readonly problems = new Counter({
    name: 'proofbook_problems_total',
    help: 'Answers that were no success',
    labelNames: ['code'],
    registers: [this.registry],
  });

  constructor(market: MarketService, workerCount: () => number) {
    const { rows } = market.directory;
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    gauge('proofbook_sealed_batch_number', 'The last sealed batch', () => market.lastBatch);
    gauge('proofbook_contiguous_proven_batch_number', 'Every batch up to this one is proven', () =>
      rows.highestProvenBatch(),
    );
    gauge(
      'proofbook_open_commands',
      'Command records that wait to be sealed',
      () => market.intake.openRecords,
    );
    gauge('proofbook_workers', 'Worker processes that run', workerCount);
    gauge('proofbook_event_listeners', 'Open event streams', () => market.events.listenerCount);
    new Gauge({
      name: 'proofbook_jobs',
      help: 'Jobs by state',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        const counts = rows.countByState();
        for (const state of JOB_STATES) this.set({ state }, counts.get(state) ?? 0);
      },
    });
    collectDefaultMetrics({ register: this.registry });
  }
}
