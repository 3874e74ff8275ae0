import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Digest } from '../../engine/brands.ts';
import { type Command, encodeCommands } from '../../engine/command.ts';
import { verifyInclusion } from '../../prover/merkle/verify-inclusion.ts';
import { CommandLog } from '../../queue/store/command-log.ts';
import { dataPaths } from '../../queue/store/data-directory.ts';
import { RunningService } from '../support/running-service.ts';

const MINUTES_MS = 180_000;
const PATH = '/v1/markets/1';
const OPENAPI = new URL('../../docs/openapi.json', import.meta.url);

const bid = (clientOrderId: bigint, price = 10_000n): Command => ({
  kind: 'place',
  side: 'bid',
  timeInForce: 'GTC',
  account: 1,
  clientOrderId,
  price,
  quantity: 5n,
});
const asJson = (command: Command) =>
  Object.fromEntries(
    Object.entries(command).map(([field, value]) => [
      field,
      typeof value === 'bigint' ? String(value) : value,
    ]),
  );

describe('proofbook serve, asking for keys and without workers', () => {
  const service = new RunningService(['--workers', '0', '--seal-commands', '3', '--seal-after-ms', '100']);
  let submitKey: Record<string, string>;
  let readKey: Record<string, string>;
  beforeAll(async () => {
    await service.start();
    submitKey = { authorization: `Bearer ${await service.makeKey('submit')}` };
    readKey = { authorization: `Bearer ${await service.makeKey('read')}` };
  }, MINUTES_MS);
  afterAll(() => service.close());

  test('lets in who has a key with the scope, and says what is missing to the others', async () => {
    expect(await service.get(PATH)).toMatchObject({ status: 401, json: { code: 'API_KEY_MISSING' } });
    const stranger = { authorization: `Bearer pbk_${'0'.repeat(12)}_${'0'.repeat(64)}` };
    expect(await service.get(PATH, stranger)).toMatchObject({
      status: 401,
      json: { code: 'API_KEY_REFUSED' },
    });
    expect(await service.get(PATH, submitKey)).toMatchObject({
      status: 403,
      json: { code: 'SCOPE_MISSING', detail: 'the API key has scopes submit: this needs read' },
    });
    expect((await service.get(PATH, readKey)).status).toBe(200);
    expect((await service.get('/health')).status).toBe(200);
  });

  test('gathers commands of several callers into one batch, and tells each what became of its own', async () => {
    const answers = await Promise.all(
      [1n, 2n, 3n].map((id) => service.post(`${PATH}/commands`, { commands: [asJson(bid(id))] }, submitKey)),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map(({ json }) => json.batchNumber)).size).toBe(1);
    expect(answers.map(({ json }) => json.firstCommandIndex).toSorted()).toEqual([0, 1, 2]);
    for (const { json } of answers) {
      expect(json.acks).toMatchObject([
        { type: 'accepted', reason: 'none', commandIndex: json.firstCommandIndex },
      ]);
      expect(BigInt(json.acks[0].orderId)).toBeGreaterThan(0n);
    }
    const depth = await service.get(`${PATH}/depth`, readKey);
    expect(depth.json.bids).toEqual([{ price: '10000', volume: '15', orderCount: 3 }]);
  });

  test(
    'takes a key with the same commands once, also after a crash, and refuses it with others',
    async () => {
      const packed = encodeCommands([bid(7n, 9000n), bid(8n, 9001n)]);
      const headers = { ...submitKey, 'idempotency-key': 'order-7' };
      const first = await service.post(`${PATH}/batches`, packed, headers);
      expect(first.status).toBe(202);
      expect((await service.post(`${PATH}/batches`, packed, headers)).json).toEqual(first.json);
      await service.stop('SIGKILL');
      await service.start();
      expect((await service.post(`${PATH}/batches`, packed, headers)).json).toEqual(first.json);
      const other = await service.post(`${PATH}/batches`, encodeCommands([bid(9n)]), headers);
      expect(other).toMatchObject({
        status: 409,
        json: { code: 'IDEMPOTENCY_CONFLICT', field: 'Idempotency-Key', value: 'order-7' },
      });
      const { batches } = new CommandLog(dataPaths(service.data).commandLog).read();
      const copies = batches.filter(({ commands }) => Buffer.from(commands).equals(packed));
      expect(copies).toHaveLength(1);
    },
    MINUTES_MS,
  );

  test.each([
    [
      'a field that is none',
      { commands: [{ ...asJson(bid(1n)), prize: '1' }] },
      'REQUEST_MALFORMED',
      'prize',
    ],
    [
      'a price that is a number',
      { commands: [{ ...asJson(bid(1n)), price: 5 }] },
      'REQUEST_MALFORMED',
      'price',
    ],
    ['a price out of range', { commands: [asJson(bid(1n, 1n << 48n))] }, 'INVALID_COMMAND', 'price'],
    ['no command', { commands: [] }, 'REQUEST_MALFORMED', 'commands'],
    ['a cut record', new Uint8Array(33), 'INVALID_LENGTH', 'commands'],
    ['no record', new Uint8Array(0), 'EMPTY_BATCH', 'commandCount'],
    ['too many records', new Uint8Array(1025 * 32), 'BATCH_TOO_LARGE', '1025'],
  ])('refuses %s and seals nothing', async (_, body, code, named) => {
    const before = (await service.get(PATH, readKey)).json.batchNumber;
    const answer = await service.post(`${PATH}/batches`, body, submitKey);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.json).toMatchObject({ code, status: answer.status });
    expect(JSON.stringify(answer.json)).toContain(named);
    expect((await service.get(PATH, readKey)).json.batchNumber).toBe(before);
  });

  test('tells every event once and in order to who comes back with its last id', async () => {
    const all = await eventsOf(service, readKey, 0);
    const ids = all.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(all.filter(({ name }) => name === 'batch').map(({ data }) => data.batchNumber)).toEqual([
      '1',
      '2',
    ]);
    const middle = ids[0] ?? 0;
    expect(await eventsOf(service, readKey, middle)).toEqual(all.slice(1));
  });

  test(
    'is the only one on its data directory, and gives it up when it ends',
    async () => {
      const second = new RunningService(['--workers', '0'], service.data);
      await expect(second.start()).rejects.toThrow(/is held by process/);
    },
    MINUTES_MS,
  );

  test('describes itself as the committed document says', async () => {
    const { json } = await service.get('/openapi.json');
    expect(json).toEqual(JSON.parse(readFileSync(OPENAPI, 'utf8')));
    expect((await service.get('/docs')).status).toBe(200);
  });

  test('counts in units that its metrics name', async () => {
    const { json: text } = await service.get('/metrics');
    for (const name of ['proofbook_ack_latency_seconds_count', 'proofbook_contiguous_proven_batch_number 0'])
      expect(text).toContain(name);
    expect(text).toMatch(/proofbook_jobs\{state="queued"\} [1-9]/);
  });
});

