import { Worker } from 'node:worker_threads';
import type { Geometry } from '../../../engine/geometry.ts';
import type { MarketConfig } from '../../../engine/market-config.ts';
import { ProofbookError } from '../../../engine/proofbook-error.ts';
import { threadFile } from '../../broker/thread-file.ts';
import { Admission } from '../faults/admission.ts';
import { createErrorRing, ErrorRing } from '../faults/error-ring.ts';
import { ENGINE_SOURCE, FAST_ERRORS } from '../faults/fast-error.ts';
import { createBoard } from '../readers/book-board.ts';
import type { SnapshotMemory } from '../readers/snapshot-memory.ts';
import { MpscProducer } from '../rings/mpsc-ring.ts';
import { RingConsumer } from '../rings/ring-consumer.ts';
import type { RingProducer } from '../rings/ring-producer.ts';
import type { WaitPolicy } from '../rings/wait-strategy.ts';
import { Watchdog } from '../standby/watchdog.ts';
import { MeasuredSink } from '../telemetry/measured-sink.ts';
import { NanoClock } from '../telemetry/nano-clock.ts';
import { TelemetryBlock } from '../telemetry/telemetry-block.ts';
import { TelemetryReporter } from '../telemetry/telemetry-reporter.ts';
import { ControlBlock, type StageName, type StageState } from './control-block.ts';
import type { Durability } from './journal-writer.ts';
import {
  buffersOf,
  createPipelineRings,
  DEFAULT_PIPELINE_SIZES,
  type PipelineRings,
  type PipelineSizes,
  PUBLISHER_OF_BATCHES,
} from './pipeline-rings.ts';
import { PublisherStage, type TransitionSink } from './publisher-stage.ts';
import type { ThreadSettings } from './thread-settings.ts';

const ENGINE_THREAD = threadFile('engine-thread', import.meta.url);
const JOURNALLER_THREAD = threadFile('journaller-thread', import.meta.url);
const STANDBY_THREAD = threadFile('../standby/standby-thread', import.meta.url);
const START_MS = 20_000;
const POLL_MS = 1;

/** How a pipeline is run. */
export interface PipelineOptions {
  readonly geometry: Geometry;
  readonly market: MarketConfig;
  /** A new file in a directory that is there. */
  readonly journalPath: string;
  readonly durability: Durability;
  readonly policy: WaitPolicy;
  /** Whether a second engine follows the journal, ready to take over. */
  readonly standby: boolean;
  readonly sizes?: PipelineSizes;
  /** Whole books for readers on other threads, published by the standby: `createSnapshots` makes it. */
  readonly snapshots?: SnapshotMemory;
  /** How long the engine's thread may give no sign of life before it is ended and the standby goes on, ms; absent: nobody looks. */
  readonly hangMs?: number;
  /** Another program for the primary's thread: tests have one that hangs. */
  readonly engineThread?: URL;
  /** Where `proofbook top` reads what the threads measure; nowhere when absent. */
  readonly telemetryPath?: string;
}

/**
 * The threads around one engine: gateways' commands in, transitions out, in the order of the journal.
 *
 * A thread that wants to send commands makes an `MpscProducer` on `rings.ingress`; who wants transitions makes one publisher.
 */
export class Pipeline {
  readonly rings: PipelineRings;
  readonly control: ControlBlock;
  /** Top of book and depth, for a `BookBoardReader` on any thread. */
  readonly board: SharedArrayBuffer;
  readonly telemetry: TelemetryBlock;
  /** What went wrong on the hot path, to be drained and reported by one thread. */
  readonly errors: ErrorRing;
  readonly #settings: ThreadSettings;
  readonly #workers = new Map<StageName, Worker>();
  readonly #reporter: TelemetryReporter | undefined;
  #watch: NodeJS.Timeout | undefined;
  /** What the primary engine died of, when the standby took its place. */
  engineFault: Error | undefined;
  #failure: Error | undefined;
  #tellFailure: (error: Error) => void = () => undefined;
  /** Resolves when a thread died whose place nobody takes; what it died of. */
  readonly failed: Promise<Error>;

