import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCommands } from '../../engine/command.ts';
import type { Geometry } from '../../engine/geometry.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { seededFlow } from '../../queue/order-flow/seeded-flow.ts';
import { JournalFollower } from '../../queue/runtime/pipeline/journal-follower.ts';
import { type MarketEngine, openMarketEngine } from '../../queue/runtime/pipeline/market-engine.ts';
import type { RingConsumer } from '../../queue/runtime/rings/ring-consumer.ts';
import type { RingProducer } from '../../queue/runtime/rings/ring-producer.ts';
import { JournalReplica } from '../../queue/runtime/standby/journal-replica.ts';
import { NanoClock } from '../../queue/runtime/telemetry/nano-clock.ts';

const CLOCK = new NanoClock();

/** Packed commands of a seeded flow, each alone: one or two records. */
export function packedFlow(seed: bigint, count: number): readonly Uint8Array[] {
  return seededFlow(seed, count).commands.map(({ command }) => encodeCommands([command]));
}

/** Sends one command; false when the ring is full. */
export function sendCommand(producer: RingProducer, packed: Uint8Array, origin: number): boolean {
  if (!producer.tryClaim(1)) return false;
  producer.bytes.set(packed, producer.slotOffset(0));
  producer.note(0, origin, CLOCK.nowNs());
  producer.publish();
  return true;
}

/** Keeps the sequences and origins of what a publisher gives out. */
export class TransitionRecorder {
  readonly sequences: number[] = [];
  readonly origins: number[] = [];

  take(output: RingConsumer, count: number): void {
    for (let index = 0; index < count; index++) {
      this.sequences.push(output.words[output.slotOffset(index) / 4 + 2] ?? -1);
      this.origins.push(output.origin(index));
    }
  }
}

/** A directory for one test, and what removes it. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'proofbook-runtime-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** An engine that did all that a journal says, and the batches it has. */
export function replayJournal(
  path: string,
  geometry: Geometry,
): { readonly engine: MarketEngine; readonly batches: number } {
  const engine = openMarketEngine(geometry, DEFAULT_MARKET_CONFIG);
  const follower = new JournalFollower(path);
  const batches = new JournalReplica(engine, follower).catchUp();
  follower.close();
  return { engine, batches };
}
