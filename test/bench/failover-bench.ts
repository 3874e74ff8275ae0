import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { Pipeline } from '../../queue/runtime/pipeline/pipeline.ts';
import type { PublisherStage } from '../../queue/runtime/pipeline/publisher-stage.ts';
import type { RingConsumer } from '../../queue/runtime/rings/ring-consumer.ts';
import type { RingProducer } from '../../queue/runtime/rings/ring-producer.ts';
import { type Figures, median } from './bench-result.ts';
import { record } from './deep-recording.ts';
import { DEEP_SCENARIOS } from './deep-scenarios.ts';

const COMMANDS = 60_000;
const ROUNDS = 5;
const BURST = 64;

/**
 * From the order to end the primary's thread, in the middle of a flow into the deep book, to the first transition that the standby made
 * and that is journalled: the thread's end, the rest of the journal, the rewound rings, one batch, one sync.
 */
export async function failoverBench(): Promise<Figures> {
  const { commands } = record(DEEP_SCENARIOS.balanced, COMMANDS);
  const takeovers: number[] = [];
  for (let round = 0; round < ROUNDS; round++) takeovers.push(await takeoverMs(commands));
  return { takeover_ms: median(takeovers), takeover_max_ms: Math.max(...takeovers), rounds: ROUNDS };
}

async function takeoverMs(commands: Uint8Array): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'proofbook-failover-'));
  const pipeline = await Pipeline.start({
    geometry: 'deep',
    market: DEFAULT_MARKET_CONFIG,
    journalPath: join(directory, 'journal'),
    durability: 'synced',
    policy: 'park',
    standby: true,
  });
  try {
    const sink = new LastOrigin();
    const publisher = pipeline.publisher(sink);
    const producer = pipeline.producer();
    const half = Math.floor(commands.length / COMMAND_BYTES / 2 / BURST) * BURST;
    for (let sent = 0; sent < half; sent += BURST) {
      while (!send(producer, commands, sent)) await turn(publisher);
    }
    while (sink.last < half / 2) await turn(publisher);
    const started = performance.now();
    await pipeline.failOver();
    send(producer, commands, half);
    while (sink.last < half) await turn(publisher);
    return performance.now() - started;
  } finally {
    await pipeline.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

class LastOrigin {
  last = -1;

  take(output: RingConsumer, count: number): void {
    this.last = output.origin(count - 1);
  }
}

function send(producer: RingProducer, commands: Uint8Array, first: number): boolean {
  if (!producer.tryClaim(BURST)) return false;
  for (let index = 0; index < BURST; index++) {
    const from = (first + index) * COMMAND_BYTES;
    producer.bytes.set(commands.subarray(from, from + COMMAND_BYTES), producer.slotOffset(index));
    producer.note(index, first + index, 0);
  }
  producer.publish();
  return true;
}

async function turn(publisher: PublisherStage): Promise<void> {
  if (publisher.step(1024) === 0) await new Promise((resolve) => setImmediate(resolve));
}
