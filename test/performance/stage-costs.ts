import { COMMAND_BYTES } from '../../engine/command.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { EngineStage } from '../../queue/runtime/pipeline/engine-stage.ts';
import { openMarketEngine } from '../../queue/runtime/pipeline/market-engine.ts';
import { createBoard } from '../../queue/runtime/readers/book-board.ts';
import { BookBoardReader } from '../../queue/runtime/readers/book-board-reader.ts';
import { MpscProducer } from '../../queue/runtime/rings/mpsc-ring.ts';
import { RingConsumer } from '../../queue/runtime/rings/ring-consumer.ts';
import { createRing } from '../../queue/runtime/rings/ring-memory.ts';
import { SpscProducer } from '../../queue/runtime/rings/spsc-ring.ts';
import { NanoClock } from '../../queue/runtime/telemetry/nano-clock.ts';
import { median } from '../bench/bench-result.ts';
import { openDeepModule, type Recording, replay } from '../bench/deep-recording.ts';

const BURST = 64;
const WINDOW_BURSTS = 128;
const WINDOW_COMMANDS = BURST * WINDOW_BURSTS;
const LONGS_PER_RECORD = COMMAND_BYTES / 8;
const READS = 10_000;
const READ_ROUNDS = 501;

/** Nanoseconds a command of each stage on one thread, and the stage's ratio to the bare engine in the same run: medians of windows. */
export interface StageCosts {
  readonly ring_write_ns: number;
  readonly engine_stage_ns: number;
  readonly ring_read_ns: number;
  readonly seqlock_read_ns: number;
  /** engine_stage_ns over what the bare module takes for the same commands in the same batches. */
  readonly engine_stage_ratio: number;
}

/** Drives the stages in turn, window by window, with the bare engine beside them on a twin book. */
export function stageCosts(recording: Recording): StageCosts {
  const run = new StageWindows(recording);
  const bare = openDeepModule();
  const [writes, stages, reads, ratios]: [number[], number[], number[], number[]] = [[], [], [], []];
  const total = recording.commands.length / COMMAND_BYTES;
  for (let first = 0; first + WINDOW_COMMANDS <= total; first += WINDOW_COMMANDS) {
    const window = run.measure(first);
    const bareNs = bareWindowNs(bare, recording.commands, first);
    if (first < recording.preload) continue;
    writes.push(window.write / WINDOW_COMMANDS);
    stages.push(window.stage / WINDOW_COMMANDS);
    reads.push(window.read / WINDOW_COMMANDS);
    ratios.push(window.stage / bareNs);
  }
  return {
    ring_write_ns: median(writes),
    engine_stage_ns: median(stages),
    ring_read_ns: median(reads),
    seqlock_read_ns: seqlockReadNs(),
    engine_stage_ratio: median(ratios),
  };
}

function bareWindowNs(
  module: ReturnType<typeof openDeepModule>,
  commands: Uint8Array,
  first: number,
): number {
  const start = first * COMMAND_BYTES;
  let ns = 0;
  for (let burst = 0; burst < WINDOW_BURSTS; burst++) {
    const from = start + burst * BURST * COMMAND_BYTES;
    const part = commands.subarray(from, from + BURST * COMMAND_BYTES);
    const started = performance.now();
    replay(module, part);
    ns += (performance.now() - started) * 1e6;
  }
  return ns;
}

function seqlockReadNs(): number {
  const reader = new BookBoardReader(createBoard());
  const rounds = Array.from({ length: READ_ROUNDS }, () => {
    const started = performance.now();
    for (let read = 0; read < READS; read++) reader.readTop();
    return ((performance.now() - started) * 1e6) / READS;
  });
  return median(rounds);
}

class StageWindows {
  readonly #ingress = createRing({ kind: 'mpsc', capacity: 1024, consumers: 1 });
  readonly #output = createRing({ kind: 'spsc', capacity: 8192, consumers: 1 });
  readonly #producer = new MpscProducer(this.#ingress);
  readonly #consumer = new RingConsumer(this.#output);
  readonly #ingressLongs = new BigInt64Array(this.#ingress.buffer);
  readonly #source: BigInt64Array;
  readonly #stage: EngineStage;
  /** What was read, so that reading cannot be left out. */
  origins = 0;

  constructor({ commands }: Recording) {
    this.#source = new BigInt64Array(commands.buffer, commands.byteOffset, commands.byteLength / 8);
    const ends = {
      ingress: new RingConsumer(this.#ingress),
      output: new SpscProducer(this.#output),
      batches: undefined,
    };
    this.#stage = new EngineStage(
      openMarketEngine('deep', DEFAULT_MARKET_CONFIG),
      ends,
      new NanoClock(),
      'spin',
    );
  }

  measure(first: number): { readonly write: number; readonly stage: number; readonly read: number } {
    let [write, stage, read] = [0, 0, 0];
    for (let burst = 0; burst < WINDOW_BURSTS; burst++) {
      const start = performance.now();
      this.#write(first + burst * BURST);
      const written = performance.now();
      while (this.#stage.step(BURST) > 0);
      const matched = performance.now();
      this.#read();
      write += written - start;
      stage += matched - written;
      read += performance.now() - matched;
    }
    return { write: write * 1e6, stage: stage * 1e6, read: read * 1e6 };
  }

  #write(first: number): void {
    this.#producer.tryClaim(BURST);
    for (let index = 0; index < BURST; index++) {
      const to = this.#producer.slotOffset(index) / 8;
      for (let long = 0; long < LONGS_PER_RECORD; long++) {
        this.#ingressLongs[to + long] = this.#source[(first + index) * LONGS_PER_RECORD + long] as bigint;
      }
      this.#producer.note(index, first + index, 1);
    }
    this.#producer.publish();
  }

  #read(): void {
    for (let count = this.#consumer.poll(256); count > 0; count = this.#consumer.poll(256)) {
      for (let index = 0; index < count; index++) this.origins ^= this.#consumer.origin(index);
      this.#consumer.release(count);
    }
  }
}
