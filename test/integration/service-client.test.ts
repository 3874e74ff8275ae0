import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeJournal } from '../../engine/journal.ts';
import type { JsonCommand } from '../../queue/client/client-types.ts';
import { RequestFailure } from '../../queue/client/request-failure.ts';
import { ServiceClient } from '../../queue/client/service-client.ts';
import { runCli } from '../support/run-cli.ts';
import { packedOrders, RunningService } from '../support/running-service.ts';

let service: RunningService;
let client: ServiceClient;

beforeAll(async () => {
  service = await RunningService.start({ args: ['--kind', 'fake', '--allow-fake', '--workers', '0'] });
  const { stdout } = await runCli(['keys', 'create', '--data', service.root, '--scope', 'admin', '--json']);
  client = new ServiceClient({ url: service.url, apiKey: (JSON.parse(stdout) as { key: string }).key });
}, 60_000);

afterAll(async () => {
  await service.stop();
  service.remove();
});

const order = (side: 'bid' | 'ask', clientOrderId: string): JsonCommand => ({
  kind: 'place',
  side,
  clientOrderId,
  timeInForce: 'GTC',
  account: 1,
  price: '100',
  quantity: '5',
});

test('the client submits, reads back, proves and steers', async () => {
  const accepted = await client.submit('1', [order('bid', '1'), order('ask', '2')], { asBatch: true });
  expect(accepted).toMatchObject({ firstCommandNumber: '1', commandCount: 2, batchNumber: '1' });
  expect(accepted.acks.map(({ type }) => type)).toEqual(['accepted', 'accepted']);
  const packed = await client.submit('1', packedOrders(5, 4), { acks: 'none', idempotencyKey: 'once' });
  expect(packed.acks).toEqual([]);
  expect(await client.submit('1', packedOrders(5, 4), { acks: 'none', idempotencyKey: 'once' })).toEqual(
    packed,
  );

  expect((await client.markets()).markets.map(({ marketId }) => marketId)).toEqual(['1']);
  const { batches } = await client.batches('1', { limit: 1 });
  expect(batches).toEqual([await client.batch('1', '1')]);
  const journal = decodeJournal(await client.batchBytes('1', '1', 'journal'));
  expect(journal.commandCount).toBe(2);
  const inclusion = await client.inclusion('1', '1', '3');
  expect(inclusion.root).toBe(Buffer.from(journal.transitionsRoot).toString('hex'));
  const { trades } = await client.trades('1', 100);
  const order1 = await client.orderInclusion('1', accepted.acks[0]?.orderId ?? '');
  expect(order1.transitions.map(({ record }) => record)).toContain(inclusion.record);
  expect(trades.at(-1)).toMatchObject({ sequence: '3', quantity: '5', takerSide: 'ask' });
  expect((await client.ticker('1')).tradeCount).toBe(String(trades.length));
  expect((await client.depth('1', 1)).bids.length).toBeLessThanOrEqual(1);
  expect((await client.book('1')).batchNumber).toBe('1');

  expect(await client.pauseQueue()).toEqual({ paused: true });
  const [job] = (await client.jobs({ state: 'queued' })).jobs;
  expect((await client.cancelJob(job?.jobId ?? '')).state).toBe('canceled');
  expect((await client.requeueJob(job?.jobId ?? '')).state).toBe('queued');
  expect(await client.resumeQueue()).toEqual({ paused: false });
  expect((await client.createMarket({ marketId: '3', lotSize: '10' })).config.lotSize).toBe('10');
  expect(await client.readiness()).toEqual({ ready: true, faults: [] });
});

test('events are read from where a reader was', async () => {
  const names: string[] = [];
  for await (const { name } of client.events('1', { lastEventId: '0-0' })) {
    names.push(name);
    if (name === 'batch') break;
  }
  expect(names[0]).toBe('trade');
  expect(names).toContain('batch');
});

test('a refusal is an error with the code of the problem', async () => {
  const failure = await client.market('99').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RequestFailure);
  expect(failure).toMatchObject({ status: 404, code: 'MARKET_UNKNOWN' });
  const nobody = new ServiceClient({ url: 'http://127.0.0.1:9' });
  await expect(nobody.markets()).rejects.toMatchObject({ status: 0, code: 'UNREACHABLE' });
  await expect(new ServiceClient({ url: service.url }).markets()).rejects.toMatchObject({
    code: 'KEY_REQUIRED',
  });
});
