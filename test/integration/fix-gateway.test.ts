import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FixGateway } from '../../queue/runtime/gateways/fix/fix-gateway.ts';
import type { FixField } from '../../queue/runtime/gateways/fix/session/fix-message.ts';
import { DEFAULT_FIX_SETTINGS } from '../../queue/runtime/gateways/fix/session/session-settings.ts';
import { skipsSimplefix } from '../oracles/oracle-cache.ts';
import { FixClient } from '../support/fix-client.ts';
import { fixText, utc } from '../support/fix-text.ts';
import { DeskRun, passwordOf } from '../support/gateway-run.ts';
import { SEED } from '../support/seed.ts';
import { until } from '../support/until.ts';

const KINDS = skipsSimplefix() ? (['hand'] as const) : (['hand', 'simplefix'] as const);
/** What a test looks at in a report. */
const REPORT = [11, 41, 150, 39, 38, 44, 14, 151, 6, 32, 31];
const order = (clOrdId: string, side: '1' | '2', price: string, quantity: string): FixField[] => [
  [11, clOrdId],
  [55, 'TEST'],
  [54, side],
  [60, utc(Date.now())],
  [38, quantity],
  [40, '2'],
  [44, price],
  [59, '1'],
];
const change = (clOrdId: string, origClOrdId: string, side = '1'): FixField[] => [
  [11, clOrdId],
  [41, origClOrdId],
  [55, 'TEST'],
  [54, side],
  [60, utc(Date.now())],
];

