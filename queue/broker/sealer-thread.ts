import { existsSync, readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { decodeJournal } from '../../engine/journal.ts';
import { messageOf } from '../../engine/message-of.ts';
import { contentDigest } from '../store/content-digest.ts';
import { DataDirectory, receiptPath } from '../store/data-directory.ts';
import { writeFileDurably } from '../store/durable-file.ts';
import { readManifest, writeManifest } from '../store/manifest.ts';
import { patiently } from '../store/patience.ts';
import type { SealerAnswer, SealerRequest, SealerStart } from './sealer-messages.ts';
import { Sequencer } from './sequencer.ts';

// The sealing engine of one market, on a thread of its own: hashing and syncing a batch takes tens of milliseconds, in which no
// request could be acknowledged.

const { root, policy } = workerData as SealerStart;
const directory = new DataDirectory(root);
let manifest = readManifest(directory.paths.manifest);
const sequencer = Sequencer.replay(directory, policy, directory.commandLog.read());
say({ kind: 'opened', snapshot: sequencer.engine.snapshot(), batchNumber: sequencer.engine.batchNumber() });

parentPort?.on('message', (request: SealerRequest) => {
  try {
    say(answer(request));
  } catch (error) {
    say({ kind: 'failed', reason: messageOf(error) });
  }
  if (request.kind === 'close') parentPort?.close();
});

function answer(request: SealerRequest): SealerAnswer {
  switch (request.kind) {
    case 'seal':
      return seal(request.commands, request.timestampNs);
    case 'publish':
      publish(request.batchNumbers);
      return { kind: 'published' };
    case 'snapshot':
      return { kind: 'snapshot', snapshot: sequencer.engine.snapshot() };
    case 'close':
      directory.close();
      return { kind: 'closed' };
  }
}

function seal(commands: Uint8Array, timestampNs: bigint): SealerAnswer {
  const startedMs = performance.now();
  patiently(() => noteBatchCount(null), delayed);
  const { jobId, batchNumber, sealed } = sequencer.sealLogged(commands, timestampNs, delayed);
  const { lastSequence } = decodeJournal(sealed.journal);
  return { kind: 'sealed', jobId, batchNumber, lastSequence, durationMs: performance.now() - startedMs };
}

/**
 * An auditor needs files and no store; once every batch has its receipt, the manifest says so. At a start most files are
 * there already, and are not written again.
 */
function publish(batchNumbers: readonly number[]): void {
  for (const batchNumber of batchNumbers) {
    const digest = directory.batches.find(batchNumber)?.receiptDigest;
    if (digest === undefined) continue;
    const path = receiptPath(directory.paths, batchNumber);
    if (existsSync(path) && contentDigest(readFileSync(path)) === digest) continue;
    writeFileDurably(path, directory.content.get(digest));
  }
  const last = directory.batches.lastStored();
  if (last > 0 && directory.batches.highestProven() === last) noteBatchCount(last);
}

/** Nobody else writes the manifest of a market that runs. */
function noteBatchCount(batchCount: number | null): void {
  if (manifest.batchCount === batchCount) return;
  const changed = { ...manifest, batchCount };
  writeManifest(directory.paths.manifest, changed);
  manifest = changed;
}

function delayed(error: unknown): void {
  say({ kind: 'delayed', reason: messageOf(error) });
}

function say(message: SealerAnswer): void {
  parentPort?.postMessage(message);
}
