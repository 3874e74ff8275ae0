import { BATCH_COMMANDS_MAX } from '../../../engine/command.ts';
import { ErrorRing } from '../faults/error-ring.ts';
import { BookBoardWriter } from '../readers/book-board-writer.ts';
import { RingConsumer } from '../rings/ring-consumer.ts';
import { SpscProducer } from '../rings/spsc-ring.ts';
import { WaitStrategy } from '../rings/wait-strategy.ts';
import { EngineTelemetry } from '../telemetry/engine-telemetry.ts';
import { NanoClock } from '../telemetry/nano-clock.ts';
import { TelemetryBlock } from '../telemetry/telemetry-block.ts';
import { ControlBlock } from './control-block.ts';
import { EngineStage } from './engine-stage.ts';
import { LoadGovernor } from './load-governor.ts';
import { type MarketEngine, sealedRoot } from './market-engine.ts';
import { attachPipelineRings, ENGINE_CONSUMER } from './pipeline-rings.ts';
import type { ThreadSettings } from './thread-settings.ts';

/** A thread that has nothing to do beats at least this often. */
const IDLE_MS = 5;

/** Runs the engine stage on this thread until the pipeline stops and the ingress ring is empty, and leaves the root of its last state. */
export function runEngineLoop(engine: MarketEngine, settings: ThreadSettings): void {
  const rings = attachPipelineRings(settings.buffers);
  const control = new ControlBlock(settings.control);
  const ingress = new RingConsumer(rings.ingress, ENGINE_CONSUMER);
  const ends = { ingress, output: new SpscProducer(rings.output), batches: new SpscProducer(rings.batches) };
  const clock = new NanoClock();
  const block = TelemetryBlock.attach(settings.telemetry);
  const telemetry = new EngineTelemetry(block);
  const board = new BookBoardWriter(settings.board);
  const errors = new ErrorRing(settings.errors);
  const whileWaiting = () => control.beat('engine', 0);
  const observers = { board, telemetry, errors, whileWaiting };
  const stage = new EngineStage(engine, ends, clock, settings.policy, observers);
  const wait = new WaitStrategy(settings.policy);
  const load = new LoadGovernor(
    ingress,
    rings.ingress.capacity,
    control,
    board,
    block.counter('degradation_step'),
  );
  control.setState('engine', 'running');
  for (;;) {
    if (load.wantsToGather(performance.now())) continue;
    const taken = stage.step(BATCH_COMMANDS_MAX);
    control.beat('engine', taken);
    if (taken > 0) continue;
    if (wait.until(ingress, IDLE_MS) === 0 && control.isStopping()) break;
  }
  control.setFinalRoot(sealedRoot(engine));
  control.setState('engine', 'stopped');
}
