// The engine's thread of the ring benches: the engine stage between two rings, spinning, without a journal.
import { parentPort, workerData } from 'node:worker_threads';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { EngineStage } from '../../queue/runtime/pipeline/engine-stage.ts';
import { openMarketEngine } from '../../queue/runtime/pipeline/market-engine.ts';
import { createBoard } from '../../queue/runtime/readers/book-board.ts';
import { BookBoardWriter } from '../../queue/runtime/readers/book-board-writer.ts';
import { RingConsumer } from '../../queue/runtime/rings/ring-consumer.ts';
import { attachRing } from '../../queue/runtime/rings/ring-memory.ts';
import { SpscProducer } from '../../queue/runtime/rings/spsc-ring.ts';
import { EngineTelemetry } from '../../queue/runtime/telemetry/engine-telemetry.ts';
import { NanoClock } from '../../queue/runtime/telemetry/nano-clock.ts';
import { TelemetryBlock } from '../../queue/runtime/telemetry/telemetry-block.ts';

/** What the thread is started with. */
export interface RingsEngineThread {
  readonly ingress: SharedArrayBuffer;
  readonly output: SharedArrayBuffer;
  /** One i32: 1 ends the thread. */
  readonly stop: SharedArrayBuffer;
  readonly telemetry: SharedArrayBuffer;
}

const SLOTS_MAX = 1024;
const SPINS_PER_LOOK = 4096;

const { ingress, output, stop, telemetry } = workerData as RingsEngineThread;
const engine = openMarketEngine('deep', DEFAULT_MARKET_CONFIG);
const ends = {
  ingress: new RingConsumer(attachRing(ingress)),
  output: new SpscProducer(attachRing(output)),
  batches: undefined,
};
const clock = new NanoClock();
const stage = new EngineStage(engine, ends, clock, 'spin', {
  board: new BookBoardWriter(createBoard()),
  telemetry: new EngineTelemetry(TelemetryBlock.attach(telemetry)),
});
const stopWord = new Int32Array(stop);
parentPort?.postMessage('running');
for (let spins = 0; ; spins++) {
  if (stage.step(SLOTS_MAX) > 0) continue;
  // Where two threads share a core, the one that waits must leave it to the one that works.
  Atomics.pause();
  if (spins % SPINS_PER_LOOK === 0 && Atomics.load(stopWord, 0) !== 0) break;
}
