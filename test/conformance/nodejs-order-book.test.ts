import { OrderBook } from 'nodejs-order-book';
import { describe, expect, test } from 'vitest';
import type { SideName } from '../../engine/protocol-codes.ts';
import { Random } from '../model/random.ts';
import { NamedBook, type NamedOrder, type NamedOutcome } from '../oracles/named-book.ts';
import { fillsOf, OrderBookPair, placeTheirs, theirQueue } from '../oracles/order-book-pair.ts';
import { SEED } from '../support/seed.ts';

/*
 * The engine against an order book that others wrote, on commands that both know: the same fills in the same order, the same
 * refusals, and after each command the same orders in the same queues. docs/oracles.md says where the two differ; each of those
 * cases is a test below, and no flow has it.
 */

const PRICE = 1_000;
const REACH = 12;
/** Few enough that no order meets 64 makers. */
const RESTING_MAX = 60;
const COMMANDS = 1_500;
const ROUNDS = 4;

/** Orders that perhaps rest. */
class Flow {
  readonly pair = new OrderBookPair();
  readonly random: Random;
  readonly seen = new Set<string>();
  #nextId = 1n;
  readonly #ids: bigint[] = [];
  readonly #postOnly = new Set<bigint>();

  constructor(seed: number) {
    this.random = new Random(BigInt(seed));
  }

  get size(): number {
    return this.pair.ours.resting('bid').length + this.pair.ours.resting('ask').length;
  }

  price(): bigint {
    return BigInt(this.random.between(PRICE - REACH, PRICE + REACH));
  }

  quantity(): bigint {
    return BigInt(this.random.between(1, 20));
  }

  side(): SideName {
    return this.random.pick(['bid', 'ask']);
  }

  place(order: Omit<NamedOrder, 'id'>): void {
    const id = this.#nextId++;
    this.#ids.push(id);
    if (order.postOnly) this.#postOnly.add(id);
    this.note(this.pair.place({ id, ...order }), order.timeInForce);
  }

  /** An order that was placed at some time: it rests, was filled, or was canceled. Now and then one that never was. */
  any(): bigint {
    return this.#ids[this.random.below(this.#ids.length + 1)] ?? 0n;
  }

  /** One that may be modified in both books. */
  modifiable(): bigint {
    const id = this.any();
    return this.#postOnly.has(id) ? 0n : id;
  }

  note({ rejected, fills, prevented }: NamedOutcome, what: string): void {
    this.seen.add(rejected ?? (fills.length > 0 ? `${what} filled` : what));
    if (prevented.length > 0) this.seen.add('prevented');
  }
}

function plainCommand(flow: Flow): void {
  const { random } = flow;
  const order = { side: flow.side(), quantity: flow.quantity(), price: flow.price() };
  const chance = random.below(100);
  if (flow.size > RESTING_MAX || chance < 20) flow.note(flow.pair.cancel(flow.any()), 'cancel');
  else if (chance < 32) flow.note(flow.pair.modify(flow.modifiable(), order.price, order.quantity), 'modify');
  else if (chance < 40) flow.place({ ...order, timeInForce: 'IOC' });
  else if (chance < 48) flow.place({ ...order, timeInForce: 'FOK' });
  else if (chance < 54) flow.place({ ...order, timeInForce: 'IOC', price: 0n });
  else flow.place({ ...order, timeInForce: 'GTC', postOnly: random.chance(20) });
}

function ownedCommand(flow: Flow): void {
  const { random } = flow;
  const order = {
    side: flow.side(),
    quantity: flow.quantity(),
    price: flow.price(),
    account: random.between(1, 3),
    selfTradeMode: random.pick(['none', 'cancelTaker', 'cancelMaker', 'cancelBoth'] as const),
  };
  const chance = random.below(100);
  if (flow.size > RESTING_MAX || chance < 25) flow.note(flow.pair.cancel(flow.any()), 'cancel');
  else flow.place({ ...order, timeInForce: chance < 40 ? 'IOC' : 'GTC' });
}

