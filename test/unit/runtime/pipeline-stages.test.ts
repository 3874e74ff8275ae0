import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeCommands } from '../../../engine/command.ts';
import { DEFAULT_MARKET_CONFIG } from '../../../engine/market-config.ts';
import { type BookListener, EngineStage } from '../../../queue/runtime/pipeline/engine-stage.ts';
import { JournalFollower } from '../../../queue/runtime/pipeline/journal-follower.ts';
import { JournalWriter } from '../../../queue/runtime/pipeline/journal-writer.ts';
import { JournallerStage } from '../../../queue/runtime/pipeline/journaller-stage.ts';
import { type MarketEngine, openMarketEngine } from '../../../queue/runtime/pipeline/market-engine.ts';
import {
  createPipelineRings,
  ENGINE_CONSUMER,
  JOURNALLER_OF_BATCHES,
  JOURNALLER_OF_INGRESS,
  PUBLISHER_OF_BATCHES,
} from '../../../queue/runtime/pipeline/pipeline-rings.ts';
import { PublisherStage } from '../../../queue/runtime/pipeline/publisher-stage.ts';
import { MpscProducer } from '../../../queue/runtime/rings/mpsc-ring.ts';
import { RingConsumer } from '../../../queue/runtime/rings/ring-consumer.ts';
import { SpscProducer } from '../../../queue/runtime/rings/spsc-ring.ts';
import { JournalReplica } from '../../../queue/runtime/standby/journal-replica.ts';
import { rewindRings } from '../../../queue/runtime/standby/rewind-rings.ts';
import { NanoClock } from '../../../queue/runtime/telemetry/nano-clock.ts';
import { levelsOf } from '../../support/market-module.ts';
import {
  packedFlow,
  sendCommand,
  TransitionRecorder,
  temporaryDirectory,
} from '../../support/pipeline-run.ts';
import { SEED } from '../../support/seed.ts';

const COMMANDS = 600;
const BATCH_SLOTS = 50;
let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

/** A producer whose thread dies when it publishes for the n-th time. */
class DyingProducer extends SpscProducer {
  left = Number.POSITIVE_INFINITY;

  override publish(): void {
    this.left -= 1;
    if (this.left < 0) throw new Error('died');
    super.publish();
  }
}

/** A whole pipeline on this thread, stage by stage; its journal is a real file. */
function openStages(path: string) {
  const rings = createPipelineRings({ ingressSlots: 1024, outputSlots: 8192, batchSlots: 64 });
  const recorder = new TransitionRecorder();
  const writer = new JournalWriter(path, 'circuit', DEFAULT_MARKET_CONFIG, 'written');
  const journaller = new JournallerStage(
    {
      batches: new RingConsumer(rings.batches, JOURNALLER_OF_BATCHES),
      ingress: new RingConsumer(rings.ingress, JOURNALLER_OF_INGRESS, [ENGINE_CONSUMER]),
    },
    writer,
  );
  const publisher = new PublisherStage(
    {
      output: new RingConsumer(rings.output),
      batches: new RingConsumer(rings.batches, PUBLISHER_OF_BATCHES, [JOURNALLER_OF_BATCHES]),
    },
    recorder,
  );
  const engineStage = (engine: MarketEngine, board?: BookListener) => {
    const ingress = new RingConsumer(rings.ingress, ENGINE_CONSUMER);
    const output = new DyingProducer(rings.output);
    const batches = new DyingProducer(rings.batches);
    const observers = board === undefined ? {} : { board };
    const stage = new EngineStage(engine, { ingress, output, batches }, new NanoClock(), 'spin', observers);
    return { stage, output, batches };
  };
  return { rings, recorder, journaller, publisher, engineStage, producer: new MpscProducer(rings.ingress) };
}

/** The transitions of the flow when nobody dies. */
function expectedTransitions(): number {
  const { module, bytes } = openMarketEngine('circuit', DEFAULT_MARKET_CONFIG);
  let count = 0;
  for (const command of packedFlow(BigInt(SEED), COMMANDS)) {
    bytes.set(command, module.commandsPointer());
    module.applyBatch(command.length / 32, 1n);
    count += module.transitionCount();
  }
  return count;
}

describe('the publisher', () => {
  test('gives nothing out before it is journalled, and then all of it', () => {
    const { producer, engineStage, journaller, publisher, recorder } = openStages(
      join(directory.path, 'journal'),
    );
    const { stage } = engineStage(openMarketEngine('circuit', DEFAULT_MARKET_CONFIG));
    for (const [index, command] of packedFlow(BigInt(SEED), 20).entries())
      sendCommand(producer, command, index);
    expect(stage.step(5)).toBe(5);
    expect(publisher.step(1000)).toBe(0);
    expect(journaller.step(1000)).toBe(1);
    stage.step(15);
    expect(publisher.step(1000)).toBeGreaterThan(0);
    expect(Math.max(...recorder.origins)).toBe(4);
    expect(publisher.step(1000)).toBe(0);
    journaller.step(1000);
    while (publisher.step(3) > 0);
    expect(Math.max(...recorder.origins)).toBe(19);
  });
});

