import { cpus } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Engine } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { ADMITTED } from '../../queue/runtime/faults/admission.ts';
import type { ReportedError } from '../../queue/runtime/faults/error-ring.ts';
import { FAST_ERRORS } from '../../queue/runtime/faults/fast-error.ts';
import { JournalFollower, type JournalledBatch } from '../../queue/runtime/pipeline/journal-follower.ts';
import { openMarketEngine, sealedRoot } from '../../queue/runtime/pipeline/market-engine.ts';
import { Pipeline, type PipelineOptions } from '../../queue/runtime/pipeline/pipeline.ts';
import { BookBoardReader } from '../../queue/runtime/readers/book-board-reader.ts';
import { SnapshotReader } from '../../queue/runtime/readers/epoch-snapshots.ts';
import { createSnapshots } from '../../queue/runtime/readers/snapshot-memory.ts';
import { expectRejection } from '../support/expect-refusal.ts';
import { levelsOf } from '../support/market-module.ts';
import {
  packedFlow,
  replayJournal,
  sendCommand,
  TransitionRecorder,
  temporaryDirectory,
} from '../support/pipeline-run.ts';
import { runCli } from '../support/run-cli.ts';
import { SEED } from '../support/seed.ts';

const COMMANDS = 5000;
let directory: ReturnType<typeof temporaryDirectory>;
let options: PipelineOptions;

beforeEach(() => {
  directory = temporaryDirectory();
  options = {
    geometry: 'circuit',
    market: DEFAULT_MARKET_CONFIG,
    journalPath: join(directory.path, 'journal'),
    durability: 'synced',
    policy: 'park',
    standby: false,
    sizes: { ingressSlots: 512, outputSlots: 4096, batchSlots: 64 },
  };
});
afterEach(() => directory.remove());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends a flow, publishing as it goes, and calls `at` once when `when` commands were sent. */
async function play(
  pipeline: Pipeline,
  recorder: TransitionRecorder,
  when: number,
  at: () => Promise<void>,
): Promise<void> {
  const producer = pipeline.producer();
  const publisher = pipeline.publisher(recorder);
  const commands = packedFlow(BigInt(SEED), COMMANDS);
  for (let sent = 0; sent < COMMANDS; ) {
    const command = commands[sent];
    if (sent === when) await at();
    if (command !== undefined && sendCommand(producer, command, sent)) sent += 1;
    else await pause(1);
    while (publisher.step(1024) > 0) {
      // Until nothing more may be published.
    }
  }
  const stopped = pipeline.stop();
  let isStopped = false;
  void stopped.finally(() => {
    isStopped = true;
  });
  while (!isStopped) {
    publisher.step(1024);
    await pause(1);
  }
  await stopped;
  while (publisher.step(1024) > 0) {
    // What the last batches left.
  }
}

/** A third engine that does what the journal says must end with the root of the one that ran, and have made what was published. */
function expectSameAsJournal(pipeline: Pipeline, recorder: TransitionRecorder): void {
  const { engine, batches } = replayJournal(options.journalPath, 'circuit');
  expect(batches).toBeGreaterThan(0);
  const header = engine.module.headerPointer() / 8;
  expect(recorder.sequences.length).toBe(Number(engine.longs[header]));
  recorder.sequences.forEach((sequence, index) => {
    expect(sequence).toBe(index + 1);
  });
  expect(sealedRoot(engine)).toBe(pipeline.control.finalRoot());
}