describe('proofbook serve with a worker', () => {
  const service = new RunningService(['--no-auth']);
  beforeAll(() => service.start(), MINUTES_MS);
  afterAll(() => service.close());

  test(
    'proves what it took, and hands out the receipt, the state and inclusion proofs',
    async () => {
      expect((await service.get('/ready')).json).toEqual({ status: 'ready', faults: {} });
      const ask: Command = { ...bid(2n), side: 'ask', account: 2, timeInForce: 'IOC' } as Command;
      const taken = await service.post(`${PATH}/batches`, { commands: [asJson(bid(1n)), asJson(ask)] });
      expect(taken.json.acks).toHaveLength(2);
      expect((await service.get(`${PATH}/batches/1/receipt`)).json.code).toBe('RECEIPT_NOT_READY');
      await expect
        .poll(async () => (await service.get(`${PATH}/batches/1`)).json.job.state, {
          timeout: MINUTES_MS,
          interval: 500,
        })
        .toBe('proven');
      expect((await service.get(PATH)).json.highestProvenBatch).toBe('1');
      const receipt = await fetch(`${service.url}${PATH}/batches/1/receipt`);
      expect((await receipt.arrayBuffer()).byteLength).toBeGreaterThan(100_000);
      const { json: batch } = await service.get(`${PATH}/batches/1`);
      const { json: state } = await service.get(`${PATH}/batches/1/state`);
      expect(state).toMatchObject({ batchNumber: '1', stateRoot: batch.postStateRoot });
      const [maker] = taken.json.acks;
      const { json: history } = await service.get(`${PATH}/orders/${maker.orderId}/inclusion`);
      expect(history.transitions).toHaveLength(2);
      for (const proof of history.transitions) {
        expect(proof.root).toBe(batch.transitionsRoot);
        const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
        const { records } = verifyInclusion(bytes(proof.root) as Digest, proof.recordCount, 64, {
          index: proof.index,
          count: proof.count,
          page: bytes(proof.page),
          siblings: proof.siblings.map(bytes),
        });
        expect(records.map((record) => Buffer.from(record).toString('hex'))).toContain(proof.record);
      }
      expect((await service.get(`${PATH}/trades`)).json.trades).toMatchObject([
        { price: '10000', quantity: '5' },
      ]);
      expect((await service.stop()).exitCode).toBe(0);
    },
    MINUTES_MS,
  );
});

interface SeenEvent {
  readonly id: number;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads out of an event is checked by the test
  readonly data: any;
}

/** The numbered events that a stream replays behind `lastEventId`; the depth ends the replay. */
async function eventsOf(
  service: RunningService,
  headers: Record<string, string>,
  lastEventId: number,
): Promise<readonly SeenEvent[]> {
  const stop = new AbortController();
  const response = await fetch(`${service.url}${PATH}/events`, {
    headers: { ...headers, 'last-event-id': String(lastEventId) },
    signal: stop.signal,
  });
  const events: SeenEvent[] = [];
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('event: depth')) break;
  }
  stop.abort();
  for (const block of text.split('\n\n')) {
    const id = /^id: (\d+)$/m.exec(block)?.[1];
    const name = /^event: (\w+)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (id !== undefined && name !== undefined && data !== undefined)
      events.push({ id: Number(id), name, data: JSON.parse(data) });
  }
  return events;
}
