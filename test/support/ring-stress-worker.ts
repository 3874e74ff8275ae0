import { parentPort, workerData } from 'node:worker_threads';
import { IntegerRandom } from '../../queue/order-flow/integer-random.ts';
import { MpscProducer } from '../../queue/runtime/rings/mpsc-ring.ts';
import { RingConsumer } from '../../queue/runtime/rings/ring-consumer.ts';
import { attachRing } from '../../queue/runtime/rings/ring-memory.ts';
import { SpscProducer } from '../../queue/runtime/rings/spsc-ring.ts';
import { type WaitPolicy, WaitStrategy } from '../../queue/runtime/rings/wait-strategy.ts';

/** What one thread of a stress test does; it posts what it found. */
export interface StressRole {
  readonly ring: SharedArrayBuffer;
  readonly seed: bigint;
  readonly policy: WaitPolicy;
  /** A producer's number, or a consumer's. */
  readonly index: number;
  readonly role: 'producer' | 'consumer';
  /** Consumers before this one. */
  readonly upstream: readonly number[];
  /** Slots to write, or to read in all. */
  readonly slots: number;
  readonly producers: number;
  readonly batchMax: number;
}

/** What a consumer saw. Every count but `seen` must be 0. */
export interface StressFindings {
  readonly seen: number;
  readonly outOfOrder: number;
  readonly torn: number;
  readonly timedOut: number;
}

const WORDS_PER_SLOT = 16;
const STALL_MS = 20_000;

/** A pause of a random length now and then, so that threads meet at ever other points. */
function stagger(random: IntegerRandom): void {
  if (!random.chance(1, 64)) return;
  for (let left = random.below(2000); left > 0; left--) Atomics.pause();
}

function produce(role: StressRole): StressFindings {
  const memory = attachRing(role.ring);
  const producer = memory.kind === 'spsc' ? new SpscProducer(memory) : new MpscProducer(memory);
  const wait = new WaitStrategy(role.policy);
  const random = new IntegerRandom(role.seed + BigInt(role.index));
  for (let sent = 0; sent < role.slots; ) {
    const count = Math.min(1 + random.below(role.batchMax), role.slots - sent);
    while (!producer.tryClaim(count)) {
      if (wait.until(producer, STALL_MS) === 0) return { seen: sent, outOfOrder: 0, torn: 0, timedOut: 1 };
    }
    for (let index = 0; index < count; index++) {
      const at = producer.slotOffset(index) / 4;
      for (let word = 0; word < WORDS_PER_SLOT; word++) producer.words[at + word] = sent + index + word;
      producer.note(index, role.index, sent + index);
      stagger(random);
    }
    producer.publish();
    sent += count;
  }
  return { seen: role.slots, outOfOrder: 0, torn: 0, timedOut: 0 };
}

function consume(role: StressRole): StressFindings {
  const consumer = new RingConsumer(attachRing(role.ring), role.index, role.upstream);
  const wait = new WaitStrategy(role.policy);
  const random = new IntegerRandom(role.seed + 1000n + BigInt(role.index));
  const next = new Int32Array(role.producers);
  let [seen, outOfOrder, torn] = [0, 0, 0];
  while (seen < role.slots) {
    if (wait.until(consumer, STALL_MS) === 0) return { seen, outOfOrder, torn, timedOut: 1 };
    const count = consumer.poll(1 + random.below(role.batchMax));
    for (let index = 0; index < count; index++) {
      const at = consumer.slotOffset(index) / 4;
      const value = consumer.words[at] ?? -1;
      const origin = consumer.origin(index);
      if (value !== next[origin]) outOfOrder += 1;
      next[origin] = value + 1;
      if (consumer.arrivalNs(index) !== value) torn += 1;
      for (let word = 1; word < WORDS_PER_SLOT; word++)
        if (consumer.words[at + word] !== value + word) torn += 1;
      stagger(random);
    }
    consumer.release(count);
    seen += count;
  }
  return { seen, outOfOrder, torn, timedOut: 0 };
}

const role = workerData as StressRole;
parentPort?.postMessage(role.role === 'producer' ? produce(role) : consume(role));
