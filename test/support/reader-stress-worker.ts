import { parentPort, workerData } from 'node:worker_threads';
import { SnapshotReader, SnapshotWriter } from '../../queue/runtime/readers/epoch-snapshots.ts';
import { SeqlockReader, SeqlockWriter } from '../../queue/runtime/readers/seqlock.ts';
import type { SnapshotMemory } from '../../queue/runtime/readers/snapshot-memory.ts';

/** What one thread of a reader test does. */
export interface ReaderRole {
  readonly role: 'seqlockWriter' | 'seqlockReader' | 'snapshotWriter' | 'snapshotReader';
  readonly block: SharedArrayBuffer;
  readonly snapshots: SnapshotMemory;
  readonly reader: number;
  /** How long the thread runs. */
  readonly ms: number;
}

/** `torn` and `backwards` must be 0. */
export interface ReaderFindings {
  readonly done: number;
  readonly torn: number;
  readonly backwards: number;
  readonly skipped: number;
}

const SEQLOCK_WORDS = 32;

const { role, block, snapshots, reader, ms } = workerData as ReaderRole;
const words = new Int32Array(block);
const deadline = performance.now() + ms;
const none = { done: 0, torn: 0, backwards: 0, skipped: 0 };

function writeSeqlock(): ReaderFindings {
  const writer = new SeqlockWriter(words);
  const content = new Int32Array(SEQLOCK_WORDS);
  let done = 0;
  while (performance.now() < deadline) {
    done += 1;
    for (let word = 0; word < SEQLOCK_WORDS; word++) content[word] = done * 7 + word;
    writer.write(content, SEQLOCK_WORDS);
  }
  return { ...none, done };
}

function readSeqlock(): ReaderFindings {
  const lock = new SeqlockReader(words);
  const into = new Int32Array(SEQLOCK_WORDS);
  let [done, torn, backwards, last] = [0, 0, 0, 0];
  while (performance.now() < deadline) {
    if (lock.read(into, SEQLOCK_WORDS, 10_000) === undefined) continue;
    const first = into[0] ?? 0;
    if (first !== 0 && into.some((value, word) => value !== first + word)) torn += 1;
    if (first < last) backwards += 1;
    last = first;
    done += 1;
  }
  return { ...none, done, torn, backwards };
}

function writeSnapshots(): ReaderFindings {
  const writer = new SnapshotWriter(snapshots);
  const snapshot = new Uint8Array(snapshots.bytesMax);
  let done = 0;
  while (performance.now() < deadline) {
    done += 1;
    const length = 4 + (done % (snapshots.bytesMax - 4));
    snapshot.fill(done & 0xff, 4, length);
    new DataView(snapshot.buffer).setInt32(0, done, true);
    writer.publish(snapshot.subarray(0, length));
  }
  return { ...none, done, skipped: writer.skipped() };
}

function readSnapshots(): ReaderFindings {
  const snapshotReader = new SnapshotReader(snapshots, reader);
  let [done, torn, backwards, last] = [0, 0, 0, 0];
  while (performance.now() < deadline) {
    const snapshot = snapshotReader.pin();
    if (snapshot === undefined) continue;
    const number = new DataView(snapshot.buffer, snapshot.byteOffset).getInt32(0, true);
    if (snapshot.length !== 4 + (number % (snapshots.bytesMax - 4))) torn += 1;
    for (let at = 4; at < snapshot.length; at++) if (snapshot[at] !== (number & 0xff)) torn += 1;
    if (number < last) backwards += 1;
    last = number;
    snapshotReader.unpin();
    done += 1;
  }
  return { ...none, done, torn, backwards };
}

const ROLES = {
  seqlockWriter: writeSeqlock,
  seqlockReader: readSeqlock,
  snapshotWriter: writeSnapshots,
  snapshotReader: readSnapshots,
} as const;
parentPort?.postMessage(ROLES[role]());
