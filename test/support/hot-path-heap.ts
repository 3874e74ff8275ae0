// A program of its own, run with --expose-gc: one thread drives producer, engine stage, journal-less publisher, pools and error ring in
// turn, and says what the heap did after everything was warm.
import { PerformanceObserver } from 'node:perf_hooks';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { createErrorRing, ErrorRing } from '../../queue/runtime/faults/error-ring.ts';
import { FAST_ERRORS } from '../../queue/runtime/faults/fast-error.ts';
import { EngineStage } from '../../queue/runtime/pipeline/engine-stage.ts';
import { openMarketEngine } from '../../queue/runtime/pipeline/market-engine.ts';
import { BufferPool } from '../../queue/runtime/pools/buffer-pool.ts';
import { createBoard } from '../../queue/runtime/readers/book-board.ts';
import { BookBoardReader } from '../../queue/runtime/readers/book-board-reader.ts';
import { BookBoardWriter } from '../../queue/runtime/readers/book-board-writer.ts';
import { MpscProducer } from '../../queue/runtime/rings/mpsc-ring.ts';
import { RingConsumer } from '../../queue/runtime/rings/ring-consumer.ts';
import { createRing } from '../../queue/runtime/rings/ring-memory.ts';
import { SpscProducer } from '../../queue/runtime/rings/spsc-ring.ts';
import { EngineTelemetry } from '../../queue/runtime/telemetry/engine-telemetry.ts';
import { MeasuredSink } from '../../queue/runtime/telemetry/measured-sink.ts';
import { NanoClock } from '../../queue/runtime/telemetry/nano-clock.ts';
import { TelemetryBlock } from '../../queue/runtime/telemetry/telemetry-block.ts';
import { packedFlow } from './pipeline-run.ts';

const BURST = 64;
const WARM_UP_BURSTS = 20_000;
const MEASURED_BURSTS = 6000;
/** What a `leak` argument adds to each burst: the test must see it. */
const leaks = process.argv.includes('leak');

const ingress = createRing({ kind: 'mpsc', capacity: 1024, consumers: 1 });
const output = createRing({ kind: 'spsc', capacity: 8192, consumers: 1 });
const clock = new NanoClock();
const block = TelemetryBlock.create();
const board = createBoard();
const reader = new BookBoardReader(board);
const producer = new MpscProducer(ingress);
const consumer = new RingConsumer(output);
const stage = new EngineStage(
  openMarketEngine('circuit', DEFAULT_MARKET_CONFIG),
  { ingress: new RingConsumer(ingress), output: new SpscProducer(output), batches: undefined },
  clock,
  'spin',
  { board: new BookBoardWriter(board), telemetry: new EngineTelemetry(block) },
);
const sink = new MeasuredSink({ take: () => {} }, block, clock);
const errors = new ErrorRing(createErrorRing());
const pool = new BufferPool({ bufferBytes: 256, chunkBuffers: 64, chunksMax: 1 });

const commands = packedFlow(5n, 4096).filter((packed) => packed.length === COMMAND_BYTES);
const packed = new Int32Array(new ArrayBuffer(commands.length * COMMAND_BYTES));
const packedBytes = new Uint8Array(packed.buffer);
commands.forEach((command, index) => {
  packedBytes.set(command, index * COMMAND_BYTES);
});
const WORDS = COMMAND_BYTES / 4;
let kept: unknown;

function burst(first: number): void {
  const buffer = pool.take();
  producer.tryClaim(BURST);
  for (let index = 0; index < BURST; index++) {
    const from = ((first + index) % commands.length) * WORDS;
    const to = producer.slotOffset(index) / 4;
    for (let word = 0; word < WORDS; word++) producer.words[to + word] = packed[from + word] ?? 0;
    producer.note(index, index, clock.nowNs());
  }
  producer.publish();
  while (stage.step(BURST) > 0);
  for (let count = consumer.poll(BURST); count > 0; count = consumer.poll(BURST)) {
    sink.take(consumer, count);
    consumer.release(count);
  }
  reader.readTop();
  errors.raise(FAST_ERRORS.InvalidOrder, 1, first);
  pool.give(buffer);
  if (leaks) kept = new Array(BURST).fill(first);
}

let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ['gc'] });

for (let index = 0; index < WARM_UP_BURSTS; index++) burst(index * BURST);
await new Promise((resolve) => setTimeout(resolve, 50));
globalThis.gc?.();
await new Promise((resolve) => setTimeout(resolve, 50));
collections = 0;
const before = process.memoryUsage().heapUsed;
for (let index = 0; index < MEASURED_BURSTS; index++) burst(index * BURST);
const heapBytes = process.memoryUsage().heapUsed - before;
await new Promise((resolve) => setTimeout(resolve, 50));
console.log(
  JSON.stringify({ commands: MEASURED_BURSTS * BURST, heapBytes, collections, leaks: kept !== undefined }),
);