describe.each(KINDS)('the FIX gateway and a client (%s)', (kind) => {
  let run: DeskRun;
  let gateway: FixGateway;
  const clients: FixClient[] = [];

  beforeEach(async () => {
    run = await DeskRun.start();
    gateway = await run.fix();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await run.stop();
    run.remove();
  });

  async function connect(compId = 'ONE', next = 1, port = gateway.port): Promise<FixClient> {
    const client = await FixClient.connect(kind, port, compId, next);
    clients.push(client);
    return client;
  }

  async function loggedOn(compId = 'ONE', next = 1): Promise<FixClient> {
    const client = await connect(compId, next);
    client.logOn(passwordOf(compId));
    await until(() => client.heard(['A'], [34]).length === 1);
    return client;
  }

  test('log on, trade, replace, cancel and log out', async () => {
    const one = await loggedOn();
    const two = await loggedOn('TWO');
    one.say('D', order('a', '1', '100.50', '10'));
    await until(() => one.heard(['8'], [11]).length === 1);
    two.say('D', order('x', '2', '0100.5', '4'));
    await until(() => two.heard(['8'], [11]).length === 2 && one.heard(['8'], [11]).length === 2);
    expect(one.heard(['8'], REPORT)).toEqual([
      '11=a|150=0|39=0|38=10|44=100.50|14=0|151=10|6=0',
      '11=a|150=F|39=1|38=10|44=100.50|14=4|151=6|6=100.5|32=4|31=100.50',
    ]);
    expect(two.heard(['8'], REPORT)).toEqual([
      '11=x|150=0|39=0|38=4|44=100.50|14=0|151=4|6=0',
      '11=x|150=F|39=2|38=4|44=100.50|14=4|151=0|6=100.5|32=4|31=100.50',
    ]);

    // Another price, another place; fewer lots, the same place; both count what was filled.
    one.say('G', [...change('b', 'a'), [38, '12'], [40, '2'], [44, '99.00'], [59, '1']]);
    await until(() => one.heard(['8'], [11]).length === 3);
    one.say('G', [...change('c', 'b'), [38, '7'], [40, '2'], [44, '99'], [59, '1']]);
    await until(() => one.heard(['8'], [11]).length === 4);
    one.say('F', change('d', 'c'));
    await until(() => one.heard(['8'], [11]).length === 5);
    expect(one.heard(['8'], REPORT).slice(2)).toEqual([
      '11=b|41=a|150=5|39=1|38=12|44=99.00|14=4|151=8|6=100.5',
      '11=c|41=b|150=5|39=1|38=7|44=99.00|14=4|151=3|6=100.5',
      '11=d|41=c|150=4|39=4|38=7|44=99.00|14=4|151=0|6=100.5',
    ]);
    one.say('5', []);
    await until(() => one.isClosed);
    expect(one.heard(['5'], [58])).toEqual(['']);
    expect(run.desk.errors.total()).toBe(0);
  });

  test('a client that was away asks for what it missed, and the numbers go on', async () => {
    const one = await loggedOn();
    one.say('D', order('a', '1', '100', '10'));
    await until(() => one.heard(['8'], [11]).length === 1);
    one.close();
    await until(() => gateway.sessionOf('ONE')?.isConnected === false);
    const two = await loggedOn('TWO');
    two.say('D', order('x', '2', '100', '10'));
    await until(() => two.heard(['8'], [11]).length === 2);

    const again = await loggedOn('ONE', one.next);
    // Logon 1 and report 2 came, report 3 did not: the Logon has 4.
    expect(again.last('A', 34)).toBe('4');
    again.say('2', [
      [7, '3'],
      [16, '0'],
    ]);
    await until(() => again.heard(['4'], [34]).length === 1);
    expect(again.heard(['8'], [34, 43, 11, 150, 14])).toEqual(['34=3|43=Y|11=a|150=F|14=10']);
    expect(again.heard(['4'], [34, 123, 36])).toEqual(['34=4|123=Y|36=5']);
    expect(gateway.sessionOf('ONE')?.sequences).toEqual({ incoming: again.next, outgoing: 5 });
  });

  test('garbled messages are passed over, and the gap is asked for', async () => {
    const one = await loggedOn();
    const lost = fixText(one.message('D', order('a', '1', '100', '10')));
    one.raw(lost.replace('38=10', '38=99'));
    one.raw('8=FIX.4.4\x019=99999999\x0135=D\x01garbage\x01');
    one.say('D', order('b', '1', '99', '1'));
    await until(() => one.heard(['2'], [7]).length === 1);
    expect(one.heard(['2'], [7, 16])).toEqual(['7=2|16=0']);
    expect(one.heard(['8'], [11])).toEqual([]);
    expect(gateway.counts.garbled).toBeGreaterThanOrEqual(2);
    const dup: FixField[] = [
      [43, 'Y'],
      [122, utc(Date.now())],
    ];
    one.say('D', order('a', '1', '100', '10'), [[34, '2'], ...dup]);
    one.say('D', order('b', '1', '99', '1'), [[34, '3'], ...dup]);
    await until(() => one.heard(['8'], [11]).length === 2);
    expect(one.heard(['8'], [11, 38, 150])).toEqual(['11=a|38=10|150=0', '11=b|38=1|150=0']);
  });

  test('a MsgSeqNum that is too low ends the session', async () => {
    const one = await loggedOn();
    one.say('0', [], [[34, '1']]);
    await until(() => one.isClosed);
    expect(one.last('5', 58)).toBe('MsgSeqNum too low, expecting 2 but received 1');
  });

  test('a heartbeat answers a TestRequest', async () => {
    const one = await loggedOn();
    one.say('1', [[112, 'are you there']]);
    await until(() => one.heard(['0'], [112]).length === 1);
    expect(one.heard(['0'], [112])).toEqual(['112=are you there']);
  });

  test('strangers, wrong passwords and second connections are sent away', async () => {
    const stranger = await connect('NOBODY');
    stranger.logOn('anything');
    const thief = await connect('TWO');
    thief.logOn(passwordOf('ONE'));
    await until(() => stranger.isClosed && thief.isClosed);
    expect(stranger.last('5', 58)).toBe('SenderCompID or TargetCompID is unknown');
    expect(thief.last('5', 58)).toBe('Username or Password is wrong');
    const one = await loggedOn();
    const twin = await connect();
    twin.logOn(passwordOf('ONE'));
    await until(() => twin.isClosed);
    expect(gateway.counts.closed('connectedAlready')).toBe(1);
    one.say('1', [[112, 'still here']]);
    await until(() => one.heard(['0'], [112]).length === 1);
  });
});

