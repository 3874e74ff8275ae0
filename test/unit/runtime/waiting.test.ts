import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { RingConsumer } from '../../../queue/runtime/rings/ring-consumer.ts';
import { createRing } from '../../../queue/runtime/rings/ring-memory.ts';
import { SpscProducer } from '../../../queue/runtime/rings/spsc-ring.ts';
import { type WaitPolicy, WaitStrategy } from '../../../queue/runtime/rings/wait-strategy.ts';
import { NanoClock } from '../../../queue/runtime/telemetry/nano-clock.ts';

describe.each<WaitPolicy>(['spin', 'yield', 'park'])('waiting by %s', (policy) => {
  test('ends at its time when nothing comes, and at once when something is there', () => {
    const ring = createRing({ kind: 'spsc', capacity: 8, consumers: 1 });
    const consumer = new RingConsumer(ring);
    const wait = new WaitStrategy(policy);
    const started = performance.now();
    expect(wait.until(consumer, 30)).toBe(0);
    expect(performance.now() - started).toBeGreaterThanOrEqual(29);
    const producer = new SpscProducer(ring);
    producer.tryClaim(1);
    producer.publish();
    expect(wait.until(consumer, 0)).toBe(1);
  });
});

/** The least of many differences: whoever is interrupted between two readings sees a larger one. */
function least(difference: () => number): number {
  return Math.min(...Array.from({ length: 200 }, () => Math.abs(difference())));
}

test('the clock of every thread is that of the machine', async () => {
  const clock = new NanoClock();
  const monotonicNs = () => Number(process.hrtime.bigint());
  expect(least(() => clock.nowNs() - monotonicNs())).toBeLessThan(20_000);
  const ticked = () => {
    clock.tick();
    return (clock.last[0] ?? 0) - monotonicNs();
  };
  expect(least(ticked)).toBeLessThan(20_000);
  expect(least(() => clock.nowNs() + clock.epochOffsetNs - Date.now() * 1e6)).toBeLessThan(5e6);

  const url = new URL('../../../queue/runtime/telemetry/nano-clock.ts', import.meta.url).href;
  const program = `import { parentPort } from 'node:worker_threads';
    import { NanoClock } from '${url}';
    const clock = new NanoClock();
    const differences = Array.from({ length: 200 }, () => Math.abs(clock.nowNs() - Number(process.hrtime.bigint())));
    parentPort.postMessage(Math.min(...differences));`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
  const elsewhere = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  expect(elsewhere).toBeLessThan(20_000);
});
