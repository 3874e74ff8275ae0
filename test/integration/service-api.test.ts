import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERROR_TABLE } from '../../engine/error-table.ts';
import { decodeJournal } from '../../engine/journal.ts';
import { TRANSITION_RECORD_BYTES, verifyInclusion } from '../../prover/merkle/verify-inclusion.ts';
import { runCli } from '../support/run-cli.ts';
import { packedOrders, RunningService } from '../support/running-service.ts';

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url);
const GRAFANA = new URL('../../docs/grafana-dashboard.json', import.meta.url);
const SERVICE_DOC = new URL('../../docs/service.md', import.meta.url);

describe('the API', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await RunningService.start();
    await service.post('/v1/markets/1/batches', packedOrders(1, 60));
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    service.remove();
  });

  test('is what docs/openapi.json says', async () => {
    const { body } = await service.get('/openapi.json');
    if (process.env.PROOFBOOK_WRITE_OPENAPI === '1') writeFileSync(DOCUMENT, JSON.stringify(body));
    expect(existsSync(DOCUMENT)).toBe(true);
    expect(body).toEqual(JSON.parse(readFileSync(DOCUMENT, 'utf8')));
  });

  test('docs/service.md lists every code', () => {
    const text = readFileSync(SERVICE_DOC, 'utf8');
    expect(Object.keys(ERROR_TABLE).filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  test('proves that a batch holds a transition, under the root of its journal', async () => {
    const journal = decodeJournal((await service.get('/v1/markets/1/batches/1/journal')).bytes);
    const { body } = await service.get('/v1/markets/1/batches/1/inclusion?sequence=7');
    const { index, page, siblings, record, recordCount } = body as InclusionBody;
    expect(recordCount).toBe(journal.transitionCount);
    const proof = {
      index,
      count: Math.ceil((journal.transitionCount * TRANSITION_RECORD_BYTES) / 1024),
      page: Buffer.from(page, 'hex'),
      siblings: siblings.map((sibling) => Buffer.from(sibling, 'hex')),
    };
    const { firstRecordIndex, records } = verifyInclusion(
      journal.transitionsRoot,
      journal.transitionCount,
      TRANSITION_RECORD_BYTES,
      proof,
    );
    expect(Buffer.from(records[6 - firstRecordIndex] ?? []).toString('hex')).toBe(record);
  });

  test('every transition of an order comes with its proof', async () => {
    const { body } = await service.get('/v1/markets/1/trades?limit=1');
    const { trades } = body as { trades: { makerOrderId: string; sequence: string }[] };
    const [trade] = trades;
    const answer = await service.get(`/v1/markets/1/orders/${trade?.makerOrderId}/inclusion`);
    const { transitions } = answer.body as { transitions: { record: string }[] };
    const sequences = transitions.map(({ record }) => Buffer.from(record, 'hex').readBigUInt64LE(8));
    expect(sequences).toContain(BigInt(trade?.sequence ?? 0));
    expect((await service.get('/v1/markets/1/orders/5/inclusion')).status).toBe(404);
  });

  test('L2 and L3 show the same book', async () => {
    const depth = (await service.get('/v1/markets/1/depth?levels=64')).body as Sides<{ volume: string }>;
    const book = (await service.get('/v1/markets/1/book')).body as Sides<{ orders: { remaining: string }[] }>;
    const total = (orders: { remaining: string }[]) =>
      orders.reduce((sum, { remaining }) => sum + BigInt(remaining), 0n);
    for (const side of ['bids', 'asks'] as const) {
      expect(book[side].map(({ price, orders }) => [price, String(total(orders))])).toEqual(
        depth[side].map(({ price, volume }) => [price, volume]),
      );
    }
    expect(depth.bids.length + depth.asks.length).toBeGreaterThan(3);
  });

  test('a second market has a chain of its own', async () => {
    const made = await service.post('/v1/markets', { marketId: '7', tickSize: '5' });
    expect(made.status).toBe(201);
    expect((await service.post('/v1/markets', { marketId: '7' })).body).toMatchObject({
      code: 'MARKET_EXISTS',
    });
    const { body } = await service.post('/v1/markets/7/batches', packedOrders(1, 3));
    expect(body).toMatchObject({ firstCommandNumber: '1', batchNumber: '1' });
    expect((body as { acks: { reason?: string }[] }).acks.some(({ reason }) => reason === 'offTick')).toBe(
      true,
    );
  });

  test('answers carry strict headers, and what is not there is a problem', async () => {
    const { headers } = await service.get('/v1/markets');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    const lost = await service.get('/v1/markets/9');
    expect([lost.status, lost.type]).toEqual([404, 'application/problem+json']);
    const page = await service.get('/docs/static/index.html');
    expect(Buffer.from(page.bytes).toString()).not.toMatch(/(src|href)="https?:/);
  });

  test.each([
    ['PUT', '/v1/markets', 'GET, HEAD, POST'],
    ['GET', '/v1/markets/1/commands?acks=none', 'POST'],
    ['DELETE', '/v1/markets/1/batches/1', 'GET, HEAD'],
    ['OPTIONS', '/health', 'GET, HEAD'],
    ['QUERY', '/v1/markets/1/depth', 'GET, HEAD'],
  ])('%s %s is a method that the path does not take', async (method, path, allowed) => {
    const response = await fetch(`${service.url}${path}`, { method });
    expect([response.status, response.headers.get('allow'), response.headers.get('content-type')]).toEqual([
      405,
      allowed,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(await response.json()).toMatchObject({
      code: 'METHOD_NOT_ALLOWED',
      field: 'method',
      value: method,
    });
    expect((await fetch(`${service.url}/v1/nowhere`, { method })).status).toBe(404);
  });

  test('the Grafana dashboard asks for metrics that there are', async () => {
    const { bytes } = await service.get('/metrics');
    const given = new Set(
      Buffer.from(bytes)
        .toString()
        .match(/^# TYPE (\S+)/gm)
        ?.map((line) => line.slice(7)),
    );
    const asked = readFileSync(GRAFANA, 'utf8').match(/proofbook_[a-z_]+/g) ?? [];
    const base = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
    expect(asked.filter((name) => !given.has(base(name)) && !given.has(name))).toEqual([]);
    expect(
      [...given].filter(
        (name) => name.startsWith('proofbook_') && !asked.some((a) => base(a) === name || a === name),
      ),
    ).toEqual([]);
  });

  test('a Redis that evicts is not ready', async () => {
    const endpoint = JSON.parse(readFileSync(join(service.marketRoot, 'queue-endpoint.json'), 'utf8'));
    const redis = new Redis(endpoint.socketPath);
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const evicting = await service.get('/ready');
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    redis.disconnect();
    expect([evicting.status, evicting.body]).toEqual([
      503,
      { ready: false, faults: [expect.objectContaining({ check: 'redis' })] },
    ]);
    expect((await service.get('/ready')).status).toBe(200);
  });
});

interface InclusionBody {
  readonly index: number;
  readonly page: string;
  readonly siblings: readonly string[];
  readonly record: string;
  readonly recordCount: number;
}

interface Sides<Level> {
  readonly bids: readonly (Level & { readonly price: string })[];
  readonly asks: readonly (Level & { readonly price: string })[];
}

describe('API keys', () => {
  let service: RunningService;
  const create = async (...args: string[]): Promise<{ key: string; keyId: string }> => {
    const { stdout } = await runCli(['keys', 'create', '--data', service.root, '--json', ...args]);
    return JSON.parse(stdout);
  };
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  beforeAll(async () => {
    service = await RunningService.start({ args: ['--kind', 'fake', '--allow-fake', '--workers', '0'] });
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    service.remove();
  });

  test('open what their scopes say, and nothing without one', async () => {
    const reader = await create('--scope', 'read');
    const submitter = await create('--scope', 'submit');
    expect((await service.get('/v1/markets')).status).toBe(401);
    expect((await service.get('/v1/markets', bearer(`pbk_${'0'.repeat(16)}_${'0'.repeat(64)}`))).status).toBe(
      401,
    );
    expect((await service.get('/v1/markets', bearer(reader.key))).status).toBe(200);
    const refused = await service.post('/v1/markets/1/commands', packedOrders(1, 1), bearer(reader.key));
    expect([refused.status, refused.body]).toEqual([403, expect.objectContaining({ code: 'SCOPE_MISSING' })]);
    expect(
      (await service.post('/v1/markets/1/commands', packedOrders(1, 1), bearer(submitter.key))).status,
    ).toBe(202);
    expect((await service.get('/health')).status).toBe(200);
    expect(readFileSync(join(service.root, 'api-keys.json'), 'utf8')).not.toContain(reader.key.slice(21));
  });

  test('end when they are revoked', async () => {
    const { key, keyId } = await create('--scope', 'read');
    expect((await service.get('/v1/markets', bearer(key))).status).toBe(200);
    await runCli(['keys', 'revoke', keyId, '--data', service.root]);
    expect((await service.get('/v1/markets', bearer(key))).status).toBe(401);
    const { stdout } = await runCli(['keys', 'list', '--data', service.root, '--json']);
    const { keys } = JSON.parse(stdout) as { keys: { keyId: string; revokedAtMs: number | null }[] };
    expect(keys.find((kept) => kept.keyId === keyId)?.revokedAtMs).toBeGreaterThan(0);
  });

  test('are held to their rate and their quota, and told when to come back', async () => {
    const slow = await create('--scope', 'read', '--requests-per-minute', '2');
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push(await service.get('/v1/markets', bearer(slow.key)));
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(Number(statuses[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
    const small = await create('--scope', 'submit', '--commands-per-day', '5');
    expect((await service.post('/v1/markets/1/commands', packedOrders(1, 5), bearer(small.key))).status).toBe(
      202,
    );
    const spent = await service.post('/v1/markets/1/commands', packedOrders(1, 1), bearer(small.key));
    expect([spent.status, spent.body]).toEqual([429, expect.objectContaining({ code: 'RATE_LIMITED' })]);
  });

  test('may be done without on loopback only', async () => {
    const { exitCode, stderr } = await runCli([
      'serve',
      '--data',
      service.root,
      '--no-auth',
      '--host',
      '0.0.0.0',
    ]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--no-auth')]);
  });
});

test('a reader of events goes on where it was, over a restart', async () => {
  let service = await RunningService.start();
  try {
    await service.post('/v1/markets/1/batches', packedOrders(1, 60));
    const first = await readEvents(service.url, '0-0', ({ name }) => name === 'batch');
    const cursor = first.find(({ name }) => name === 'trade')?.id ?? '';
    await service.stop('SIGKILL');
    service = await RunningService.start({ root: service.root });
    const again = await readEvents(service.url, cursor, ({ name }) => name === 'batch');
    const trades = (events: readonly ServerEvent[]) =>
      events.filter(({ name }) => name === 'trade').map(({ data }) => data);
    expect(trades(again)).toEqual(trades(first).slice(1));
    expect(again.filter(({ name }) => name === 'batch')).toHaveLength(1);
    const lost = await service.get('/v1/markets/1/events', { 'last-event-id': '999999-0' });
    expect(lost.status).toBe(400);
  } finally {
    await service.stop('SIGKILL');
    service.remove();
  }
}, 60_000);

interface ServerEvent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

async function readEvents(
  url: string,
  from: string,
  isLast: (event: ServerEvent) => boolean,
): Promise<ServerEvent[]> {
  const ended = new AbortController();
  const { signal } = ended;
  const response = await fetch(`${url}/v1/markets/1/events`, { headers: { 'last-event-id': from }, signal });
  const events: ServerEvent[] = [];
  let text = '';
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const match = /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(part);
      if (match !== null) events.push({ id: match[1] ?? '', name: match[2] ?? '', data: match[3] ?? '' });
    }
    if (events.some(isLast)) break;
  }
  ended.abort();
  return events;
}
