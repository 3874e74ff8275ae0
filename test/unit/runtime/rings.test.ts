import { describe, expect, test } from 'vitest';
import { MpscProducer } from '../../../queue/runtime/rings/mpsc-ring.ts';
import { RingConsumer } from '../../../queue/runtime/rings/ring-consumer.ts';
import { createRing, type RingKind, type RingMemory } from '../../../queue/runtime/rings/ring-memory.ts';
import type { RingProducer } from '../../../queue/runtime/rings/ring-producer.ts';
import { SpscProducer } from '../../../queue/runtime/rings/spsc-ring.ts';

const CAPACITY = 8;

function producerOf(memory: RingMemory): RingProducer {
  return memory.kind === 'spsc' ? new SpscProducer(memory) : new MpscProducer(memory);
}

function put(producer: RingProducer, ...values: readonly number[]): boolean {
  if (!producer.tryClaim(values.length)) return false;
  values.forEach((value, index) => {
    producer.words[producer.slotOffset(index) / 4] = value;
    producer.note(index, value + 1, value + 0.5);
  });
  producer.publish();
  return true;
}

function take(consumer: RingConsumer, max: number): number[] {
  const count = consumer.poll(max);
  const values = Array.from({ length: count }, (_, index) => {
    const value = consumer.words[consumer.slotOffset(index) / 4] ?? -1;
    expect(consumer.origin(index)).toBe(value + 1);
    expect(consumer.arrivalNs(index)).toBe(value + 0.5);
    return value;
  });
  if (count > 0) consumer.release(count);
  return values;
}

describe.each<RingKind>(['spsc', 'mpsc'])('a %s ring', (kind) => {
  test.each([0, 2 ** 31 - 5, -5])(
    'gives what was put, in order, over laps from sequence %d on',
    (firstSequence) => {
      const memory = createRing({ kind, capacity: CAPACITY, consumers: 1, firstSequence });
      const producer = producerOf(memory);
      const consumer = new RingConsumer(memory);
      expect(take(consumer, CAPACITY)).toEqual([]);
      for (let first = 0; first < 60; first += 3) {
        expect(put(producer, first, first + 1, first + 2)).toBe(true);
        expect(take(consumer, 2)).toEqual([first, first + 1]);
        expect(take(consumer, CAPACITY)).toEqual([first + 2]);
        expect(take(consumer, CAPACITY)).toEqual([]);
      }
    },
  );

  test('refuses a claim without room, takes nothing then, and has room again after a release', () => {
    const memory = createRing({ kind, capacity: CAPACITY, consumers: 1 });
    const producer = producerOf(memory);
    const consumer = new RingConsumer(memory);
    expect(put(producer, 0, 1, 2, 3, 4, 5)).toBe(true);
    expect(producer.ready()).toBe(2);
    expect(put(producer, 6, 7, 8)).toBe(false);
    expect(put(producer, 6, 7)).toBe(true);
    expect(producer.tryClaim(1)).toBe(false);
    expect(consumer.lag()).toBe(8);
    expect(take(consumer, 1)).toEqual([0]);
    expect(put(producer, 8)).toBe(true);
    expect(take(consumer, CAPACITY)).toEqual(
      kind === 'spsc' ? [1, 2, 3, 4, 5, 6, 7] : [1, 2, 3, 4, 5, 6, 7, 8],
    );
  });

  test('shows a slot to a consumer behind others only when they are all done with it, and keeps it until the last one is', () => {
    const memory = createRing({ kind, capacity: CAPACITY, consumers: 3 });
    const producer = producerOf(memory);
    const [first, second] = [new RingConsumer(memory, 0), new RingConsumer(memory, 1)];
    const last = new RingConsumer(memory, 2, [0, 1]);
    put(producer, 0, 1, 2, 3);
    expect(take(last, 8)).toEqual([]);
    expect(take(first, 3)).toEqual([0, 1, 2]);
    expect(take(last, 8)).toEqual([]);
    expect(take(second, 2)).toEqual([0, 1]);
    expect(take(last, 8)).toEqual([0, 1]);
    expect(put(producer, 4, 5, 6, 7)).toBe(true);
    expect(put(producer, 8, 9, 10)).toBe(false);
    expect(put(producer, 8, 9)).toBe(true);
  });

  test('goes on where it stood for a thread that attaches later', () => {
    const memory = createRing({ kind, capacity: CAPACITY, consumers: 1 });
    put(producerOf(memory), 0, 1, 2);
    take(new RingConsumer(memory), 2);
    put(producerOf(memory), 3);
    expect(take(new RingConsumer(memory), 8)).toEqual([2, 3]);
  });
});

test('slots of a claim that is not published yet hide later ones that are', () => {
  const memory = createRing({ kind: 'mpsc', capacity: CAPACITY, consumers: 1 });
  const [slow, quick] = [new MpscProducer(memory), new MpscProducer(memory)];
  const consumer = new RingConsumer(memory);
  slow.tryClaim(1);
  put(quick, 7, 8);
  expect(take(consumer, 8)).toEqual([]);
  slow.words[slow.slotOffset(0) / 4] = 6;
  slow.note(0, 7, 6.5);
  slow.publish();
  expect(take(consumer, 8)).toEqual([6, 7, 8]);
});