test('a client that does not read is not read, and gone when too much waits for it', async () => {
  const run = await DeskRun.start();
  const asked = 20_000;
  const ids = Array.from({ length: asked }, (_, index) => `${index}-${'x'.repeat(1000)}`);
  for (const hardBytes of [2 ** 30, 2 ** 16]) {
    const gateway = await run.fix({ unread: { softBytes: 2 ** 16, hardBytes } });
    const client = await FixClient.connect('hand', gateway.port, 'ONE');
    client.logOn(passwordOf('ONE'));
    await until(() => client.heard(['A'], [34]).length === 1);
    client.pause();
    for (const id of ids) client.say('1', [[112, id]]);
    if (hardBytes === 2 ** 16) {
      await until(() => gateway.counts.closed('slowReader') === 1);
      client.close();
      continue;
    }
    // It comes to a halt before it has read all, for far more than the kernel keeps is to be answered.
    const incoming = () => gateway.sessionOf('ONE')?.sequences.incoming ?? 0;
    let before = -1;
    while (before !== incoming()) {
      before = incoming();
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(before).toBeLessThan(asked);
    client.resume();
    await until(() => client.heard(['0'], [112]).length === asked);
    expect(client.last('0', 112)).toBe(ids.at(-1));
    client.close();
    await until(() => gateway.counts.open === 0);
  }
  await run.stop();
  run.remove();
});

test(`the gateway survives any bytes at all (seed ${SEED})`, async () => {
  const run = await DeskRun.start();
  const gateway = await run.fix();
  const blobs = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { numRuns: 40, seed: SEED });
  const places = fc.sample(fc.tuple(fc.nat(), fc.nat(255)), { numRuns: 40, seed: SEED });
  for (const [index, blob] of blobs.entries()) {
    const client = await FixClient.connect('hand', gateway.port, 'ONE');
    client.raw(Buffer.from(blob));
    client.say('A', [
      [98, '0'],
      [108, '30'],
      [554, passwordOf('ONE')],
      [141, 'Y'],
    ]);
    // A whole order with one byte of it changed.
    const text = fixText(client.message('D', order(`o${index}`, '1', '100', '1')));
    const [place, byte] = places[index] ?? [0, 0];
    const changed = Buffer.from(text, 'latin1');
    changed[place % changed.length] = byte;
    client.raw(changed);
    client.say('5', []);
    await new Promise((resolve) => setTimeout(resolve, 10));
    client.close();
    await until(() => gateway.counts.open === 0);
  }
  await until(() => run.desk.inFlight === 0);
  const two = await FixClient.connect('hand', gateway.port, 'TWO');
  two.logOn(passwordOf('TWO'));
  two.say('D', order('last', '1', '100', '1'));
  await until(() => two.last('8', 11) === 'last');
  expect(two.last('8', 150)).toBe('0');
  expect(gateway.counts.garbled).toBeGreaterThan(20);
  two.close();
  await run.stop();
  run.remove();
});

test('a message of more fields than are taken ends the session: it would come again and again', async () => {
  const run = await DeskRun.start();
  const gateway = await run.fix();
  const one = await FixClient.connect('hand', gateway.port, 'ONE');
  one.logOn(passwordOf('ONE'));
  one.say('D', [...order('a', '1', '100', '1'), ...Array.from({ length: 1100 }, (): FixField => [58, 'x'])]);
  await until(() => one.last('5', 58) === 'a message has too many fields');
  one.say('5', []);
  await until(() => one.isClosed);
  await run.stop();
  run.remove();
});

test('a connection that says nothing, or nonsense, is not kept', async () => {
  const run = await DeskRun.start();
  const gateway = await run.fix({ settings: { ...DEFAULT_FIX_SETTINGS, logonMs: 150 }, connectionsMax: 3 });
  const made = await Promise.all(
    Array.from({ length: 3 }, () => FixClient.connect('hand', gateway.port, 'ONE')),
  );
  made[1]?.raw('GET / HTTP/1.1\r\n\r\n');
  const extra = await FixClient.connect('hand', gateway.port, 'ONE');
  await until(() => [...made, extra].every((client) => client.isClosed));
  expect(gateway.counts.closed('tooManyConnections')).toBe(1);
  expect(gateway.counts.closed('slowLogon')).toBe(3);
  await until(() => gateway.counts.open === 0);
  await run.stop();
  run.remove();
});
