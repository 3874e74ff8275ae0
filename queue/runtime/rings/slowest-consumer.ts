import { consumerWord } from './ring-layout.ts';
import { distanceTo } from './sequence.ts';

/** The cursor of the consumer that is furthest behind `producer`: no slot before it is still read by anybody. */
export function slowestConsumer(words: Int32Array, consumers: number, producer: number): number {
  let slowest = Atomics.load(words, consumerWord(0));
  for (let consumer = 1; consumer < consumers; consumer++) {
    const cursor = Atomics.load(words, consumerWord(consumer));
    if (distanceTo(producer, cursor) > distanceTo(producer, slowest)) slowest = cursor;
  }
  return slowest;
}
