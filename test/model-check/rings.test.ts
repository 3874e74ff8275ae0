import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import { type RingModel, ringModel } from './ring-model.ts';

const TIMEOUT_MS = 120_000;

/** Two producers of two slots each and a consumer, on a ring of two: as many as can all meet. */
const TWO_PRODUCERS: RingModel = {
  kind: 'mpsc',
  capacity: 2,
  claims: [
    [1, 1],
    [1, 1],
  ],
  pollMax: 2,
};
const BATCHES: RingModel = { kind: 'mpsc', capacity: 4, claims: [[2, 2], [2]], pollMax: 4 };
const ONE_PRODUCER: RingModel = { kind: 'spsc', capacity: 2, claims: [[1, 2, 1, 2, 1]], pollMax: 2 };
/** The one moment when a claim may be won on what was seen 2^32 claims ago. */
const OLD_LOOK: RingModel = { kind: 'mpsc', capacity: 2, claims: [[1, 1]], pollMax: 2, oldLook: true };
const PARKING: RingModel = { kind: 'mpsc', capacity: 2, claims: [[1], [1]], pollMax: 2, parks: true };
/** Three slots to send over a ring of two: somebody finds it full. */
const FULL: RingModel = { kind: 'mpsc', capacity: 2, claims: [[1, 1, 1]], pollMax: 1, producersPark: true };

describe('in every interleaving', () => {
  test.each<[string, RingModel]>([
    ['two producers on two slots', TWO_PRODUCERS],
    ['two producers with batches', BATCHES],
    ['one producer with batches', ONE_PRODUCER],
    ['one producer whose sequences wrap', { ...ONE_PRODUCER, firstSequence: 2 ** 31 - 2 }],
    ['a producer that slept while the sequences came round', OLD_LOOK],
    ['a consumer that sleeps', PARKING],
    ['a producer that sleeps on a full ring', FULL],
    ['a consumer that sleeps on a ring of one producer', { ...PARKING, kind: 'spsc', claims: [[1, 1, 1]] }],
  ])(
    '%s: nothing is lost, doubled, torn, reordered or left waiting',
    (name, model) => {
      const { states, finalStates, fault } = explore(ringModel(model));
      console.log(`${name}: ${states} states`);
      expect(fault).toBeUndefined();
      expect(finalStates).toBeGreaterThan(0);
      expect(states).toBeGreaterThan(40);
    },
    TIMEOUT_MS,
  );
});

describe('the checker finds', () => {
  test.each<[string, RingModel]>([
    [
      'a claim that two threads can win',
      {
        ...TWO_PRODUCERS,
        fault: {
          file: 'mpsc-ring.ts',
          find: 'if (Atomics.compareExchange(this.words, PRODUCER_WORD, first, end) !== first) continue;',
          put: 'Atomics.store(this.words, PRODUCER_WORD, end);',
        },
      },
    ],
    [
      'a claim that trusts an old look at the consumers (ABA)',
      {
        ...OLD_LOOK,
        fault: {
          file: 'mpsc-ring.ts',
          find: 'while (this.#lacksRoom(first, count)) Atomics.pause();',
          put: '',
        },
      },
    ],
    [
      'stamps that are written from the first slot on',
      {
        ...BATCHES,
        fault: {
          file: 'mpsc-ring.ts',
          find: 'for (let index = this.#claimed - 1; index > 0; index--) {',
          put: 'Atomics.store(this.words, this.#noteWord(0), sequenceAfter(this.#first, 1)); if (this.#claimed > 1) Atomics.store(this.words, this.#noteWord(1), sequenceAfter(this.#first, 1)); for (let index = this.#claimed - 1; index > 0; index--) {',
        },
      },
    ],
    [
      'one slot too many',
      {
        ...ONE_PRODUCER,
        fault: {
          file: 'mpsc-ring.ts',
          find: 'return distanceTo(end, slowest) > this.#memory.capacity;',
          put: 'return distanceTo(end, slowest) > this.#memory.capacity + 1;',
        },
        kind: 'mpsc',
      },
    ],
    [
      'a slot that is published before it is filled',
      {
        ...ONE_PRODUCER,
        fault: {
          file: 'spsc-ring.ts',
          find: 'this.#claimed = count;\n    return true;',
          put: 'this.#claimed = count; Atomics.store(this.words, PRODUCER_WORD, sequenceAfter(this.#next, count));\n    return true;',
        },
      },
    ],
    [
      'a sleeper that does not look again',
      {
        ...PARKING,
        fault: {
          file: 'wait-strategy.ts',
          find: 'if (subject.ready() > 0) event.cancel();',
          put: 'if (timeoutMs < 0) event.cancel();',
        },
      },
    ],
    [
      'a release that wakes nobody',
      {
        ...FULL,
        fault: {
          file: 'ring-consumer.ts',
          find: 'Atomics.store(this.words, this.#cursorWord, this.#next);\n    this.#event.signal();',
          put: 'Atomics.store(this.words, this.#cursorWord, this.#next);',
        },
      },
    ],
    [
      'a change that looks for sleepers too early',
      {
        ...PARKING,
        kind: 'spsc',
        claims: [[1, 1, 1]],
        fault: {
          file: 'spsc-ring.ts',
          find: 'Atomics.store(this.words, PRODUCER_WORD, this.#next);\n    this.#event.signal();',
          put: 'this.#event.signal();\n    Atomics.store(this.words, PRODUCER_WORD, this.#next);',
        },
      },
    ],
  ])(
    '%s',
    (_, model) => {
      expect(explore(ringModel(model)).fault).toBeDefined();
    },
    TIMEOUT_MS,
  );
});
