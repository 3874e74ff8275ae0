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

const COMMANDS = 5_000_000;
/** Commands that wait when the engine looks: what a busy engine finds. */
const BURST = 256;
/** Some 0.2 ms: most windows are over before another process has its turn. */
const WINDOW_COMMANDS = 8 * BURST;

/**
 * The engine stage with and without its telemetry, on one thread, on one book and between the same rings: windows of commands alternate
 * between the two. The overhead is the median of the ratios of neighbours: what a machine does meanwhile mostly hits both.
 */
export async function telemetryBench(): Promise<Figures> {
  const recording = record(DEEP_SCENARIOS.balanced, COMMANDS);
  const block = TelemetryBlock.create();
  const run = new AlternatingRun(recording, block);
  const total = recording.commands.length / COMMAND_BYTES;
  const bareNs: number[] = [];
  const ratios: number[] = [];
  for (let first = 0, pair = 0; first + 2 * WINDOW_COMMANDS <= total; first += 2 * WINDOW_COMMANDS, pair++) {
    const isBareFirst = pair % 2 === 0;
    const early = run.windowNs(first, !isBareFirst);
    const late = run.windowNs(first + WINDOW_COMMANDS, isBareFirst);
    // The first quarter makes both warm.
    if (first < total / 4) continue;
    bareNs.push(isBareFirst ? early : late);
    ratios.push(isBareFirst ? late / early : early / late);
  }
  return {
    overhead_percent: (median(ratios) - 1) * 100,
    engine_stage_ns_per_command: median(bareNs) / WINDOW_COMMANDS,
    batch_commands: BURST,
    recorded_batches: block.counter('batches_total').value,
  };
}

/** One engine between two rings that this thread fills and empties, and two stages that drive it in turn. */
class AlternatingRun {
  readonly #ingress = createRing({ kind: 'mpsc', capacity: 1024, consumers: 1 });
  readonly #output = createRing({ kind: 'spsc', capacity: 8192, consumers: 1 });
  readonly #producer = new MpscProducer(this.#ingress);
  readonly #consumer = new RingConsumer(this.#output);
  readonly #bare: EngineStage;
  readonly #measured: EngineStage;
  readonly #commands: Uint8Array;

  constructor(recording: Recording, block: TelemetryBlock) {
    const clock = new NanoClock();
    // Where the stages stand in the rings is in these ends, which they share.
    const ends = {
      ingress: new RingConsumer(this.#ingress),
      output: new SpscProducer(this.#output),
      batches: undefined,
    };
    const engine = openMarketEngine('deep', DEFAULT_MARKET_CONFIG);
    this.#bare = new EngineStage(engine, ends, clock, 'spin');
    this.#measured = new EngineStage(engine, ends, clock, 'spin', { telemetry: new EngineTelemetry(block) });
    this.#commands = recording.commands;
  }

  windowNs(first: number, isMeasured: boolean): number {
    const stage = isMeasured ? this.#measured : this.#bare;
    let ns = 0;
    for (let sent = first; sent < first + WINDOW_COMMANDS; sent += BURST) {
      this.#fill(sent);
      const started = performance.now();
      while (stage.step(BURST) > 0);
      ns += (performance.now() - started) * 1e6;
      for (let count = this.#consumer.poll(BURST); count > 0; count = this.#consumer.poll(BURST)) {
        this.#consumer.release(count);
      }
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
