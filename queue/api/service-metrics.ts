import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Market } from '../broker/market.ts';
import type { MarketObserver } from '../broker/market-observer.ts';
import type { MarketService } from '../broker/market-service.ts';

const ACK_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const SEAL_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const STAGE_BUCKETS_S = [0.1, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320];

/** What Prometheus is told. Units are in the names; docs/grafana-dashboard.json draws them. */
export class ServiceMetrics implements MarketObserver {
  readonly registry = new Registry();
  readonly eventStreams: Gauge;
  readonly #say: (line: string) => void;
  readonly #commands: Counter<'market'>;
  readonly #ackSeconds: Histogram<'market'>;
  readonly #sealSeconds: Histogram<'market'>;
  readonly #stageSeconds: Histogram<'market' | 'stage'>;
  readonly #requestSeconds: Histogram<'method' | 'route' | 'status'>;

  /** @param say takes a line for the operator */
  constructor(say: (line: string) => void) {
    this.#say = say;
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#commands = new Counter({
      name: 'proofbook_accepted_commands_total',
      help: 'Command records that are in the log.',
      labelNames: ['market'],
      registers,
    });
    this.#ackSeconds = new Histogram({
      name: 'proofbook_ack_latency_seconds',
      help: 'From a parsed request to its answer, fsync included.',
      labelNames: ['market'],
      buckets: ACK_BUCKETS_S,
      registers,
    });
    this.#sealSeconds = new Histogram({
      name: 'proofbook_seal_duration_seconds',
      help: 'Applying, sealing and storing a batch.',
      labelNames: ['market'],
      buckets: SEAL_BUCKETS_S,
      registers,
    });
    this.#stageSeconds = new Histogram({
      name: 'proofbook_stage_duration_seconds',
      help: 'How long a job was in a state.',
      labelNames: ['market', 'stage'],
      buckets: STAGE_BUCKETS_S,
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: 'proofbook_http_request_duration_seconds',
      help: 'From the first byte of a request to the last of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: ACK_BUCKETS_S,
      registers,
    });
    this.eventStreams = new Gauge({
      name: 'proofbook_event_streams',
      help: 'Readers of server-sent events.',
      registers,
    });
  }

  /** Reads these from the markets whenever somebody asks for the metrics. */
  watch(service: MarketService): void {
    const register = this.registry;
    const perMarket = (name: string, help: string, value: (market: Market) => number): void => {
      addMarketGauge({ register, service, name, help, values: (market) => [['', value(market)]] });
    };
    perMarket('proofbook_highest_proven_batch', 'Every batch up to this one is proven.', ({ directory }) =>
      directory.batches.highestProven(),
    );
    perMarket('proofbook_last_stored_batch', 'The last batch that is sealed and stored.', ({ directory }) =>
      directory.batches.lastStored(),
    );
    perMarket(
      'proofbook_pending_seals',
      'Batches that wait for the sealing thread.',
      ({ sealer }) => sealer.pendingSeals,
    );
    addMarketGauge({
      register,
      service,
      name: 'proofbook_queue_depth_jobs',
      help: 'Jobs by their state.',
      label: 'state',
      values: ({ directory }) => Object.entries(directory.batches.countByState()),
    });
    addMarketGauge({
      register,
      service,
      name: 'proofbook_attempts',
      help: 'Attempts at jobs by how they ended; all but one a job are retries.',
      label: 'outcome',
      values: ({ directory }) => Object.entries(directory.batches.countByOutcome()),
    });
  }

  said(line: string): void {
    this.#say(line);
  }

  sealed(market: string, _recordCount: number, durationMs: number): void {
    this.#sealSeconds.observe({ market }, durationMs / 1000);
  }

  stageEnded(market: string, stage: string, durationMs: number): void {
    this.#stageSeconds.observe({ market, stage }, durationMs / 1000);
  }

  acknowledged(market: string, commandCount: number, durationMs: number): void {
    this.#commands.inc({ market }, commandCount);
    this.#ackSeconds.observe({ market }, durationMs / 1000);
  }

  answered(method: string, route: string, status: number, durationMs: number): void {
    this.#requestSeconds.observe({ method, route, status: String(status) }, durationMs / 1000);
  }
}

interface MarketGauge {
  readonly register: Registry;
  readonly service: MarketService;
  readonly name: string;
  readonly help: string;
  /** What tells the values of a market apart, when it has several. */
  readonly label?: string;
  readonly values: (market: Market) => readonly (readonly [string, number])[];
}

function addMarketGauge({ register, service, name, help, label, values }: MarketGauge): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    labelNames: label === undefined ? ['market'] : ['market', label],
    registers: [register],
    collect: () => {
      gauge.reset();
      for (const market of service.list()) {
        const id = String(market.config.marketId);
        for (const [name, value] of values(market)) {
          gauge.set(label === undefined ? { market: id } : { market: id, [label]: name }, value);
        }
      }
    },
  });
}
