import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FAST_ERRORS } from '../../queue/runtime/faults/fast-error.ts';
import type { FixGateway } from '../../queue/runtime/gateways/fix/fix-gateway.ts';
import type { FixField } from '../../queue/runtime/gateways/fix/session/fix-message.ts';
import { FixClient } from '../support/fix-client.ts';
import { utc } from '../support/fix-text.ts';
import { DeskRun, passwordOf } from '../support/gateway-run.ts';
import { until } from '../support/until.ts';

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

async function loggedOn(compId: string): Promise<FixClient> {
  const client = await FixClient.connect('hand', gateway.port, compId);
  clients.push(client);
  client.logOn(passwordOf(compId));
  await until(() => client.heard(['A'], [34]).length === 1);
  return client;
}

/** A limit order of 10 at 100 for GTC, with other fields in their place; an empty text leaves one out. */
function order(clOrdId: string, other: Readonly<Record<number, string>> = {}): FixField[] {
  const fields: Record<number, string> = {
    11: clOrdId,
    55: 'TEST',
    54: '1',
    60: utc(Date.now()),
    38: '10',
    40: '2',
    44: '100',
    59: '1',
    ...other,
  };
  return Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([tag, value]) => [Number(tag), value]);
}

const change = (clOrdId: string, origClOrdId: string, other: Readonly<Record<number, string>> = {}) =>
  order(clOrdId, { 41: origClOrdId, ...other });
const cancel = (clOrdId: string, origClOrdId: string) =>
  change(clOrdId, origClOrdId, { 38: '', 40: '', 44: '', 59: '' });

/** Sends a message and waits for so many more of these types; returns those, of the tags asked for. */
async function ask(
  client: FixClient,
  type: string,
  fields: readonly FixField[],
  types: readonly string[],
  tags: readonly number[],
  count = 1,
): Promise<string[]> {
  const before = client.heard(types, tags).length;
  client.say(type, fields);
  await until(() => client.heard(types, tags).length >= before + count);
  return client.heard(types, tags).slice(before);
}

