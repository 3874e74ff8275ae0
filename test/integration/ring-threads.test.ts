import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { createRing, type RingShape } from '../../queue/runtime/rings/ring-memory.ts';
import type { WaitPolicy } from '../../queue/runtime/rings/wait-strategy.ts';
import type { StressFindings, StressRole } from '../support/ring-stress-worker.ts';
import { SEED } from '../support/seed.ts';

const SLOTS_EACH = 30_000;
const WORKER = new URL('../support/ring-stress-worker.ts', import.meta.url);

async function run(role: StressRole): Promise<StressFindings> {
  const worker = new Worker(WORKER, { workerData: role });
  const [findings] = (await once(worker, 'message')) as [StressFindings];
  await worker.terminate();
  return findings;
}

/** Runs a thread for each producer and consumer; the last consumer is behind the others where there are more. */
async function stress(
  shape: RingShape,
  producers: number,
  policy: WaitPolicy,
  seed: bigint,
): Promise<readonly StressFindings[]> {
  // Sequences begin just before they wrap.
  const memory = createRing({ ...shape, firstSequence: 2 ** 31 - SLOTS_EACH });
  const common = { ring: memory.buffer, seed, policy, producers, batchMax: shape.capacity / 2 };
  const roles: StressRole[] = [];
  for (let index = 0; index < shape.consumers; index++) {
    const upstream =
      index > 0 && index === shape.consumers - 1 ? Array.from({ length: index }, (_, i) => i) : [];
    roles.push({ ...common, role: 'consumer', index, upstream, slots: SLOTS_EACH * producers });
  }
  for (let index = 0; index < producers; index++) {
    roles.push({ ...common, role: 'producer', index, upstream: [], slots: SLOTS_EACH });
  }
  const findings = await Promise.all(roles.map(run));
  return findings.slice(0, shape.consumers);
}

describe("between threads nothing is lost, doubled, torn or out of a producer's order", () => {
  test.each<[string, RingShape, number, WaitPolicy]>([
    ['one producer, parking', { kind: 'spsc', capacity: 16, consumers: 1 }, 1, 'park'],
    ['one producer, spinning', { kind: 'spsc', capacity: 1024, consumers: 1 }, 1, 'spin'],
    ['one producer, three consumers, yielding', { kind: 'spsc', capacity: 64, consumers: 3 }, 1, 'yield'],
    ['three producers on four slots, parking', { kind: 'mpsc', capacity: 4, consumers: 1 }, 3, 'park'],
    ['two producers, three consumers, parking', { kind: 'mpsc', capacity: 64, consumers: 3 }, 2, 'park'],
    ['four producers, yielding', { kind: 'mpsc', capacity: 1024, consumers: 1 }, 4, 'yield'],
  ])(
    '%s',
    async (_, shape, producers, policy) => {
      const findings = await stress(shape, producers, policy, BigInt(SEED));
      for (const found of findings) {
        expect(found).toEqual({ seen: SLOTS_EACH * producers, outOfOrder: 0, torn: 0, timedOut: 0 });
      }
    },
    60_000,
  );
});
