import { ask, bid, cancel, reduce, type Terms, withSelfTrade, withTerms } from './command-builders.ts';
import type { LiveOrders } from './live-orders.ts';
import { encodeCommandList, type ModelCommand, RECORD_BYTES } from './model-command.ts';
import type { Random } from './random.ts';

/** Makes one command, or a few that belong together. */
export type CommandMaker = (random: Random, live: LiveOrders) => readonly ModelCommand[];

/** The account that may set the market state in the markets of these flows. */
export const FLOW_OPERATOR = 0n;

/** Prices of the flows below are around it. */
export const MID = 1000n;

/** The records of one batch; the last command may lose its second record. */
export function batchOf(random: Random, live: LiveOrders, count: number, make: CommandMaker): Uint8Array {
  const commands: ModelCommand[] = [];
  let recordCount = 0;
  while (recordCount < count) {
    for (const command of make(random, live)) {
      commands.push(command);
      recordCount += command.extension === undefined ? 1 : 2;
    }
  }
  return encodeCommandList(commands).slice(0, count * RECORD_BYTES);
}

export function randomAccount(random: Random): bigint {
  return BigInt(random.between(1, 9));
}

export function cancelOf(random: Random, live: LiveOrders): ModelCommand | undefined {
  const order = live.pick(random);
  return order && cancel(order.orderId, { account: order.account });
}

export function reduceOf(random: Random, live: LiveOrders): ModelCommand | undefined {
  const order = live.pick(random);
  if (order === undefined) return undefined;
  const quantity = BigInt(random.between(1, Number(order.remaining % 1000n) + 1));
  return reduce(order.orderId, quantity, { account: order.account });
}

/** A Cancel or Reduce of a live order, if there is one. */
export function cancelOrReduce(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const command = random.chance(60) ? cancelOf(random, live) : reduceOf(random, live);
  return command === undefined ? [] : [command];
}

/** What a random limit order is made of. */
export interface OrderShape {
  readonly mid?: bigint;
  /** How far from `mid` it may rest. */
  readonly depth: number;
  /** In how many of 100 cases its price is on the other side of `mid`, at most as far. */
  readonly crossing: number;
  readonly lotsMax: number;
  readonly accountMax?: number;
}

/** A GTC limit order. */
export function limitOrder(random: Random, shape: OrderShape): ModelCommand {
  const { mid = MID, depth, crossing, lotsMax, accountMax = 9 } = shape;
  const isBid = random.chance(50);
  const distance = BigInt(random.between(1, depth));
  const isBelow = random.chance(crossing) ? !isBid : isBid;
  const price = isBelow ? mid - distance : mid + distance;
  const fields = { account: BigInt(random.between(1, accountMax)), id: random.u64() };
  return (isBid ? bid : ask)(price, BigInt(random.between(1, lotsMax)), fields);
}

/** The same order as IOC or FOK, at times as a market order. */
export function asTaker(random: Random, order: ModelCommand): ModelCommand {
  const timeInForce = random.pick([1n, 1n, 2n]);
  const isMarket = random.chance(25);
  return isMarket ? { ...order, timeInForce, price: 0n, flags: order.flags | 4n } : { ...order, timeInForce };
}

/** An expiry that comes within the next batches; the nearest has passed when the batch is applied. */
export function nearExpiry(random: Random, live: LiveOrders): bigint {
  if (random.chance(2)) return (1n << 64n) - 1n;
  return live.timestamp + live.timestampStep * BigInt(random.between(0, 6)) + BigInt(random.below(2));
}

/** A display quantity that is well below the quantity, or near it. */
export function smallDisplay(random: Random, quantity: bigint): bigint {
  const most = random.chance(80) ? Math.ceil(Number(quantity) / 4) : Number(quantity);
  return BigInt(random.between(1, most));
}

/** In `percent` of 100 cases in a self-trade mode other than none. */
export function withSomeSelfTrade(random: Random, order: ModelCommand, percent: number): ModelCommand {
  return random.chance(percent) ? withSelfTrade(order, BigInt(random.between(1, 4))) : order;
}

/** In some cases an iceberg, GTD, or both. */
export function withSomeTerms(random: Random, live: LiveOrders, order: ModelCommand): ModelCommand {
  const terms: Terms = {
    ...(random.chance(20) ? { display: smallDisplay(random, order.quantity) } : {}),
    ...(random.chance(20) ? { expiry: nearExpiry(random, live) } : {}),
  };
  return Object.keys(terms).length === 0 ? order : withTerms(order, terms);
}