describe('a NewOrderSingle', () => {
  test('of every kind that the engine has becomes what it should', async () => {
    const one = await loggedOn('ONE');
    const two = await loggedOn('TWO');
    const tags = [11, 150, 39, 151, 14, 44, 99, 111, 59];
    const place = (client: FixClient, fields: FixField[], count = 1) =>
      ask(client, 'D', fields, ['8'], tags, count);
    // Three asks to take: 5 and 5 at 101, 10 at 102.
    await place(two, order('a1', { 54: '2', 38: '5', 44: '101' }));
    await place(two, order('a2', { 54: '2', 38: '5', 44: '101.00' }));
    await place(two, order('a3', { 54: '2', 44: '102', 111: '3' }));
    expect(two.heard(['8'], [111, 151]).at(-1)).toBe('111=3|151=10');

    expect(await place(one, order('ioc', { 38: '7', 44: '101', 59: '3' }), 3)).toEqual([
      '11=ioc|150=0|39=0|151=7|14=0|44=101.00|59=3',
      '11=ioc|150=F|39=1|151=2|14=5|44=101.00|59=3',
      '11=ioc|150=F|39=2|151=0|14=7|44=101.00|59=3',
    ]);
    expect(await place(one, order('ioc2', { 38: '9', 44: '101', 59: '3' }), 3)).toEqual([
      '11=ioc2|150=0|39=0|151=9|14=0|44=101.00|59=3',
      '11=ioc2|150=F|39=1|151=6|14=3|44=101.00|59=3',
      '11=ioc2|150=4|39=4|151=0|14=3|44=101.00|59=3',
    ]);
    expect(await place(one, order('fok', { 38: '11', 44: '102', 59: '4' }))).toEqual([
      '11=fok|150=8|39=8|151=0|14=0|44=102.00|59=4',
    ]);
    expect(await place(one, order('post', { 44: '102', 18: '6' }))).toEqual([
      '11=post|150=8|39=8|151=0|14=0|44=102.00|59=1',
    ]);
    expect(one.last('8', 58)).toBe('wouldTake');
    expect(await place(one, order('mkt', { 40: '1', 44: '', 38: '2', 59: '' }), 2)).toEqual([
      '11=mkt|150=0|39=0|151=2|14=0|59=0',
      '11=mkt|150=F|39=2|151=0|14=2|59=0',
    ]);
    expect(await place(one, order('stop', { 40: '4', 44: '103', 99: '102', 38: '1', 54: '1' }), 3)).toEqual([
      '11=stop|150=0|39=0|151=1|14=0|44=103.00|99=102.00|59=1',
      '11=stop|150=I|39=0|151=1|14=0|44=103.00|99=102.00|59=1',
      '11=stop|150=F|39=2|151=0|14=1|44=103.00|99=102.00|59=1',
    ]);
    const soon = utc(Date.now() + 60_000);
    expect(await place(one, order('gtd', { 59: '6', 126: soon, 44: '90' }))).toEqual([
      '11=gtd|150=0|39=0|151=10|14=0|44=90.00|59=6',
    ]);
    expect(await place(one, order('day', { 59: '', 44: '90' }))).toEqual([
      '11=day|150=0|39=0|151=10|14=0|44=90.00|59=0',
    ]);
    // The iceberg's fills, in the lots of which it shows three.
    expect(two.heard(['8'], [11, 150, 32]).filter((text) => text.startsWith('11=a3|150=F'))).toEqual([
      '11=a3|150=F|32=2',
      '11=a3|150=F|32=1',
    ]);
  });

  test.each<readonly [string, Readonly<Record<number, string>>, string]>([
    ['another symbol', { 55: 'OTHER' }, '103=1'],
    ['another account', { 1: '2' }, '103=15'],
    ['a side that is not taken', { 54: '5' }, '103=11'],
    ['an OrdType that is not taken', { 40: 'P' }, '103=11'],
    ['a TimeInForce that is not taken', { 59: '2' }, '103=11'],
    ['an ExecInst that is not taken', { 18: '6 G' }, '103=11'],
    ['a day for a stop', { 40: '3', 44: '', 99: '100', 59: '0' }, '103=11'],
    ['a price between ticks', { 44: '100.005' }, '103=99'],
    ['a negative price', { 44: '-1' }, '103=99'],
    ['no price at all', { 44: '0' }, '103=99'],
    ['a price beyond 2^48 ticks', { 44: '99999999999999' }, '103=99'],
    ['half a lot', { 38: '0.5' }, '103=13'],
    ['no lots', { 38: '0' }, '103=13'],
    ['more shown than there is', { 111: '11' }, '103=11'],
    ['post-only that is immediate', { 18: '6', 59: '3' }, '103=11'],
    ['an expiry that is over', { 59: '6', 126: '20200101-00:00:00' }, '103=4'],
  ])('with %s is rejected by a report', async (_, other, reason) => {
    const one = await loggedOn('ONE');
    expect(await ask(one, 'D', order('a', other), ['8', '3'], [35, 150, 39, 103])).toEqual([
      `35=8|150=8|39=8|${reason}`,
    ]);
    // The next one is taken: nothing hangs on it.
    expect(await ask(one, 'D', order('b'), ['8'], [11, 150])).toEqual(['11=b|150=0']);
  });

  test.each<readonly [string, Readonly<Record<number, string>>, string]>([
    ['no ClOrdID', { 11: '' }, '371=11|373=1'],
    ['no Symbol', { 55: '' }, '371=55|373=1'],
    ['no Price', { 44: '' }, '371=44|373=1'],
    ['no TransactTime', { 60: '' }, '371=60|373=1'],
    ['a price that is no number', { 44: '1e2' }, '371=44|373=6'],
    ['a quantity that is no number', { 38: '0x10' }, '371=38|373=6'],
    ['a side that nobody knows', { 54: 'Z' }, '371=54|373=5'],
    ['no ExpireTime', { 59: '6' }, '371=126|373=1'],
    ['a time that is none', { 60: 'yesterday' }, '371=60|373=6'],
  ])('with %s is rejected by the session', async (_, other, fault) => {
    const one = await loggedOn('ONE');
    expect(await ask(one, 'D', order('a', other), ['8', '3'], [35, 45, 371, 373])).toEqual([
      `35=3|45=2|${fault}`,
    ]);
  });

  test('with an id that was used is rejected', async () => {
    const one = await loggedOn('ONE');
    await ask(one, 'D', order('a'), ['8'], [11]);
    expect(await ask(one, 'D', order('a'), ['8'], [11, 150, 103])).toEqual(['11=a|150=8|103=6']);
  });
});

