import { expect, test } from 'vitest';
import { decodeSnapshot } from '../../engine/decode-snapshot.ts';
import { IntegerRandom } from '../../queue/order-flow/integer-random.ts';
import type { FixField } from '../../queue/runtime/gateways/fix/session/fix-message.ts';
import { sealedRoot } from '../../queue/runtime/pipeline/market-engine.ts';
import { FixClient } from '../support/fix-client.ts';
import { utc } from '../support/fix-text.ts';
import { DeskRun, passwordOf } from '../support/gateway-run.ts';
import { replayJournal } from '../support/pipeline-run.ts';
import { SEED } from '../support/seed.ts';

const MESSAGES = 600;
const CLIENTS = ['ONE', 'TWO'] as const;

/** Sends one client's random requests, on orders that may or may not be there any more. */
class RandomTrader {
  readonly client: FixClient;
  readonly #random: IntegerRandom;
  /** Ids that orders had or may have, each with the order's side. */
  readonly #ids: (readonly [string, '1' | '2'])[] = [];
  #count = 0;

  constructor(client: FixClient, seed: bigint) {
    this.client = client;
    this.#random = new IntegerRandom(seed);
  }

  /** @param mayMassCancel not near the end: then something is left to compare */
  act(mayMassCancel: boolean): void {
    const roll = this.#random.below(100);
    if (roll < 50 || this.#ids.length === 0) this.#place(this.#fresh());
    else if (roll < 70) this.#change('F', this.#fresh(), this.#pick(), []);
    else if (roll < 97 || !mayMassCancel) this.#replace(this.#fresh(), this.#pick());
    else this.client.say('q', [...this.#head(this.#fresh()), [530, '7']]);
  }

  #fresh(): string {
    this.#count += 1;
    return `${this.client.compId}-${this.#count}`;
  }

  /** Mostly a late one, under the last id that it was given or not. */
  #pick(): readonly [string, '1' | '2'] {
    const back = Math.min(this.#random.below(6), this.#ids.length - 1);
    return this.#ids.at(-1 - back) ?? ['', '1'];
  }

  #head(clOrdId: string): FixField[] {
    return [
      [11, clOrdId],
      [55, 'TEST'],
      [60, utc(Date.now())],
    ];
  }

  #terms(): FixField[] {
    const roll = this.#random.below(10);
    const timeInForce = roll < 6 ? '1' : roll < 8 ? '3' : roll < 9 ? '4' : '0';
    const fields: FixField[] = [
      [38, String(1 + this.#random.below(40))],
      [40, '2'],
      [44, String(95 + this.#random.below(10))],
      [59, timeInForce],
    ];
    if (timeInForce === '1' && roll === 0) fields.push([111, '1']);
    if (timeInForce === '1' && roll === 1) fields.push([18, '6']);
    return fields;
  }

  #place(clOrdId: string): void {
    const name = this.#random.below(2) === 0 ? '1' : '2';
    const side: FixField = [54, name];
    this.#ids.push([clOrdId, name]);
    const stop = this.#random.below(12) === 0;
    const terms = this.#terms();
    if (!stop) this.client.say('D', [...this.#head(clOrdId), side, ...terms]);
    else {
      const other = terms.filter(([tag]) => ![40, 59, 18, 111].includes(tag));
      const stopPx = String(95 + this.#random.below(10));
      this.client.say('D', [...this.#head(clOrdId), side, ...other, [40, '4'], [59, '1'], [99, stopPx]]);
    }
  }

  #change(
    type: string,
    clOrdId: string,
    [orig, side]: readonly [string, '1' | '2'],
    terms: FixField[],
  ): void {
    this.client.say(type, [...this.#head(clOrdId), [41, orig], [54, side], ...terms]);
  }

  #replace(clOrdId: string, picked: readonly [string, '1' | '2']): void {
    this.#ids.push([clOrdId, picked[1]]);
    this.#change('G', clOrdId, picked, this.#terms());
  }
}

/** The open orders of a client as its last reports have them: OrderID and LeavesQty. */
function openOrders(client: FixClient): string[] {
  const open = new Map<string, string>();
  for (const report of client.reports()) {
    const orderId = report.get(37) ?? '';
    // A replacement has another OrderID than the order that it replaces.
    for (const [id, text] of open) if (text.endsWith(`|${report.get(41)}`)) open.delete(id);
    if (report.get(151) === '0' || orderId === 'NONE') open.delete(orderId);
    else open.set(orderId, `${orderId} ${report.get(151)}|${report.get(11)}`);
  }
  return [...open.values()].map((text) => text.split('|')[0] ?? '').sort();
}

test(`what FIX clients are told of random orders is the engine's book (seed ${SEED})`, async () => {
  const run = await DeskRun.start();
  const gateway = await run.fix({
    clients: CLIENTS.map((compId, index) => {
      run.keys.add(index + 1, Buffer.from(passwordOf(compId)));
      return { compId, account: index + 1, selfTradeMode: index === 0 ? 'none' : 'decrement' };
    }),
  });
  const clients = await Promise.all(CLIENTS.map((id) => FixClient.connect('hand', gateway.port, id)));
  const traders = clients.map((client, index) => {
    client.logOn(passwordOf(client.compId));
    return new RandomTrader(client, BigInt(SEED + index));
  });
  for (let turn = 0; turn < MESSAGES; turn++) {
    traders[turn % traders.length]?.act(turn < MESSAGES / 2);
    if (turn % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  // The answer to a TestRequest comes behind everything that was sent before it was read; then what is in flight.
  for (const client of clients) client.say('1', [[112, 'last']]);
  const isQuiet = () =>
    clients.every((client) => client.last('0', 112) === 'last') && run.desk.inFlight === 0;
  await expect.poll(isQuiet, { timeout: 20_000, interval: 5 }).toBe(true);
  for (const client of clients) client.say('1', [[112, 'over']]);
  await expect
    .poll(() => clients.every((client) => client.last('0', 112) === 'over'), { timeout: 20_000 })
    .toBe(true);

  const { engine } = replayJournal(run.journalPath, 'circuit');
  sealedRoot(engine);
  const length = engine.module.writeState();
  const start = engine.module.inputPointer();
  const book = decodeSnapshot(Uint8Array.from(engine.bytes.subarray(start, start + length)));
  const resting = [...book.bids, ...book.asks].flatMap(({ orders }) => orders);
  const waiting = book.stops;
  expect(book.tradeCount).toBeGreaterThan(50n);
  expect(resting.length).toBeGreaterThan(5);
  clients.forEach((client, index) => {
    const own = [
      ...resting.map((order) => ({ ...order, lots: order.remaining + order.hiddenRemaining })),
      ...waiting.map((stop) => ({ ...stop, lots: stop.remaining })),
    ].filter(({ account }) => account === index + 1);
    expect(openOrders(client)).toEqual(own.map(({ orderId, lots }) => `${orderId} ${lots}`).sort());
  });
  const types = new Set(clients.flatMap((client) => client.reports().map((report) => report.get(150))));
  for (const type of ['0', '4', '5', '8', 'F']) expect(types).toContain(type);
  for (const client of clients) client.close();
  await run.stop();
  run.remove();
});
