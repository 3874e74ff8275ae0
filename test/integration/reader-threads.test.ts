import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { createSnapshots } from '../../queue/runtime/readers/snapshot-memory.ts';
import type { ReaderFindings, ReaderRole } from '../support/reader-stress-worker.ts';

const WORKER = new URL('../support/reader-stress-worker.ts', import.meta.url);
const MS = 1500;

async function runAll(roles: readonly ReaderRole['role'][]): Promise<readonly ReaderFindings[]> {
  const block = new SharedArrayBuffer(33 * 4);
  const snapshots = createSnapshots({ bytesMax: 1000, buffers: 4, readers: 2 });
  return await Promise.all(
    roles.map(async (role, index) => {
      const workerData: ReaderRole = { role, block, snapshots, reader: index - 1, ms: MS };
      const worker = new Worker(WORKER, { workerData });
      const [findings] = (await once(worker, 'message')) as [ReaderFindings];
      return findings;
    }),
  );
}

test('no reader of a seqlock ever sees two versions in one, nor an older one after a newer', async () => {
  const [writer, ...readers] = await runAll(['seqlockWriter', 'seqlockReader', 'seqlockReader']);
  expect(writer?.done).toBeGreaterThan(1000);
  for (const { done, torn, backwards } of readers) {
    expect({ torn, backwards }).toEqual({ torn: 0, backwards: 0 });
    expect(done).toBeGreaterThan(1000);
  }
});

test('a pinned snapshot stays whole while newer ones are published, and with two buffers to spare none is left out', async () => {
  const [writer, ...readers] = await runAll(['snapshotWriter', 'snapshotReader', 'snapshotReader']);
  expect(writer?.done).toBeGreaterThan(1000);
  expect(writer?.skipped).toBe(0);
  for (const { done, torn, backwards } of readers) {
    expect({ torn, backwards }).toEqual({ torn: 0, backwards: 0 });
    expect(done).toBeGreaterThan(100);
  }
});