describe('changes', () => {
  const tags = [35, 11, 41, 150, 39, 434, 102];

  test('right behind their order wait until it has an id', async () => {
    const one = await loggedOn('ONE');
    one.say('D', order('a'));
    one.say('F', cancel('b', 'a'));
    one.say('D', order('c', { 44: '99' }));
    one.say('G', change('d', 'c', { 44: '98' }));
    await until(() => one.heard(['8', '9'], tags).length === 4);
    expect(one.heard(['8', '9'], tags).sort()).toEqual([
      '35=8|11=a|150=0|39=0',
      '35=8|11=b|41=a|150=4|39=4',
      '35=8|11=c|150=0|39=0',
      '35=8|11=d|41=c|150=5|39=0',
    ]);
  });

  test('that cannot be are rejected, and the order is as it was', async () => {
    const one = await loggedOn('ONE');
    const two = await loggedOn('TWO');
    const said = (type: string, fields: FixField[]) => ask(one, type, fields, ['8', '9', '3'], tags);
    await said('D', order('a'));
    expect(await said('F', cancel('b', 'nothing'))).toEqual(['35=9|11=b|41=nothing|39=8|434=1|102=1']);
    expect(await said('G', change('c', 'a', { 54: '2' }))).toEqual(['35=9|11=c|41=a|39=0|434=2|102=99']);
    expect(await said('G', change('d', 'a', { 44: '100.001' }))).toEqual([
      '35=9|11=d|41=a|39=0|434=2|102=99',
    ]);
    expect(await said('F', cancel('a', 'a'))).toEqual(['35=9|11=a|41=a|39=0|434=1|102=6']);
    expect(await said('G', change('e', 'a', { 38: '' }))).toEqual(['35=3']);
    await ask(two, 'D', order('x', { 54: '2', 38: '4' }), ['8'], [11], 2);
    expect(await said('G', change('f', 'a', { 38: '4' }))).toEqual(['35=9|11=f|41=a|39=1|434=2|102=0']);
    await ask(two, 'D', order('y', { 54: '2', 38: '6' }), ['8'], [11], 2);
    await until(() => one.last('8', 39) === '2');
    expect(await said('F', cancel('g', 'a'))).toEqual(['35=9|11=g|41=a|39=2|434=1|102=0']);
    expect(run.desk.errors.count(FAST_ERRORS.InvalidOrder)).toBeGreaterThan(0);
  });

  test('that the engine refuses leave the order alive', async () => {
    const one = await loggedOn('ONE');
    const two = await loggedOn('TWO');
    await ask(two, 'D', order('x', { 54: '2', 44: '101' }), ['8'], [11]);
    await ask(one, 'D', order('a'), ['8'], [11]);
    // Post-only at a price that takes: the engine alone can know.
    expect(await ask(one, 'G', change('b', 'a', { 44: '101', 18: '6' }), ['9', '8'], [...tags, 58])).toEqual([
      '35=9|11=b|41=a|39=0|434=2|102=99|58=wouldTake',
    ]);
    expect(await ask(one, 'F', cancel('c', 'a'), ['8', '9'], tags)).toEqual(['35=8|11=c|41=a|150=4|39=4']);
  });
});

