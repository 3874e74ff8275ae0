import { COMMAND_BYTES } from '../../engine/command.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { EngineStage } from '../../queue/runtime/pipeline/engine-stage.ts';
import { openMarketEngine } from '../../queue/runtime/pipeline/market-engine.ts';
import { MpscProducer } from '../../queue/runtime/rings/mpsc-ring.ts';
import { RingConsumer } from '../../queue/runtime/rings/ring-consumer.ts';
import { createRing } from '../../queue/runtime/rings/ring-memory.ts';
import { SpscProducer } from '../../queue/runtime/rings/spsc-ring.ts';
import { EngineTelemetry } from '../../queue/runtime/telemetry/engine-telemetry.ts';
import { NanoClock } from '../../queue/runtime/telemetry/nano-clock.ts';
import { TelemetryBlock } from '../../queue/runtime/telemetry/telemetry-block.ts';
import { type Figures, median } from './bench-result.ts';
import { type Recording, record } from './deep-recording.ts';
import { DEEP_SCENARIOS } from './deep-scenarios.ts';

const COMMANDS = 1_000_000;
/** Commands that wait when the engine looks: what a busy engine finds. */
const BURST = 256;
const WINDOW_COMMANDS = 64 * BURST;

/**
 * The engine stage with and without its telemetry, on one thread, in windows that alternate between the two on twin books: what a
 * machine does meanwhile hits both. The overhead is the median of the windows' ratios.
 */
export async function telemetryBench(): Promise<Figures> {
  const recording = record(DEEP_SCENARIOS.balanced, COMMANDS);
  const block = TelemetryBlock.create();
  const [bare, measured] = [new StageRun(recording), new StageRun(recording, block)];
  const total = recording.commands.length / COMMAND_BYTES;
  const ratios: number[] = [];
  const bareNs: number[] = [];
  for (let first = 0; first + WINDOW_COMMANDS <= total; first += WINDOW_COMMANDS) {
    const isBareFirst = (first / WINDOW_COMMANDS) % 2 === 0;
    const early = (isBareFirst ? bare : measured).windowNs(first);
    const late = (isBareFirst ? measured : bare).windowNs(first);
    const [without, having] = isBareFirst ? [early, late] : [late, early];
    if (first < recording.preload) continue;
    ratios.push(having / without);
    bareNs.push(without);
  }
  return {
    overhead_percent: (median(ratios) - 1) * 100,
    engine_stage_ns_per_command: median(bareNs) / WINDOW_COMMANDS,
    batch_commands: BURST,
    recorded_batches: block.counter('batches_total').value,
  };
}

/** One engine between two rings that this thread fills and empties. */
class StageRun {
  readonly #ingress = createRing({ kind: 'mpsc', capacity: 1024, consumers: 1 });
  readonly #output = createRing({ kind: 'spsc', capacity: 8192, consumers: 1 });
  readonly #producer = new MpscProducer(this.#ingress);
  readonly #consumer = new RingConsumer(this.#output);
  readonly #stage: EngineStage;
  readonly #commands: Uint8Array;

  constructor(recording: Recording, block?: TelemetryBlock) {
    const clock = new NanoClock();
    const ends = {
      ingress: new RingConsumer(this.#ingress),
      output: new SpscProducer(this.#output),
      batches: undefined,
    };
    const engine = openMarketEngine('deep', DEFAULT_MARKET_CONFIG);
    const observers = block === undefined ? {} : { telemetry: new EngineTelemetry(block) };
    this.#stage = new EngineStage(engine, ends, clock, 'spin', observers);
    this.#commands = recording.commands;
  }

  windowNs(first: number): number {
    let ns = 0;
    for (let sent = first; sent < first + WINDOW_COMMANDS; sent += BURST) {
      this.#fill(sent);
      const started = performance.now();
      while (this.#stage.step(BURST) > 0);
      ns += (performance.now() - started) * 1e6;
      for (let count = this.#consumer.poll(BURST); count > 0; count = this.#consumer.poll(BURST))
        this.#consumer.release(count);
    }
    return ns;
  }

  #fill(first: number): void {
    this.#producer.tryClaim(BURST);
    for (let index = 0; index < BURST; index++) {
      const from = (first + index) * COMMAND_BYTES;
      this.#producer.bytes.set(
        this.#commands.subarray(from, from + COMMAND_BYTES),
        this.#producer.slotOffset(index),
      );
      this.#producer.note(index, index, 0);
    }
    this.#producer.publish();
  }
}
