import type { ErrorRing } from '../faults/error-ring.ts';
import { ENGINE_SOURCE, FAST_ERRORS } from '../faults/fast-error.ts';
import { consumerWord, PRODUCER_WORD } from '../rings/ring-layout.ts';
import type { SpscProducer } from '../rings/spsc-ring.ts';
import { type WaitPolicy, WaitStrategy } from '../rings/wait-strategy.ts';
import type { NanoClock } from '../telemetry/nano-clock.ts';
import {
  BATCH_NUMBER_LONG,
  INGRESS_END_WORD,
  INGRESS_SLOTS_WORD,
  OUTPUT_END_WORD,
  RECORDS_WORD,
  TIMESTAMP_LONG,
  TRANSITIONS_WORD,
} from './batch-slot.ts';
import type { MarketEngine } from './market-engine.ts';
import { ENGINE_CONSUMER } from './pipeline-rings.ts';

const U32 = 2 ** 32;
const BATCH_NUMBER_OF_HEADER = 1;
const TIMESTAMP_OF_HEADER = 7;
const ROOM_WAIT_MS = 100;

/** Cursors that a batch's slot names: of the rings that the engine reads and writes. */
interface DescribedCursors {
  readonly ingressWords: Int32Array;
  readonly outputWords: Int32Array;
}

/** Who is told when the engine waits for the journaller. */
interface WaitObservers {
  readonly errors?: ErrorRing;
  readonly whileWaiting?: () => void;
}

/** Gives batches their timestamps, and says in the batch ring what each was. */
export class BatchDescriber {
  readonly #engine: MarketEngine;
  readonly #clock: NanoClock;
  readonly #batches: SpscProducer | undefined;
  readonly #longs: BigInt64Array | undefined;
  readonly #wait: WaitStrategy;
  readonly #cursors: DescribedCursors;
  readonly #waiting: WaitObservers;
  /** One u64, written as two u32s: an epoch time in ns is no exact double, and a BigInt made of it would be garbage. */
  readonly #stamp = new BigUint64Array(1);
  readonly #stampWords = new Uint32Array(this.#stamp.buffer);
  #lastNs = 0;
  /** When the batch was begun that `nextTimestamp` was last called for, ns of this thread's clock. */
  readonly started = new Float64Array(1);

  constructor(
    engine: MarketEngine,
    clock: NanoClock,
    batches: SpscProducer | undefined,
    policy: WaitPolicy,
    cursors: DescribedCursors,
    waiting: WaitObservers,
  ) {
    this.#engine = engine;
    this.#clock = clock;
    this.#batches = batches;
    this.#longs = batches === undefined ? undefined : new BigInt64Array(batches.words.buffer);
    this.#wait = new WaitStrategy(policy);
    this.#cursors = cursors;
    this.#waiting = waiting;
    // An engine that replayed a journal goes on behind its last timestamp.
    const last = engine.longs[engine.module.headerPointer() / 8 + TIMESTAMP_OF_HEADER] ?? 0n;
    this.#lastNs = Number(last) + Number(last > 0n ? 1024n : 0n);
  }

  /** Nanoseconds since the epoch, to some 256 ns, never below the last batch's. */
  nextTimestamp(): bigint {
    this.#clock.tick();
    const startedNs = this.#clock.last[0] ?? 0;
    this.started[0] = startedNs;
    const epochNs = startedNs + this.#clock.epochOffsetNs;
    if (epochNs > this.#lastNs) this.#lastNs = epochNs;
    const high = Math.floor(this.#lastNs / U32);
    this.#stampWords[0] = this.#lastNs - high * U32;
    this.#stampWords[1] = high;
    return this.#stamp[0] as bigint;
  }

  /** Publishes what the last batch was; its transitions are in the output ring and its slots released. */
  describe(slots: number, records: number, transitions: number): void {
    const { module, longs } = this.#engine;
    const batches = this.#batches;
    if (batches === undefined || this.#longs === undefined) return;
    while (!batches.tryClaim(1)) {
      if (this.#wait.until(batches, ROOM_WAIT_MS) === 0) {
        this.#waiting.errors?.raise(FAST_ERRORS.JournalSlow, ENGINE_SOURCE, records);
        this.#waiting.whileWaiting?.();
      }
    }
    const at = batches.slotOffset(0);
    const header = module.headerPointer() / 8;
    this.#longs[at / 8 + BATCH_NUMBER_LONG] = longs[header + BATCH_NUMBER_OF_HEADER] as bigint;
    this.#longs[at / 8 + TIMESTAMP_LONG] = longs[header + TIMESTAMP_OF_HEADER] as bigint;
    const word = at / 4;
    batches.words[word + INGRESS_SLOTS_WORD] = slots;
    batches.words[word + RECORDS_WORD] = records;
    batches.words[word + TRANSITIONS_WORD] = transitions;
    batches.words[word + INGRESS_END_WORD] = this.#cursors.ingressWords[consumerWord(ENGINE_CONSUMER)] ?? 0;
    batches.words[word + OUTPUT_END_WORD] = this.#cursors.outputWords[PRODUCER_WORD] ?? 0;
    batches.publish();
  }
}
