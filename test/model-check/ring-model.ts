import {
  CONSUMERS_MAX,
  consumerWord,
  NOTE_BYTES,
  PRODUCER_WORD,
  SLOT_BYTES,
  SLOTS_OFFSET,
} from '../../queue/runtime/rings/ring-layout.ts';
import type { RingKind } from '../../queue/runtime/rings/ring-memory.ts';
import type { Model, ModelThread, Operation, OperationEnd } from './explore.ts';
import { type SourceFault, type SteppedObject, type Steps, steppedRings } from './stepped-source.ts';

/** A small ring with its threads. */
export interface RingModel {
  readonly kind: RingKind;
  readonly capacity: 2 | 4;
  /** For each producer how many slots each of its claims takes. */
  readonly claims: readonly (readonly number[])[];
  /** Most slots that the consumer takes at once. */
  readonly pollMax: number;
  /**
   * The first producer looked at an empty ring and fell asleep before its claim. Since then the sequences came all the way round: the
   * cursor is as it saw it, but the ring is full of the second producer's first values.
   */
  readonly oldLook?: boolean;
  readonly firstSequence?: number;
  /** Whether a consumer that finds nothing sleeps until it is woken. */
  readonly parks?: boolean;
  /** Whether a producer that finds no room does. */
  readonly producersPark?: boolean;
  readonly fault?: SourceFault;
}

type Park = (subject: SteppedObject, timeoutMs: number) => Steps<void>;

const VALUES_PER_PRODUCER = 100;

/** Producers that each send 100 i + 1, 100 i + 2, ... and a consumer that must see every producer's values in order, once, and whole. */
export function ringModel(model: RingModel): Model {
  const { SpscProducer, MpscProducer, RingConsumer, park } = steppedRings(model.fault);
  const words = wordsOf(model);
  const memory = {
    kind: model.kind,
    capacity: model.capacity,
    consumers: 1,
    mask: model.capacity - 1,
    notesWord: (SLOTS_OFFSET + model.capacity * SLOT_BYTES) / 4,
    words,
    bytes: new Uint8Array(0),
    times: new Float64Array(0),
  };
  const Producer = model.kind === 'spsc' ? SpscProducer : MpscProducer;
  const producers = model.claims.map(
    (claims, index): ModelThread => ({
      make: () => new Producer(memory),
      operations: producing(claims, index, model.producersPark === true ? park : undefined),
      results: index === 0 && model.oldLook === true ? [0, 0] : [],
    }),
  );
  const expected = model.oldLook === true ? [...model.claims, [model.capacity]] : model.claims;
  const total = slotsOf(expected);
  const sleep = model.parks === true ? park : undefined;
  const consumer: ModelThread = {
    make: () => new RingConsumer(memory),
    operations: [{ run: (object, seen) => consuming(object, seen.length, total, model.pollMax, sleep) }],
  };
  return {
    words,
    threads: [...producers, consumer],
    fault: (seen, isFinal) => faultIn(seen, expected, isFinal),
  };
}

function slotsOf(claims: RingModel['claims']): number {
  return claims.flat().reduce((sum, count) => sum + count, 0);
}

function wordsOf({ capacity, firstSequence = 0, oldLook = false }: RingModel): Int32Array {
  const words = new Int32Array((SLOTS_OFFSET + capacity * (SLOT_BYTES + NOTE_BYTES)) / 4);
  words[PRODUCER_WORD] = firstSequence;
  for (let consumer = 0; consumer < CONSUMERS_MAX; consumer++) words[consumerWord(consumer)] = firstSequence;
  for (let slot = 0; slot < capacity; slot++) {
    words[(SLOTS_OFFSET + capacity * SLOT_BYTES + slot * NOTE_BYTES) / 4] = firstSequence;
  }
  return oldLook ? fillWithSecond(words, capacity) : words;
}

/** The ring is full: sequences -capacity .. -1 hold the second producer's first values, and nobody has read them. */
function fillWithSecond(words: Int32Array, capacity: number): Int32Array {
  words[consumerWord(0)] = -capacity;
  for (let sequence = -capacity; sequence < 0; sequence++) {
    const slot = sequence & (capacity - 1);
    words[(SLOTS_OFFSET + slot * SLOT_BYTES) / 4] = VALUES_PER_PRODUCER + 1 + sequence + capacity;
    words[(SLOTS_OFFSET + capacity * SLOT_BYTES + slot * NOTE_BYTES) / 4] = sequence + 1;
  }
  return words;
}

/** A claim and what belongs to it are two operations: claim, then fill and publish. A claim without room is tried again. */
function producing(claims: readonly number[], producer: number, park: Park | undefined): Operation[] {
  let sent = 0;
  return claims.flatMap((count, claim) => {
    const firstValue = producer * VALUES_PER_PRODUCER + sent + 1;
    sent += count;
    return [
      {
        *run(object: SteppedObject) {
          const isClaimed = yield* call<boolean>(object, 'tryClaim', count);
          if (!isClaimed && park !== undefined) yield* park(object, 1);
          return { next: 2 * claim + (isClaimed ? 1 : 0) };
        },
      },
      {
        *run(object: SteppedObject) {
          for (let index = 0; index < count; index++) {
            yield { kind: 'store', word: slotWord(object, index), values: [firstValue + index] };
          }
          yield* call<void>(object, 'publish');
          return { next: 2 * claim + 2 };
        },
      },
    ] satisfies Operation[];
  });
}

/** Polls, reads, releases; what was read counts when it is read, before the release. */
function* consuming(
  object: SteppedObject,
  seenBefore: number,
  total: number,
  pollMax: number,
  park: Park | undefined,
): Steps<OperationEnd> {
  const count = yield* call<number>(object, 'poll', pollMax);
  if (count === 0) {
    if (park !== undefined) yield* park(object, 1);
    return { next: 0 };
  }
  const seen: number[] = [];
  for (let index = 0; index < count; index++) {
    seen.push(yield { kind: 'load', word: slotWord(object, index), values: [] });
  }
  yield* call<void>(object, 'release', count);
  return { next: seenBefore + count < total ? 0 : 1, seen };
}

function call<T>(object: SteppedObject, method: string, ...args: readonly unknown[]): Steps<T> {
  const run = object[method];
  if (run === undefined) throw new Error(`the rings have no ${method}`);
  return run.call(object, ...args) as Steps<T>;
}

function slotWord(object: SteppedObject, index: number): number {
  return (object.slotOffset as unknown as (index: number) => number).call(object, index) / 4;
}

function faultIn(seen: readonly number[], claims: RingModel['claims'], isFinal: boolean): string | undefined {
  const next = claims.map((_, producer) => producer * VALUES_PER_PRODUCER + 1);
  for (const value of seen) {
    const producer = Math.floor((value - 1) / VALUES_PER_PRODUCER);
    if (value !== next[producer]) return `read ${value} where ${next[producer] ?? 'nothing'} was due`;
    next[producer] = value + 1;
  }
  const total = slotsOf(claims);
  if (seen.length > total || (isFinal && seen.length !== total)) return `read ${seen.length} of ${total}`;
  return undefined;
}