describe('a standby goes on where the primary died', () => {
  const deaths = {
    'before its first batch': ({ output }) => {
      output.left = 0;
    },
    'with a batch matched and nothing of it in the output ring': ({ output }) => {
      output.left = 4;
    },
    'with a batch in the output ring and its slots not released': ({ board }) => {
      board.left = 4;
    },
    'with its slots released and the batch not described': ({ batches }) => {
      batches.left = 4;
    },
  } as const satisfies Readonly<
    Record<
      string,
      (parts: { output: DyingProducer; batches: DyingProducer; board: { left: number } }) => void
    >
  >;

  test.each(Object.keys(deaths) as (keyof typeof deaths)[])('%s', (name) => {
    const path = join(directory.path, 'journal');
    const { rings, producer, engineStage, journaller, publisher, recorder } = openStages(path);
    const commands = packedFlow(BigInt(SEED), COMMANDS);
    for (const [index, command] of commands.entries())
      expect(sendCommand(producer, command, index)).toBe(true);
    const board = {
      left: Number.POSITIVE_INFINITY,
      afterBatch: () => {
        board.left -= 1;
        if (board.left < 0) throw new Error('died');
      },
      whenIdle: () => undefined,
    };
    const primary = engineStage(openMarketEngine('circuit', DEFAULT_MARKET_CONFIG), board);
    deaths[name]({ output: primary.output, batches: primary.batches, board });
    expect(() => {
      while (primary.stage.step(BATCH_SLOTS) > 0);
    }).toThrow('died');

    while (journaller.step(2) > 0) publisher.step(100);
    const engine = openMarketEngine('circuit', DEFAULT_MARKET_CONFIG);
    const follower = new JournalFollower(path);
    expect(new JournalReplica(engine, follower).catchUp()).toBe(name === 'before its first batch' ? 0 : 4);
    rewindRings(rings);
    const standby = engineStage(engine);
    while (standby.stage.step(BATCH_SLOTS) > 0) {
      journaller.step(10);
      while (publisher.step(1000) > 0);
    }
    follower.close();

    expect(recorder.sequences).toEqual(
      Array.from({ length: expectedTransitions() }, (_, index) => index + 1),
    );
    expect(recorder.origins).toEqual([...recorder.origins].sort((a, b) => a - b));
    expect(new Set(recorder.origins).size).toBe(COMMANDS);
  });
});

test('commands with an extension stay whole, and a batch never has more than 1024 records', () => {
  const { producer, engineStage, recorder, journaller, publisher } = openStages(
    join(directory.path, 'journal'),
  );
  const engine = openMarketEngine('circuit', DEFAULT_MARKET_CONFIG);
  const { stage } = engineStage(engine);
  const commands = Array.from({ length: 1000 }, (_, index) => {
    const order = {
      kind: 'place',
      timeInForce: 'GTC',
      account: 1 + (index % 7),
      clientOrderId: BigInt(index),
    } as const;
    const side = index % 2 === 0 ? 'bid' : 'ask';
    const price = side === 'bid' ? 1000n - BigInt(index % 5) : 998n + BigInt(index % 9);
    const iceberg = index % 3 === 0 ? {} : { displayQuantity: 2n };
    return encodeCommands([{ ...order, side, price, quantity: 10n, ...iceberg }]);
  });
  for (const [index, command] of commands.entries()) sendCommand(producer, command, index);
  const taken: number[] = [];
  for (let slots = stage.step(1024); slots > 0; slots = stage.step(1024)) taken.push(slots);
  while (journaller.step(10) > 0);
  while (publisher.step(1000) > 0);
  expect(commands.filter(({ length }) => length === 64).length).toBe(666);
  expect(taken.length).toBeGreaterThan(1);
  expect(taken[0]).toBeLessThanOrEqual(1024 * (3 / 5) + 1);
  expect(recorder.origins).toEqual([...recorder.origins].sort((a, b) => a - b));
  expect(new Set(recorder.origins).size).toBe(1000);

  const alone = openMarketEngine('circuit', DEFAULT_MARKET_CONFIG);
  for (const command of commands) {
    alone.bytes.set(command, alone.module.commandsPointer());
    expect(alone.module.applyBatch(command.length / 32, 1n)).toBe(command.length / 32);
  }
  for (const side of [0, 1]) expect(levelsOf(engine.module, side)).toEqual(levelsOf(alone.module, side));
  expect(recorder.sequences.length).toBe(Number(alone.longs[alone.module.headerPointer() / 8]));
});

test('the replica refuses a journal whose batches do something else than it says', () => {
  const path = join(directory.path, 'journal');
  const writer = new JournalWriter(path, 'circuit', DEFAULT_MARKET_CONFIG, 'written');
  const view = new DataView(writer.body.buffer, writer.body.byteOffset);
  view.setBigUint64(0, 1n, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, 2, true);
  writer.commit(64, 1);
  const replica = new JournalReplica(
    openMarketEngine('circuit', DEFAULT_MARKET_CONFIG),
    new JournalFollower(path),
  );
  expect(() => replica.catchUp()).toThrow(/transitionCount is 2, replaying the command log gives 1/);
});