describe('a mass cancel', () => {
  const mass = (clOrdId: string, other: Readonly<Record<number, string>> = {}) =>
    order(clOrdId, { 38: '', 40: '', 44: '', 59: '', 54: '', 530: '7', ...other });
  const tags = [11, 530, 531, 532, 533];

  test('takes as many commands as it needs, and counts', async () => {
    const one = await loggedOn('ONE');
    for (let index = 0; index < 150; index++)
      one.say('D', order(`o${index}`, { 54: index < 20 ? '2' : '1', 44: index < 20 ? '200' : '100' }));
    await until(() => one.heard(['8'], [11]).length === 150);
    expect(await ask(one, 'q', mass('m1', { 54: '2', 530: '1' }), ['r'], tags)).toEqual([
      '11=m1|530=1|531=1|533=20',
    ]);
    expect(await ask(one, 'q', mass('m2'), ['r'], tags)).toEqual(['11=m2|530=7|531=7|533=130']);
    expect(await ask(one, 'q', mass('m3'), ['r'], tags)).toEqual(['11=m3|530=7|531=7|533=0']);
    expect(one.heard(['8'], [150]).filter((text) => text === '150=4')).toHaveLength(150);
  });

  test('of another kind or side is refused by its report', async () => {
    const one = await loggedOn('ONE');
    expect(await ask(one, 'q', mass('m1', { 530: '3' }), ['r'], tags)).toEqual([
      '11=m1|530=3|531=0|532=99|533=0',
    ]);
    expect(await ask(one, 'q', mass('m2', { 54: '5' }), ['r'], tags)).toEqual([
      '11=m2|530=7|531=0|532=99|533=0',
    ]);
    expect(await ask(one, 'q', mass('m2'), ['r'], tags)).toEqual(['11=m2|530=7|531=0|532=99|533=0']);
  });
});

describe('everything else', () => {
  test('that FIX has and the venue does not is a business reject', async () => {
    const one = await loggedOn('ONE');
    expect(await ask(one, 'V', order('a'), ['j', '3'], [35, 45, 372, 379, 380])).toEqual([
      '35=j|45=2|372=V|379=a|380=3',
    ]);
    expect(await ask(one, 'zz', [], ['j', '3'], [35, 45, 373])).toEqual(['35=3|45=3|373=11']);
  });

  test('is not available while the service is too busy; cancels are, longer', async () => {
    const one = await loggedOn('ONE');
    await ask(one, 'D', order('a'), ['8'], [11]);
    run.pipeline.control.setLevel(3);
    expect(await ask(one, 'D', order('b'), ['j', '8'], [35, 372, 379, 380])).toEqual([
      '35=j|372=D|379=b|380=4',
    ]);
    expect(await ask(one, 'F', cancel('c', 'a'), ['8', 'j'], [35, 11, 150])).toEqual(['35=8|11=c|150=4']);
    expect(run.desk.errors.count(FAST_ERRORS.SystemOverload)).toBe(1);
    run.pipeline.control.setLevel(0);
    // The id was not used up.
    expect(await ask(one, 'D', order('b'), ['8'], [11, 150])).toEqual(['11=b|150=0']);
  });

  test('two own orders that meet under a self-trade mode are restated or canceled', async () => {
    const decrement = await run.fix({
      clients: [{ compId: 'ONE', account: 1, selfTradeMode: 'decrement' }],
    });
    const one = await FixClient.connect('hand', decrement.port, 'ONE');
    clients.push(one);
    one.logOn(passwordOf('ONE'));
    await ask(one, 'D', order('a'), ['8'], [11]);
    const tags = [11, 150, 39, 38, 14, 151];
    expect(await ask(one, 'D', order('b', { 54: '2', 38: '4' }), ['8'], tags, 3)).toEqual([
      '11=b|150=0|39=0|38=4|14=0|151=4',
      '11=a|150=D|39=0|38=6|14=0|151=6',
      '11=b|150=4|39=4|38=4|14=0|151=0',
    ]);
  });
});
