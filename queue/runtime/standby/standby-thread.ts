// The worker thread of the warm standby: a second engine that follows the journal, and goes on in the primary's place when that is dead.
import { workerData } from 'node:worker_threads';
import { ErrorRing } from '../faults/error-ring.ts';
import { ControlBlock } from '../pipeline/control-block.ts';
import { runEngineLoop } from '../pipeline/engine-loop.ts';
import { JournalFollower } from '../pipeline/journal-follower.ts';
import { openMarketEngine } from '../pipeline/market-engine.ts';
import { attachPipelineRings, JOURNALLER_OF_BATCHES } from '../pipeline/pipeline-rings.ts';
import type { ThreadSettings } from '../pipeline/thread-settings.ts';
import { consumerWord, PRODUCER_WORD } from '../rings/ring-layout.ts';
import { JournalReplica } from './journal-replica.ts';
import { rewindRings } from './rewind-rings.ts';
import { SnapshotPublisher } from './snapshot-publisher.ts';

const FOLLOW_MS = 1;

function isJournallerBehind(words: Int32Array): boolean {
  return Atomics.load(words, consumerWord(JOURNALLER_OF_BATCHES)) !== Atomics.load(words, PRODUCER_WORD);
}

function run(settings: ThreadSettings): void {
  const control = new ControlBlock(settings.control);
  const engine = openMarketEngine(settings.geometry, settings.market);
  const follower = new JournalFollower(settings.journalPath);
  const replica = new JournalReplica(engine, follower);
  const { snapshots } = settings;
  const publisher = snapshots && new SnapshotPublisher(engine, snapshots, new ErrorRing(settings.errors));
  control.setState('standby', 'following');
  while (!control.awaitTakeOver(FOLLOW_MS)) {
    const applied = replica.catchUp();
    control.beat('standby', applied);
    publisher?.afterCatchUp(applied, performance.now());
    if (control.isStopping() && control.isIn('engine', 'stopped')) {
      control.setState('standby', 'stopped');
      return;
    }
  }
  const rings = attachPipelineRings(settings.buffers);
  // The journaller releases a batch when it is in the file: then the replica has all of them.
  while (isJournallerBehind(rings.batches.words)) Atomics.pause();
  replica.catchUp();
  follower.close();
  rewindRings(rings);
  control.setState('standby', 'running');
  runEngineLoop(engine, settings);
}

run(workerData as ThreadSettings);