  private constructor(options: PipelineOptions) {
    this.failed = new Promise((resolve) => {
      this.#tellFailure = resolve;
    });
    this.rings = createPipelineRings(options.sizes ?? DEFAULT_PIPELINE_SIZES);
    this.control = new ControlBlock();
    this.board = createBoard();
    this.telemetry = TelemetryBlock.create();
    const errors = createErrorRing();
    this.errors = new ErrorRing(errors);
    const { telemetryPath } = options;
    this.#reporter =
      telemetryPath === undefined
        ? undefined
        : new TelemetryReporter(telemetryPath, this.telemetry, this.errors);
    this.#settings = {
      buffers: buffersOf(this.rings),
      control: this.control.buffer,
      board: this.board,
      telemetry: this.telemetry.sharedBuffer(),
      errors,
      snapshots: options.snapshots,
      geometry: options.geometry,
      market: options.market,
      policy: options.policy,
      journalPath: options.journalPath,
      durability: options.durability,
    };
  }

  /** Starts the threads; when it returns, all of them run. @throws what a thread threw; TIMED_OUT */
  static async start(options: PipelineOptions): Promise<Pipeline> {
    const pipeline = new Pipeline(options);
    pipeline.#spawn('journaller', JOURNALLER_THREAD);
    await pipeline.#awaitState('journaller', 'running');
    pipeline.#spawn('engine', options.engineThread ?? ENGINE_THREAD);
    await pipeline.#awaitState('engine', 'running');
    if (options.standby) {
      pipeline.#spawn('standby', STANDBY_THREAD);
      await pipeline.#awaitState('standby', 'following');
      if (options.hangMs !== undefined) pipeline.#watchEngine(options.hangMs);
    }
    return pipeline;
  }

  /** A gateway's end of the ingress ring, for this thread. */
  producer(): MpscProducer {
    return new MpscProducer(this.rings.ingress);
  }

  /** A gateway's door: claims on `producer`, unless the service is degraded too far for the command or the ring is full. */
  door(producer: RingProducer): Admission {
    return new Admission(producer, this.rings.ingress.capacity, this.control, this.errors);
  }

  /** The one publisher, for the thread that calls `step`. */
  publisher(sink: TransitionSink): PublisherStage {
    const batches = new RingConsumer(this.rings.batches, PUBLISHER_OF_BATCHES, [0]);
    const measured = new MeasuredSink(sink, this.telemetry, new NanoClock());
    return new PublisherStage({ output: new RingConsumer(this.rings.output), batches }, measured);
  }

  /**
   * Ends the primary engine's thread at once, in whatever it does: what the watchdog does to one that hangs. As when it dies by itself, the
   * standby takes over when the end of the thread is certain: there are never two engines.
   */
  async failOver(): Promise<void> {
    const engine = this.#workers.get('engine');
    if (engine === undefined || !this.#workers.has('standby')) {
      throw new ProofbookError('INVALID_FIELD', {
        field: 'standby',
        value: 'absent',
        reason: 'nobody can take over',
      });
    }
    await engine.terminate();
  }

  /** Waits until all that was sent is journalled, and ends the threads. The publisher may still have transitions to give out. */
  async stop(): Promise<void> {
    this.control.stop();
    // An engine that hangs does not stop by itself either: it is watched until its thread has ended.
    try {
      await this.#awaitState('journaller', 'stopped');
    } finally {
      clearInterval(this.#watch);
      await Promise.all([...this.#workers.values()].map((worker) => worker.terminate()));
      this.#reporter?.close();
    }
  }

  #spawn(stage: StageName, file: URL): void {
    const worker = new Worker(file, { workerData: this.#settings, name: stage });
    this.#workers.set(stage, worker);
    worker.once('error', (error) => {
      if (stage === 'engine' && this.#workers.has('standby')) this.engineFault = error;
      else {
        this.#failure = error;
        this.#tellFailure(error);
      }
    });
    if (stage === 'engine') worker.once('exit', () => this.#engineEnded());
  }

  #watchEngine(hangMs: number): void {
    const watchdog = new Watchdog(hangMs);
    this.#watch = setInterval(() => {
      if (this.control.isIn('engine', 'stopped')) return;
      if (!watchdog.look(this.control.beats('engine'), performance.now())) return;
      clearInterval(this.#watch);
      this.errors.raise(FAST_ERRORS.EngineHung, ENGINE_SOURCE, hangMs);
      void this.failOver();
    }, watchdog.lookMs);
    this.#watch.unref();
  }

  #engineEnded(): void {
    clearInterval(this.#watch);
    this.#workers.delete('engine');
    if (this.control.isIn('engine', 'stopped') || !this.#workers.has('standby')) return;
    this.control.setState('engine', 'starting');
    this.control.takeOver();
  }

  async #awaitState(stage: StageName, state: StageState): Promise<void> {
    const deadline = performance.now() + START_MS;
    while (!this.control.isIn(stage, state)) {
      if (this.#failure !== undefined) throw this.#failure;
      if (performance.now() > deadline) {
        throw new ProofbookError('TIMED_OUT', { method: `${stage} thread to be ${state}`, value: START_MS });
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