describe('nodejs-order-book agrees with the engine', () => {
  test('on limit, IOC, FOK, market and post-only orders, cancels and changes', () => {
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const flow = new Flow(SEED + round);
      for (let index = 0; index < COMMANDS; index++) plainCommand(flow);
      for (const what of flow.seen) seen.add(what);
    }
    expect([...seen].sort()).toEqual([
      'FOK filled',
      'GTC',
      'GTC filled',
      'IOC',
      'IOC filled',
      'cancel',
      'modify',
      'modify filled',
      'unfillable',
      'unknownOrder',
      'wouldTake',
    ]);
  });

  test('on orders that meet their own account', () => {
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const flow = new Flow(SEED + round);
      for (let index = 0; index < COMMANDS; index++) ownedCommand(flow);
      for (const what of flow.seen) seen.add(what);
    }
    expect(seen).toContain('prevented');
  });
});

describe('nodejs-order-book differs from the protocol', () => {
  const ask: NamedOrder = { id: 1n, side: 'ask', timeInForce: 'GTC', price: 100n, quantity: 5n, account: 7 };
  const bid: NamedOrder = { id: 2n, side: 'bid', timeInForce: 'GTC', price: 99n, quantity: 5n, account: 8 };

  /** Both books with the same orders in them. */
  function books(...orders: readonly NamedOrder[]) {
    const ours = new NamedBook();
    const theirs = new OrderBook();
    for (const order of orders) {
      ours.place(order);
      placeTheirs(theirs, order);
    }
    return { ours, theirs };
  }

  test('a refused change of a post-only order takes it out of the book; the protocol leaves it', () => {
    const { ours, theirs } = books(ask, { ...bid, postOnly: true });
    expect(theirs.modify('2', { price: 100, size: 5 }).err).not.toBeNull();
    expect(theirQueue(theirs, 'bid')).toEqual([]);
    expect(ours.replace(2n, 100n, 5n, { postOnly: true }).rejected).toBe('wouldTake');
    expect(ours.depth('bid')).toEqual([[99n, 5n]]);
  });

  test('a changed order has no account any more; the protocol keeps it', () => {
    const { ours, theirs } = books(ask);
    theirs.modify('1', { price: 101, size: 5 });
    ours.replace(1n, 101n, 5n);
    const own: NamedOrder = { ...bid, price: 101n, account: 7, selfTradeMode: 'cancelTaker' };
    expect(fillsOf(placeTheirs(theirs, own), 2n)).toHaveLength(1);
    expect(ours.place(own)).toMatchObject({ fills: [], prevented: [2n] });
  });

  test('FOK counts orders of its own account, removes them, and then rests; the protocol refuses it and removes nothing', () => {
    const { ours, theirs } = books(ask);
    const own: NamedOrder = {
      ...bid,
      price: 100n,
      account: 7,
      timeInForce: 'FOK',
      selfTradeMode: 'cancelMaker',
    };
    expect(placeTheirs(theirs, own).err).toBeNull();
    expect([theirQueue(theirs, 'ask').length, theirQueue(theirs, 'bid').length]).toEqual([0, 1]);
    expect(ours.place(own).rejected).toBe('unfillable');
    expect([ours.resting('ask').length, ours.resting('bid').length]).toEqual([1, 0]);
  });

  test('a post-only IOC order is taken; to the protocol it is a contradiction', () => {
    const { ours, theirs } = books();
    const order: NamedOrder = { ...bid, timeInForce: 'IOC', postOnly: true };
    expect(placeTheirs(theirs, order).err).toBeNull();
    expect(() => ours.place(order)).toThrow('postOnly');
  });

  test('an id that rests is refused; the protocol does not look at a clientOrderId', () => {
    const { ours, theirs } = books(ask);
    expect(placeTheirs(theirs, ask).err).not.toBeNull();
    expect(ours.place(ask).rejected).toBeUndefined();
  });

  test('an order meets any number of makers; the protocol stops at 64', () => {
    const makers = Array.from(
      { length: 65 },
      (_, index): NamedOrder => ({ ...ask, id: BigInt(index + 10), quantity: 1n }),
    );
    const { ours, theirs } = books(...makers);
    const taker: NamedOrder = { ...bid, price: 100n, quantity: 65n };
    expect(fillsOf(placeTheirs(theirs, taker), 2n)).toHaveLength(65);
    expect(() => ours.place(taker)).toThrow('matchLimit');
  });
});
