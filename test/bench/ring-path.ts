import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { MpscProducer } from '../../queue/runtime/rings/mpsc-ring.ts';
import { RingConsumer } from '../../queue/runtime/rings/ring-consumer.ts';
import { createRing, type RingMemory } from '../../queue/runtime/rings/ring-memory.ts';
import { HdrHistogram } from '../../queue/runtime/telemetry/hdr-histogram.ts';
import { NanoClock } from '../../queue/runtime/telemetry/nano-clock.ts';
import { TelemetryBlock } from '../../queue/runtime/telemetry/telemetry-block.ts';
import type { RingsEngineThread } from './rings-engine-thread.ts';

const ENGINE_THREAD = new URL('./rings-engine-thread.ts', import.meta.url);
const INGRESS_SLOTS = 16_384;
const OUTPUT_SLOTS = 32_768;
const BURST = 256;
const LONGS_PER_RECORD = COMMAND_BYTES / 8;

/** What a run gave. */
export interface PathRun {
  readonly elapsedNs: number;
  readonly transitions: number;
  /** From when a command should have been sent to when its first transition was read, ns. */
  readonly latency: HdrHistogram;
}

/**
 * Two threads: this one sends commands and reads transitions, as gateway and publisher at once; a worker runs the engine stage between
 * two rings, with its board and its telemetry. Both spin: nothing else must run on their two cores.
 */
export class RingPath {
  readonly telemetry: TelemetryBlock;
  readonly #producer: MpscProducer;
  readonly #consumer: RingConsumer;
  readonly #longs: BigInt64Array;
  readonly #worker: Worker;
  readonly #stop: Int32Array;
  readonly #clock = new NanoClock();
  #lastOrigin = -1;

  private constructor(
    ingress: RingMemory,
    output: RingMemory,
    worker: Worker,
    stop: Int32Array,
    telemetry: TelemetryBlock,
  ) {
    this.telemetry = telemetry;
    this.#producer = new MpscProducer(ingress);
    this.#consumer = new RingConsumer(output);
    this.#longs = new BigInt64Array(ingress.buffer);
    this.#worker = worker;
    this.#stop = stop;
  }

  static async open(): Promise<RingPath> {
    const ingress = createRing({ kind: 'mpsc', capacity: INGRESS_SLOTS, consumers: 1 });
    const output = createRing({ kind: 'spsc', capacity: OUTPUT_SLOTS, consumers: 1 });
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const telemetry = TelemetryBlock.create();
    const workerData: RingsEngineThread = {
      ingress: ingress.buffer,
      output: output.buffer,
      stop: stop.buffer as SharedArrayBuffer,
      telemetry: telemetry.sharedBuffer(),
    };
    const worker = new Worker(ENGINE_THREAD, { workerData });
    await once(worker, 'message');
    return new RingPath(ingress, output, worker, stop, telemetry);
  }

  /** Sends packed commands, each of one record, as fast as they are taken, or at a rate; returns when all were answered. */
  run(commands: Uint8Array, perSecond = Number.POSITIVE_INFINITY): PathRun {
    const source = new BigInt64Array(commands.buffer, commands.byteOffset, commands.byteLength / 8);
    const total = commands.length / COMMAND_BYTES;
    const latency = new HdrHistogram();
    const gapNs = 1e9 / perSecond;
    const startNs = this.#clock.nowNs();
    let transitions = 0;
    this.#lastOrigin = -1;
    for (let sent = 0; this.#lastOrigin < total - 1 || sent < total; ) {
      const nowNs = this.#clock.nowNs();
      // An open loop: what is due is due, whether or not the engine keeps up, and waits from then on.
      const due = gapNs === 0 ? total : Math.min(total, Math.floor((nowNs - startNs) / gapNs));
      const count = Math.min(due - sent, BURST);
      if (count > 0 && this.#producer.tryClaim(count)) {
        for (let index = 0; index < count; index++)
          this.#write(source, sent + index, index, startNs + (sent + index) * gapNs);
        this.#producer.publish();
        sent += count;
      } else {
        Atomics.pause();
      }
      transitions += this.#read(latency);
    }
    return { elapsedNs: this.#clock.nowNs() - startNs, transitions, latency };
  }

  async close(): Promise<void> {
    Atomics.store(this.#stop, 0, 1);
    await once(this.#worker, 'exit');
  }

  #write(source: BigInt64Array, command: number, index: number, dueNs: number): void {
    const to = this.#producer.slotOffset(index) / 8;
    for (let long = 0; long < LONGS_PER_RECORD; long++) {
      this.#longs[to + long] = source[command * LONGS_PER_RECORD + long] as bigint;
    }
    this.#producer.note(index, command, dueNs);
  }

  /** Every command makes at least one transition; its first one answers it. */
  #read(latency: HdrHistogram): number {
    const count = this.#consumer.poll(BURST);
    if (count === 0) return 0;
    const nowNs = this.#clock.nowNs();
    for (let index = 0; index < count; index++) {
      const origin = this.#consumer.origin(index);
      if (origin === this.#lastOrigin) continue;
      this.#lastOrigin = origin;
      latency.record(nowNs - this.#consumer.arrivalNs(index));
    }
    this.#consumer.release(count);
    return count;
  }
}