describe('the pipeline', () => {
  test('shows in a file what its threads measure, and `proofbook top` reads it', async () => {
    const telemetryPath = join(directory.path, 'telemetry');
    const pipeline = await Pipeline.start({ ...options, telemetryPath });
    const recorder = new TransitionRecorder();
    await play(pipeline, recorder, -1, async () => {});
    const { exitCode, stdout } = await runCli([
      'top',
      '--file',
      telemetryPath,
      '--json',
      '--interval-ms',
      '50',
    ]);
    expect(exitCode).toBe(0);
    const shown = JSON.parse(stdout);
    expect(shown.counters).toMatchObject({
      orders_total: COMMANDS,
      transitions_total: recorder.sequences.length,
    });
    expect(shown.counters.journal_batches_total).toBe(shown.counters.batches_total);
    expect(shown.histograms.matching_ns.count).toBe(shown.counters.batches_total);
    expect(shown.histograms.matching_ns.p50).toBeGreaterThan(0);
    // The publisher is this thread: it may have given out more since the file was written for the last time.
    const { telemetry } = pipeline;
    expect(telemetry.counter('published_total').value).toBe(recorder.sequences.length);
    expect(telemetry.counter('trades_total').value).toBeGreaterThan(0);
    expect(telemetry.histogram('order_processing_ns').count).toBe(COMMANDS);
    expect(telemetry.histogram('order_processing_ns').percentile(0.5)).toBeGreaterThan(
      shown.histograms.matching_ns.p50,
    );
    expect(shown.counters.errors_total).toBe(0);
    expect(shown.busyPercentByCore.length).toBe(cpus().length);
    expect(shown.counters.resident_bytes).toBeGreaterThan(1e6);
  });

  test('journals and publishes every command once, in order, and the board shows the book', async () => {
    // A ring that never fills enough for the depth to be left out.
    const sizes = { ingressSlots: 32_768, outputSlots: 4096, batchSlots: 64 };
    const pipeline = await Pipeline.start({ ...options, sizes });
    const recorder = new TransitionRecorder();
    await play(pipeline, recorder, -1, async () => {});
    expectSameAsJournal(pipeline, recorder);
    expect(new Set(recorder.origins).size).toBe(COMMANDS);
    expect(recorder.origins).toEqual([...recorder.origins].sort((a, b) => a - b));

    const { engine } = replayJournal(options.journalPath, 'circuit');
    const reader = new BookBoardReader(pipeline.board);
    const depth = reader.depthView();
    for (const [side, name] of [
      [0, 'bids'],
      [1, 'asks'],
    ] as const) {
      const levels = levelsOf(engine.module, side).slice(0, 16);
      expect(
        depth?.[name].map(({ price, displayedLots, orderCount }) => ({
          price,
          volume: displayedLots,
          orderCount,
        })),
      ).toEqual(levels);
      expect(reader.topView()?.[name]).toEqual(depth?.[name].slice(0, 1));
    }
    expect(depth?.batchNumber).toBe(engine.longs[engine.module.headerPointer() / 8 + 1]);
  });

  test('goes on with the standby when the primary dies: nothing lost, nothing doubled, the same root', async () => {
    const pipeline = await Pipeline.start({ ...options, standby: true });
    const recorder = new TransitionRecorder();
    await play(pipeline, recorder, 2500, () => pipeline.failOver());
    expectSameAsJournal(pipeline, recorder);
    expect(new Set(recorder.origins).size).toBe(COMMANDS);

    // The flow by itself, one command at a time: batches are others, and the transitions are the same.
    const alone = openMarketEngine('circuit', DEFAULT_MARKET_CONFIG);
    let transitions = 0;
    for (const command of packedFlow(BigInt(SEED), COMMANDS)) {
      alone.bytes.set(command, alone.module.commandsPointer());
      alone.module.applyBatch(command.length / 32, 1n);
      transitions += alone.module.transitionCount();
    }
    expect(recorder.sequences.length).toBe(transitions);
  });

  test('ends a primary that hangs, and goes on with the standby: nothing lost, nothing doubled, the same root', async () => {
    const engineThread = new URL('../support/hanging-engine-thread.ts', import.meta.url);
    const pipeline = await Pipeline.start({ ...options, standby: true, engineThread, hangMs: 400 });
    const recorder = new TransitionRecorder();
    await play(pipeline, recorder, -1, async () => {});
    expect(pipeline.errors.count(FAST_ERRORS.EngineHung)).toBe(1);
    expectSameAsJournal(pipeline, recorder);
    expect(new Set(recorder.origins).size).toBe(COMMANDS);
  });

  test('says that it failed when its engine dies and nobody can take its place', async () => {
    const engineThread = new URL('../support/dying-engine-thread.ts', import.meta.url);
    const pipeline = await Pipeline.start({ ...options, engineThread });
    for (const command of packedFlow(1n, 20)) sendCommand(pipeline.producer(), command, 0);
    expect((await pipeline.failed).message).toBe('this engine dies');
    await expect(pipeline.stop()).rejects.toThrow('this engine dies');
  });

  test('does not take for hung an engine that waits for its publisher', async () => {
    const pipeline = await Pipeline.start({ ...options, standby: true, hangMs: 400 });
    const producer = pipeline.producer();
    const [command = new Uint8Array(32)] = packedFlow(1n, 1);
    // Nobody publishes: the output ring fills, and the engine waits.
    while (pipeline.errors.count(FAST_ERRORS.PublisherSlow) < 8) {
      if (!sendCommand(producer, command, 0)) await pause(5);
    }
    expect(pipeline.errors.count(FAST_ERRORS.EngineHung)).toBe(0);
    expect(pipeline.engineFault).toBeUndefined();
    const publisher = pipeline.publisher({ take: () => {} });
    const stopped = pipeline.stop();
    let isStopped = false;
    void stopped.finally(() => {
      isStopped = true;
    });
    while (!isStopped) {
      publisher.step(4096);
      await pause(1);
    }
    await stopped;
  });

  test('publishes whole books that an engine can be restored from, and reports a reader that stalls', async () => {
    const snapshots = createSnapshots({ bytesMax: 2 ** 20, buffers: 4, readers: 2 });
    const pipeline = await Pipeline.start({ ...options, standby: true, snapshots });
    const [stalled, reader] = [new SnapshotReader(snapshots, 0), new SnapshotReader(snapshots, 1)];
    const commands = packedFlow(BigInt(SEED), 200);
    const producer = pipeline.producer();
    const publisher = pipeline.publisher({ take: () => undefined });
    let pinned: Uint8Array | undefined;
    let errors: readonly ReportedError[] = [];
    for (let round = 0; errors.length === 0; round++) {
      const command = commands[round % commands.length];
      if (command !== undefined) sendCommand(producer, command, round);
      publisher.step(100);
      await pause(20);
      pinned ??= stalled.pin()?.slice();
      errors = pipeline.errors.drain();
    }
    expect(errors).toEqual([{ code: FAST_ERRORS.ReaderStalled, source: 0, detail: 21 }]);
    expect(stalled.pin()).not.toEqual(pinned);
    const newest = Engine.restore(Uint8Array.from(reader.pin() ?? []));
    expect(newest.batchNumber()).toBeGreaterThan(Engine.restore(pinned ?? new Uint8Array()).batchNumber());
    await pipeline.stop();

    // The same number of batches from the journal gives the same state.
    const engine = openMarketEngine('circuit', DEFAULT_MARKET_CONFIG);
    const follower = new JournalFollower(options.journalPath);
    const batches: JournalledBatch[] = [];
    for (let group = follower.next(); group.length > 0; group = follower.next()) batches.push(...group);
    follower.close();
    for (const batch of batches.slice(0, Number(newest.batchNumber()))) {
      engine.bytes.set(batch.commands, engine.module.commandsPointer());
      engine.module.applyBatch(batch.commands.length / 32, batch.timestampNs);
    }
    expect(sealedRoot(engine)).toBe(Buffer.from(newest.stateRoot()).toString('hex'));
  });

  test('has a door that refuses by code when nobody reads, and counts it', async () => {
    const pipeline = await Pipeline.start({ ...options, durability: 'written' });
    const producer = pipeline.producer();
    const door = pipeline.door(producer);
    const command = packedFlow(1n, 1)[0] ?? new Uint8Array(32);
    const head = new DataView(command.buffer, command.byteOffset).getUint32(0, true);
    const codes = new Set<number>();
    // Nobody publishes: the output ring fills, the engine waits for it, then the ingress ring fills and the service degrades.
    const { errors } = pipeline;
    for (let turn = 0; errors.count(FAST_ERRORS.PublisherSlow) === 0; turn++) {
      const code = door.tryEnter(head, turn);
      codes.add(code);
      if (code === ADMITTED) {
        producer.bytes.set(command, producer.slotOffset(0));
        producer.note(0, turn, 0);
        producer.publish();
      }
      if (code !== ADMITTED || turn % 500 === 0) await pause(1);
    }
    expect(codes).toContain(ADMITTED);
    expect(codes.size).toBeGreaterThan(1);
    const total = errors.total();
    const reported = errors.drain();
    expect(reported.length + errors.dropped()).toBeGreaterThanOrEqual(total);
    expect(reported.filter(({ source }) => source >= 0).length).toBeGreaterThan(0);
    const publisher = pipeline.publisher({ take: () => {} });
    const stopped = pipeline.stop();
    let isStopped = false;
    void stopped.finally(() => {
      isStopped = true;
    });
    while (!isStopped) {
      publisher.step(4096);
      await pause(1);
    }
    await stopped;
  });

  test('cannot fail over to nobody, and starts on no journal that is there already', async () => {
    const pipeline = await Pipeline.start(options);
    await expectRejection(pipeline.failOver(), 'INVALID_FIELD', { field: 'standby' });
    await pipeline.stop();
    await expect(Pipeline.start(options)).rejects.toThrow(/journal/);
  });
});
