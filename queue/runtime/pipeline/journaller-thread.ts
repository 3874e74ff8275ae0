// The worker thread of the journaller.
import { workerData } from 'node:worker_threads';
import { RingConsumer } from '../rings/ring-consumer.ts';
import { WaitStrategy } from '../rings/wait-strategy.ts';
import { TelemetryBlock } from '../telemetry/telemetry-block.ts';
import { ControlBlock } from './control-block.ts';
import { JournalWriter } from './journal-writer.ts';
import { JournallerStage } from './journaller-stage.ts';
import {
  attachPipelineRings,
  ENGINE_CONSUMER,
  JOURNALLER_OF_BATCHES,
  JOURNALLER_OF_INGRESS,
} from './pipeline-rings.ts';
import type { ThreadSettings } from './thread-settings.ts';

const BATCHES_MAX = 1024;
const IDLE_MS = 5;

function run(settings: ThreadSettings): void {
  const rings = attachPipelineRings(settings.buffers);
  const control = new ControlBlock(settings.control);
  const batches = new RingConsumer(rings.batches, JOURNALLER_OF_BATCHES);
  const ingress = new RingConsumer(rings.ingress, JOURNALLER_OF_INGRESS, [ENGINE_CONSUMER]);
  const writer = new JournalWriter(
    settings.journalPath,
    settings.geometry,
    settings.market,
    settings.durability,
  );
  const stage = new JournallerStage({ batches, ingress }, writer);
  const telemetry = TelemetryBlock.attach(settings.telemetry);
  const journalNs = telemetry.histogram('journal_ns');
  const wait = new WaitStrategy(settings.policy);
  control.setState('journaller', 'running');
  for (;;) {
    const startedNs = performance.now() * 1e6;
    const journalled = stage.step(BATCHES_MAX);
    control.beat('journaller', journalled);
    if (journalled > 0) {
      telemetry.counter('journal_batches_total').add(journalled);
      telemetry.counter('journal_groups_total').set(writer.groupsWritten);
      telemetry.counter('journal_bytes_total').set(writer.bytesWritten);
      journalNs.record(performance.now() * 1e6 - startedNs);
    }
    if (journalled > 0) continue;
    if (wait.until(batches, IDLE_MS) === 0 && control.isStopping() && control.isIn('engine', 'stopped'))
      break;
  }
  writer.close();
  control.setState('journaller', 'stopped');
}

run(workerData as ThreadSettings);
