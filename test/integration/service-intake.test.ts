import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../engine/engine.ts';
import { decodeMarketConfig } from '../../engine/market-config.ts';
import type { Readiness } from '../../queue/client/client-types.ts';
import { CommandLog } from '../../queue/store/command-log.ts';
import { MarketLog } from '../../queue/store/market-log.ts';
import { decodeMarketLog } from '../../queue/store/market-log-content.ts';
import { waitFor } from '../support/processes.ts';
import { runCli } from '../support/run-cli.ts';
import { packedOrders, RunningService } from '../support/running-service.ts';

const FAKE = ['--no-auth', '--kind', 'fake', '--allow-fake'];

interface AcceptedBody {
  readonly firstCommandNumber: string;
  readonly commandCount: number;
  readonly batchNumber: string;
  readonly acks: readonly {
    readonly commandNumber: string;
    readonly type: string;
    readonly orderId: string;
  }[];
}

describe('intake', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await RunningService.start();
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    service.remove();
  });

  test('answers with order ids, and the same key is answered once', async () => {
    const body = packedOrders(1, 20);
    const first = await service.post('/v1/markets/1/commands', body, { 'idempotency-key': 'a' });
    expect(first.status).toBe(202);
    const { acks, commandCount } = first.body as AcceptedBody;
    expect(commandCount).toBe(20);
    expect(acks.map(({ type }) => type)).toEqual(Array.from({ length: 20 }, () => 'accepted'));
    const again = await service.post('/v1/markets/1/commands', body, { 'idempotency-key': 'a' });
    expect(again.body).toEqual(first.body);
    const other = await service.post('/v1/markets/1/commands', packedOrders(1, 19), {
      'idempotency-key': 'a',
    });
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', field: 'commands' });
  });

  test('the same key twice at once is one request', async () => {
    const send = () =>
      service.post('/v1/markets/1/commands', packedOrders(50, 3), { 'idempotency-key': 'twice' });
    const [one, two] = await Promise.all([send(), send()]);
    expect(two.body).toEqual(one.body);
  });

  test('a batch is sealed at once and can be read then', async () => {
    const { body } = await service.post('/v1/markets/1/batches', packedOrders(100, 5));
    const { batchNumber } = body as AcceptedBody;
    const batch = await service.get(`/v1/markets/1/batches/${batchNumber}`);
    expect(batch.body).toMatchObject({ batchNumber, commandCount: 5 });
    const commands = await service.get(`/v1/markets/1/batches/${batchNumber}/commands`);
    expect(Buffer.from(commands.bytes)).toEqual(Buffer.from(packedOrders(100, 5)));
  });

  test('refuses what is no whole command, with a typed problem', async () => {
    const cases: readonly [Uint8Array, string, number][] = [
      [new Uint8Array(31), 'INVALID_LENGTH', 400],
      [new Uint8Array(0), 'EMPTY_BATCH', 400],
      [packedOrders(1, 1025), 'BATCH_TOO_LARGE', 413],
      [Uint8Array.from([1, 0, 0, 8, ...new Array(28).fill(0)]), 'INVALID_COMMAND', 400],
    ];
    for (const [bytes, code, status] of cases) {
      const answer = await service.post('/v1/markets/1/commands', bytes);
      expect([answer.status, answer.type, (answer.body as { code: string }).code]).toEqual([
        status,
        'application/problem+json',
        code,
      ]);
    }
  });

  test('a second broker on the directory is refused and leaves it alone', async () => {
    const { exitCode, stderr } = await runCli(['serve', '--data', service.root, '--port', '0', ...FAKE]);
    expect([exitCode, stderr]).toEqual([8, expect.stringContaining('DATA_DIRECTORY_LOCKED')]);
    expect((await service.get('/health')).status).toBe(200);
  });
});

test('a key that is asked again while its batch is on its way to the store is answered as before', async () => {
  const args = [...FAKE, '--workers', '0', '--batch-size', '4', '--batch-age-ms', '1500'];
  const service = await RunningService.start({ args });
  const rows = new DatabaseSync(join(service.marketRoot, 'rows.sqlite'));
  const send = () =>
    service.post('/v1/markets/1/commands', packedOrders(10, 2), { 'idempotency-key': 'again' });
  try {
    // Batch 1 waits for the store, and the one that holds the key's commands is still open.
    rows.exec('BEGIN EXCLUSIVE');
    expect((await service.post('/v1/markets/1/commands', packedOrders(1, 4))).status).toBe(202);
    const first = await send();
    expect(first.body).toMatchObject({ batchNumber: '2', acks: [{}, {}] });
    const again = send();
    // Meanwhile it is closed by its age.
    const path = join(service.marketRoot, 'commands.log');
    await waitFor('its seal', () => decodeMarketLog(path, readFileSync(path)).batches.length === 2);
    rows.exec('ROLLBACK');
    expect((await again).body).toEqual(first.body);
  } finally {
    rows.close();
    await service.stop('SIGKILL');
    service.remove();
  }
}, 60_000);

// Longer than a writer waits: a worker that was stopped in the middle of its commit does that.
const LOCKED_MS = 11_000;

