import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { COMMAND_BYTES } from '../../engine/command.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { BinaryGateway } from '../../queue/runtime/gateways/binary/binary-gateway.ts';
import { AccountKeys } from '../../queue/runtime/gateways/desk/account-keys.ts';
import { DeskLoop } from '../../queue/runtime/gateways/desk/desk-loop.ts';
import { OrderDesk } from '../../queue/runtime/gateways/desk/order-desk.ts';
import { Pipeline } from '../../queue/runtime/pipeline/pipeline.ts';
import { type Figures, median } from './bench-result.ts';
import { record } from './deep-recording.ts';
import { DEEP_SCENARIOS } from './deep-scenarios.ts';
import type { GatewayClientThread, GatewayRun } from './gateway-client-thread.ts';

const COMMANDS = 1_000_000;
const ROUNDS = 5;
const WINDOW = 16_384;
const ACCOUNT = 1;
const ACCOUNT_OFFSET = 4;

/**
 * Packed commands over TCP loopback from a client on a thread of its own, through gateway, engine and journal, and their transitions
 * back to it. A command counts when the client has read its last transition, which is sent when the journal is on the disk. The
 * balanced scenario's commands in the deep geometry, all of one account.
 */
export async function gatewayBench(): Promise<Figures> {
  const { commands, preload } = record(DEEP_SCENARIOS.balanced, COMMANDS * (ROUNDS + 1));
  const directory = mkdtempSync(join(tmpdir(), 'proofbook-gateway-'));
  const pipeline = await Pipeline.start({
    geometry: 'deep',
    market: DEFAULT_MARKET_CONFIG,
    journalPath: join(directory, 'journal'),
    durability: 'synced',
    policy: 'park',
    standby: false,
  });
  try {
    return await measure(pipeline, commands, preload);
  } finally {
    await pipeline.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(pipeline: Pipeline, commands: Uint8Array, preload: number): Promise<Figures> {
  const key = new Uint8Array(32).fill(7);
  const keys = new AccountKeys();
  keys.add(ACCOUNT, key);
  const desk = new OrderDesk(pipeline);
  const loop = new DeskLoop(desk, pipeline.rings.batches.words);
  const gateway = await BinaryGateway.listen(desk, loop, {
    host: '127.0.0.1',
    port: 0,
    sessionsMax: 32,
    marketId: DEFAULT_MARKET_CONFIG.marketId,
    isKeyOf: keys.isKeyOf,
  });
  const client = await startClient({
    port: gateway.port,
    account: ACCOUNT,
    key,
    commands: ofOneAccount(commands),
    window: WINDOW,
  });
  const { telemetry } = pipeline;
  const run = async (first: number, count: number): Promise<number> => {
    const message: GatewayRun = { first, count };
    client.postMessage(message);
    const [elapsedMs] = await once(client, 'message');
    return (count / elapsedMs) * 1000;
  };
  try {
    await run(0, preload);
    await run(preload, COMMANDS);
    const groupsBefore = telemetry.counter('journal_groups_total').value;
    const rates: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) rates.push(await run(preload + round * COMMANDS, COMMANDS));
    const groups = telemetry.counter('journal_groups_total').value - groupsBefore;
    return {
      commands_per_second: median(rates),
      least_commands_per_second: Math.min(...rates),
      commands_for_each_sync: (ROUNDS * COMMANDS) / groups,
      processing_p50_us: telemetry.histogram('order_processing_ns').percentile(0.5) / 1000,
      processing_p99_us: telemetry.histogram('order_processing_ns').percentile(0.99) / 1000,
    };
  } finally {
    client.postMessage({ first: 0, count: 0 } satisfies GatewayRun);
    await once(client, 'exit');
    await gateway.close();
    await loop.stop();
  }
}

async function startClient(workerData: GatewayClientThread): Promise<Worker> {
  const client = new Worker(new URL('./gateway-client-thread.ts', import.meta.url), { workerData });
  await once(client, 'message');
  return client;
}

/** The same commands, of one account: a session sends for its own account only, and order ids do not depend on accounts. */
function ofOneAccount(commands: Uint8Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(commands.length);
  new Uint8Array(shared).set(commands);
  const view = new DataView(shared);
  for (let at = 0; at < commands.length; at += COMMAND_BYTES)
    view.setUint32(at + ACCOUNT_OFFSET, ACCOUNT, true);
  return shared;
}
