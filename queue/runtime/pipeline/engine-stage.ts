import { BATCH_COMMANDS_MAX, COMMAND_BYTES } from '../../../engine/command.ts';
import type { ErrorRing } from '../faults/error-ring.ts';
import { ENGINE_SOURCE, FAST_ERRORS } from '../faults/fast-error.ts';
import type { RingConsumer } from '../rings/ring-consumer.ts';
import type { SpscProducer } from '../rings/spsc-ring.ts';
import { type WaitPolicy, WaitStrategy } from '../rings/wait-strategy.ts';
import type { EngineTelemetry } from '../telemetry/engine-telemetry.ts';
import type { NanoClock } from '../telemetry/nano-clock.ts';
import { BatchDescriber } from './batch-describer.ts';
import { copyRecords, recordsOfSlot } from './command-intake.ts';
import type { MarketEngine } from './market-engine.ts';
import { TransitionWriter } from './transition-writer.ts';

/** Longest wait for room in the output ring before the engine looks again: whoever stops a pipeline must not wait longer. */
const OUTPUT_WAIT_MS = 100;

/** Where the engine thread reads and writes. */
export interface EngineEnds {
  readonly ingress: RingConsumer;
  readonly output: SpscProducer;
  /** Absent where nobody journals: then every transition is for the publisher at once. */
  readonly batches: SpscProducer | undefined;
}

/** Told of the book, on the engine thread. */
export interface BookListener {
  /** The book is as a batch left it. @param startedUs when that was begun: microseconds, modulo 2^32 */
  afterBatch(engine: MarketEngine, startedUs: number): void;
  /** Nothing waits: a moment for what need not be done at once. */
  whenIdle(engine: MarketEngine): void;
}

/** Who is told of batches; absent who is not wanted. */
export interface EngineObservers {
  readonly board?: BookListener;
  readonly telemetry?: EngineTelemetry;
  /** Told when the engine waits for the publisher or the journaller for long. */
  readonly errors?: ErrorRing;
  /** Called while the engine waits for the publisher or the journaller: it waits, and does not hang. */
  readonly whileWaiting?: () => void;
}

/**
 * The engine thread's work: what waits in the ingress ring becomes a batch, at once, 1024 records at most; its transitions go to the
 * output ring. When commands come slowly each is a batch of its own; when they come fast, batches grow by themselves.
 *
 * Nothing here allocates for a command; for a batch V8 may make a BigInt of its timestamp and an object of a double, until its last
 * compiler has been over it.
 */
export class EngineStage {
  readonly #engine: MarketEngine;
  readonly #ends: EngineEnds;
  readonly #describer: BatchDescriber;
  readonly #clock: NanoClock;
  readonly #ingressLongs: BigInt64Array;
  /** Where the module's command buffer is, in bytes: it stays there. */
  readonly #commands: number;
  readonly #writer: TransitionWriter;
  /** Which polled slot each record of the batch came from. */
  readonly #slotOfRecord = new Int32Array(BATCH_COMMANDS_MAX);
  readonly #wait: WaitStrategy;
  readonly #board: BookListener | undefined;
  readonly #telemetry: EngineTelemetry | undefined;
  readonly #errors: ErrorRing | undefined;
  readonly #whileWaiting: (() => void) | undefined;

  constructor(
    engine: MarketEngine,
    ends: EngineEnds,
    clock: NanoClock,
    policy: WaitPolicy,
    observers: EngineObservers = {},
  ) {
    this.#engine = engine;
    this.#commands = engine.module.commandsPointer();
    this.#writer = new TransitionWriter(engine, ends.ingress, ends.output, this.#slotOfRecord);
    this.#ends = ends;
    this.#clock = clock;
    const cursors = { ingressWords: ends.ingress.words, outputWords: ends.output.words };
    this.#describer = new BatchDescriber(engine, clock, ends.batches, policy, cursors, observers);
    this.#ingressLongs = new BigInt64Array(ends.ingress.words.buffer);
    this.#wait = new WaitStrategy(policy);
    this.#board = observers.board;
    this.#telemetry = observers.telemetry;
    this.#errors = observers.errors;
    this.#whileWaiting = observers.whileWaiting;
  }

  /** Matches one batch of what waits; returns how many slots it took, 0 when nothing waits. @param slotsMax 1 .. 1024 */
  step(slotsMax: number): number {
    const { ingress } = this.#ends;
    const polled = ingress.poll(slotsMax);
    if (polled === 0) {
      this.#board?.whenIdle(this.#engine);
      this.#telemetry?.whenIdle(this.#engine);
      return 0;
    }
    const records = this.#takeIn(polled);
    const { module } = this.#engine;
    const taken = module.applyBatch(records, this.#describer.nextTimestamp());
    const slots = taken === 0 ? 0 : (this.#slotOfRecord[taken - 1] ?? 0) + 1;
    const transitions = module.transitionCount();
    this.#handOut(transitions);
    const startedNs = this.#describer.started[0] ?? 0;
    this.#board?.afterBatch(this.#engine, (startedNs / 1000) | 0);
    ingress.release(slots);
    this.#describer.describe(slots, taken, transitions);
    if (this.#telemetry !== undefined) {
      this.#clock.tick();
      const elapsedNs = ((this.#clock.last[0] ?? 0) - startedNs) | 0;
      this.#telemetry.afterBatch(this.#engine, elapsedNs, slots, transitions, ingress.lag());
    }
    return slots;
  }

  /** Copies whole slots into the command buffer, as many as fit; returns the records. */
  #takeIn(polled: number): number {
    const { ingress } = this.#ends;
    const commands = this.#commands;
    let records = 0;
    for (let slot = 0; slot < polled; slot++) {
      const from = ingress.slotOffset(slot);
      const count = recordsOfSlot(ingress.words, from);
      if (records + count > BATCH_COMMANDS_MAX) break;
      copyRecords(this.#ingressLongs, from, this.#engine.longs, commands + records * COMMAND_BYTES, count);
      this.#slotOfRecord[records] = slot;
      this.#slotOfRecord[records + count - 1] = slot;
      records += count;
    }
    return records;
  }

  #handOut(transitions: number): void {
    const { output } = this.#ends;
    for (let done = 0; done < transitions; ) {
      const room = this.#wait.until(output, OUTPUT_WAIT_MS);
      const count = Math.min(room, transitions - done);
      if (room === 0) {
        this.#errors?.raise(FAST_ERRORS.PublisherSlow, ENGINE_SOURCE, transitions - done);
        this.#whileWaiting?.();
      }
      if (count === 0 || !output.tryClaim(count)) continue;
      this.#writer.write(done, count);
      output.publish();
      done += count;
    }
  }
}