test('a store that is locked for long delays batches, and stops neither the market nor what asks after it', async () => {
  const service = await RunningService.start({ args: [...FAKE, '--workers', '0'] });
  const rows = new DatabaseSync(join(service.marketRoot, 'rows.sqlite'));
  try {
    rows.exec('BEGIN EXCLUSIVE');
    const sealing = service.post('/v1/markets/1/batches', packedOrders(1, 3));
    await delay(LOCKED_MS);
    expect((await service.get('/ready')).body).toEqual({
      ready: false,
      faults: [
        { check: 'market 1 sealing', reason: 'a batch cannot be stored: database is locked' },
        { check: 'market 1 store', reason: 'database is locked' },
      ],
    });
    expect((await service.post('/v1/markets/1/commands', packedOrders(10, 3))).status).toBe(202);
    rows.exec('ROLLBACK');
    expect((await sealing).status).toBe(202);
    expect((await service.get('/v1/markets/1/batches/1')).body).toMatchObject({ commandCount: 3 });
    expect((await service.get('/ready')).status).toBe(200);
  } finally {
    rows.close();
    await service.stop('SIGKILL');
    service.remove();
  }
}, 60_000);

// No file of the service may grow beyond this: its log can, the pages of its row store cannot.
const FILE_BYTES_MAX = 8192;
const limitFiles = (pid: number, limit: string): void =>
  void execFileSync('prlimit', ['--pid', String(pid), `--fsize=${limit}:unlimited`]);

test('a disk that is full when a batch is stored delays it, and needs nobody but who makes room', async () => {
  const service = await RunningService.start({ args: [...FAKE, '--workers', '0'] });
  try {
    limitFiles(service.pid, String(FILE_BYTES_MAX));
    const sealing = service.post('/v1/markets/1/batches', packedOrders(1, 3));
    const { faults } = await waitFor('the fault', async () => {
      const readiness = (await service.get('/ready')).body as Readiness;
      return !readiness.ready && readiness;
    });
    expect(faults).toContainEqual({
      check: 'market 1 sealing',
      reason: expect.stringMatching(/^a batch cannot be stored: /),
    });
    expect((await service.post('/v1/markets/1/commands', packedOrders(10, 3))).status).toBe(202);
    limitFiles(service.pid, 'unlimited');
    expect((await sealing).status).toBe(202);
    expect((await service.post('/v1/markets/1/batches', packedOrders(20, 3))).status).toBe(202);
    expect((await service.get('/ready')).status).toBe(200);
  } finally {
    await service.stop('SIGKILL');
    service.remove();
  }
}, 60_000);

test('after SIGKILL every acknowledged command is there once, in order, and the tail is matched alike', async () => {
  const args = [...FAKE, '--workers', '0', '--batch-size', '64', '--batch-age-ms', '60000'];
  let service = await RunningService.start({ args });
  try {
    const accepted: { readonly first: number; readonly count: number; readonly body: unknown }[] = [];
    const sending = Array.from({ length: 40 }, async (_, index) => {
      const first = 1000 * index;
      const answer = await service.post('/v1/markets/1/commands', packedOrders(first, 1 + (index % 30)), {
        'idempotency-key': `k${index}`,
      });
      expect(answer.status).toBe(202);
      accepted.push({ first, count: 1 + (index % 30), body: answer.body });
    });
    await Promise.all(sending);
    const depth = await service.get('/v1/markets/1/depth?levels=64');
    const trades = await service.get('/v1/markets/1/trades?limit=1000');
    await service.stop('SIGKILL');
    const logPath = join(service.marketRoot, 'commands.log');
    // A torn append on top: somebody pulled the plug while writing.
    appendFileSync(logPath, Buffer.from([120, 0, 0]));
    service = await RunningService.start({ root: service.root, args });
    expect((await service.get('/v1/markets/1/depth?levels=64')).body).toEqual(depth.body);
    expect((await service.get('/v1/markets/1/trades?limit=1000')).body).toEqual(trades.body);
    for (const [index, { first, count, body }] of accepted.entries()) {
      if (index % 7 !== 0) continue;
      const key = `k${first / 1000}`;
      const again = await service.post('/v1/markets/1/commands', packedOrders(first, count), {
        'idempotency-key': key,
      });
      expect(again.body).toEqual(body);
    }
    await service.stop();
    const { log, content } = await MarketLog.open(logPath);
    await log.close();
    const sent = accepted.reduce((sum, { count }) => sum + count, 0);
    expect(content.requests.reduce((sum, { commandCount }) => sum + commandCount, 0)).toBe(sent);
    expect(content.batches.length).toBe(Math.floor(sent / 64));
  } finally {
    await service.stop('SIGKILL');
    service.remove();
  }
}, 90_000);

test('what the scout said is what the sealing engine proves, and an auditor agrees', async () => {
  const args = [...FAKE, '--workers', '1', '--batch-size', '50', '--batch-age-ms', '200'];
  const service = await RunningService.start({ args });
  try {
    for (let index = 0; index < 12; index++) {
      expect((await service.post('/v1/markets/1/commands', packedOrders(index * 37, 37))).status).toBe(202);
    }
    await service.until(
      '/v1/markets/1',
      ({ batchNumber, highestProvenBatch }: { batchNumber: string; highestProvenBatch: string }) =>
        Number(batchNumber) >= 9 && batchNumber === highestProvenBatch,
    );
    expect((await service.get('/ready')).body).toEqual({ ready: true, faults: [] });
    expect(await service.stop()).toBe(0);
    const { marketConfig, batches } = new CommandLog(join(service.marketRoot, 'commands.log')).read();
    const engine = Engine.create(decodeMarketConfig(marketConfig));
    for (const batch of batches) engine.applyBatch(batch.commands, batch.timestampNs);
    const audit = await runCli(['audit', '--from-genesis', service.marketRoot, '--accept-fake', '--json']);
    expect(audit.stderr).toBe('');
    expect(JSON.parse(audit.stdout)).toMatchObject({
      verified: true,
      commands: 444,
      postStateRoot: Buffer.from(engine.stateRoot()).toString('hex'),
    });
  } finally {
    await service.stop('SIGKILL');
    service.remove();
  }
}, 90_000);
