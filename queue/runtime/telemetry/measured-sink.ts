import type { TransitionSink } from '../pipeline/publisher-stage.ts';
import type { RingConsumer } from '../rings/ring-consumer.ts';
import type { NanoClock } from './nano-clock.ts';
import type { TelemetryBlock } from './telemetry-block.ts';

const FILLED = 2;

/** Counts what a publisher gives out, and how long each command took from its arrival until its first transition was published. */
export class MeasuredSink implements TransitionSink {
  readonly #sink: TransitionSink;
  readonly #clock: NanoClock;
  readonly #published;
  readonly #trades;
  readonly #processing;
  #lastArrivalNs = 0;
  #lastOrigin = 0;

  constructor(sink: TransitionSink, block: TelemetryBlock, clock: NanoClock) {
    this.#sink = sink;
    this.#clock = clock;
    this.#published = block.counter('published_total');
    this.#trades = block.counter('trades_total');
    this.#processing = block.histogram('order_processing_ns');
  }

  take(output: RingConsumer, count: number): void {
    this.#sink.take(output, count);
    const nowNs = this.#clock.nowNs();
    let trades = 0;
    for (let index = 0; index < count; index++) {
      const word = output.slotOffset(index) / 4;
      if (((output.words[word] ?? 0) & 0xff) === FILLED) trades += 1;
      this.#measure(output.origin(index), output.arrivalNs(index), nowNs);
    }
    this.#published.add(count);
    this.#trades.add(trades);
  }

  /** Transitions of one command stand together, with its origin and arrival. A command that came without its time is not measured. */
  #measure(origin: number, arrivalNs: number, nowNs: number): void {
    if (arrivalNs === 0 || (origin === this.#lastOrigin && arrivalNs === this.#lastArrivalNs)) return;
    this.#lastOrigin = origin;
    this.#lastArrivalNs = arrivalNs;
    this.#processing.record(nowNs - arrivalNs);
  }
}
