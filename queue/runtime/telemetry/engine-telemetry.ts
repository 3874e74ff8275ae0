import type { MarketEngine } from '../pipeline/market-engine.ts';
import type { TelemetryBlock } from './telemetry-block.ts';

/** Gauges are set every so many batches, and when nothing waits. */
const BATCHES_PER_GAUGES = 64;

/** What the engine's thread says of itself: three counters and a histogram once a batch, and two gauges now and then. */
export class EngineTelemetry {
  readonly #orders;
  readonly #transitions;
  readonly #batches;
  readonly #resting;
  readonly #lag;
  readonly #matching;
  #batchesSinceGauges = 0;

  constructor(block: TelemetryBlock) {
    this.#orders = block.counter('orders_total');
    this.#transitions = block.counter('transitions_total');
    this.#batches = block.counter('batches_total');
    this.#resting = block.counter('resting_orders');
    this.#lag = block.counter('ingress_lag_slots');
    this.#matching = block.histogram('matching_ns');
  }

  /** @param elapsedNs how long the batch took, an i32 */
  afterBatch(engine: MarketEngine, elapsedNs: number, slots: number, transitions: number, lag: number): void {
    this.#orders.add(slots);
    this.#transitions.add(transitions);
    this.#batches.add(1);
    this.#matching.record(elapsedNs);
    this.#batchesSinceGauges += 1;
    if (this.#batchesSinceGauges >= BATCHES_PER_GAUGES) this.#setGauges(engine, lag);
  }

  whenIdle(engine: MarketEngine): void {
    if (this.#batchesSinceGauges > 0) this.#setGauges(engine, 0);
  }

  #setGauges(engine: MarketEngine, lag: number): void {
    this.#batchesSinceGauges = 0;
    this.#resting.set(engine.module.ordersInUse());
    this.#lag.set(lag);
  }
}
