import { ask, bid, cancel, FOK, IOC, idOf, MARKET, POST_ONLY, reduce } from './command-builders.ts';
import { everythingCommands } from './everything-flow.ts';
import { batchOf, cancelOf, FLOW_OPERATOR, randomAccount, reduceOf } from './flow-parts.ts';
import { garbageCommands } from './garbage-flow.ts';
import { type LiveOrders, lowestFreeSlot } from './live-orders.ts';
import { massCancelCommands } from './mass-cancel-flow.ts';
import { encodeCommandList, type ModelCommand } from './model-command.ts';
import type { ModelConfig } from './model-config.ts';
import {
  icebergCommands,
  replaceCommands,
  selfTradeCommands,
  slideCommands,
  timedCommands,
} from './order-type-flows.ts';
import type { Random } from './random.ts';
import { stopCommands } from './stop-flow.ts';
import { FLOW_LOT, FLOW_TICK, tickAndLotCommands } from './tick-and-lot-flow.ts';

/**
 * Makes the command records of one batch. `count` is 1 .. 1024 records; what the flow knows of the book comes
 * from `live`, which the caller feeds with the transitions of every batch.
 */
export type OrderFlow = (random: Random, live: LiveOrders, count: number) => Uint8Array;

/** The mixes of orders that property tests and the conformance test run. */
export const ORDER_FLOWS = {
  realistic: (random, live, count) => encodeCommandList(realisticBatch(random, live, count)),
  crossing: (random, live, count) => encodeCommandList(times(count, () => crossingCommand(random, live))),
  pressure: (random, live, count) => encodeCommandList(times(count, () => pressureCommand(random, live))),
  garbage: (random, live, count) => garbageCommands(random, live, count, () => crossingCommand(random, live)),
  timed: (random, live, count) => batchOf(random, live, count, timedCommands),
  iceberg: (random, live, count) => batchOf(random, live, count, icebergCommands),
  stops: (random, live, count) => batchOf(random, live, count, stopCommands),
  'self-trade': (random, live, count) => batchOf(random, live, count, selfTradeCommands),
  replace: (random, live, count) => batchOf(random, live, count, replaceCommands),
  'mass-cancel': (random, live, count) => batchOf(random, live, count, massCancelCommands),
  'post-only-slide': (random, live, count) => batchOf(random, live, count, slideCommands),
  'tick-and-lot': (random, live, count) => batchOf(random, live, count, tickAndLotCommands),
  everything: (random, live, count) => garbageCommands(random, live, count, everythingCommands(random, live)),
} as const satisfies Record<string, OrderFlow>;

export type OrderFlowName = keyof typeof ORDER_FLOWS;
export const ORDER_FLOW_NAMES: readonly OrderFlowName[] = [
  ...(['realistic', 'crossing', 'pressure', 'garbage'] as const),
  ...(['timed', 'iceberg', 'stops', 'self-trade', 'replace', 'mass-cancel'] as const),
  ...(['post-only-slide', 'tick-and-lot', 'everything'] as const),
];

/** The market that a flow is made for: `config`, with what the flow needs to be as it is. */
export function configOfFlow<Config extends ModelConfig>(config: Config, name: string): Config {
  const operated = { ...config, operatorAccount: Number(FLOW_OPERATOR) };
  return name === 'tick-and-lot' ? { ...operated, tickSize: FLOW_TICK, lotSize: FLOW_LOT } : operated;
}

function times(count: number, make: () => ModelCommand): ModelCommand[] {
  return Array.from({ length: count }, make);
}

/**
 * Flow near a mid price that differs a little from batch to batch: 45 % cancels, 5 % reduces, the rest
 * orders.
 */
function realisticBatch(random: Random, live: LiveOrders, count: number): ModelCommand[] {
  if (random.chance(33)) return quietBatch(random, live, count);
  const mid = 10_000 + random.between(-3, 3);
  return times(count, () => {
    const dice = random.below(100);
    const command = dice < 45 ? cancelOf(random, live) : dice < 50 ? reduceOf(random, live) : undefined;
    return command ?? realisticOrder(random, mid, randomAccount(random));
  });
}

/**
 * A batch in which no order crosses, so that each command makes one transition and the ids of the batch's own
 * orders can be told in advance: many of its cancels and reduces are of orders that joined in the same batch.
 */
function quietBatch(random: Random, live: LiveOrders, count: number): ModelCommand[] {
  const resting = live.all();
  return Array.from({ length: count }, (_, index) => {
    const dice = random.below(100);
    // The newest orders are at the end.
    const newest = Math.max(0, resting.length - (random.chance(50) ? 10 : resting.length));
    const at = resting.length === 0 ? 0 : random.between(newest, resting.length - 1);
    const order = resting[at];
    if (dice < 45 && order !== undefined) {
      resting.splice(at, 1);
      return cancel(order.orderId, { account: order.account });
    }
    if (dice < 50 && order !== undefined) {
      const quantity = BigInt(random.between(1, Number(order.remaining % 1000n) + 1));
      order.remaining -= quantity;
      if (order.remaining <= 0n) resting.splice(at, 1);
      return reduce(order.orderId, quantity, { account: order.account });
    }
    const command = quietOrder(random, randomAccount(random));
    const orderId = idOf(live.sequence + BigInt(index) + 1n, lowestFreeSlot(resting));
    resting.push({ orderId, account: command.account, remaining: command.quantity });
    return command;
  });
}

/** Farther from the mid price than other orders reach, and few enough prices for all to have a level. */
function quietOrder(random: Random, account: bigint): ModelCommand {
  const distance = BigInt(random.between(45, 60));
  const quantity = BigInt(random.between(1, 500));
  const fields = { account, id: random.u64() };
  return random.chance(50)
    ? bid(10_000n - distance, quantity, fields)
    : ask(10_000n + distance, quantity, fields);
}

function realisticOrder(random: Random, mid: number, account: bigint): ModelCommand {
  const isBid = random.chance(50);
  const make = isBid ? bid : ask;
  const quantity = BigInt(random.between(1, 200));
  const fields = { account, id: random.u64() };
  const dice = random.below(100);
  if (dice < 6) return make(0n, quantity, { ...fields, ...MARKET, timeInForce: random.chance(50) ? 1n : 0n });
  // Most orders rest near the mid price, fewer and fewer away from it; some reach over it.
  let distance = random.between(-2, 2);
  while (distance < 40 && random.chance(75)) distance += 1;
  const price = BigInt(isBid ? mid - distance : mid + distance);
  if (dice < 16) return make(price, quantity, { ...fields, ...IOC });
  if (dice < 20) return make(price, quantity, { ...fields, ...FOK });
  if (dice < 32) return make(price, quantity, { ...fields, ...POST_ONLY });
  return make(price, quantity, fields);
}

/** Eleven prices, all orders on top of each other; small orders, so that takers meet the fill limit. */
function crossingCommand(random: Random, live: LiveOrders): ModelCommand {
  const dice = random.below(100);
  if (dice < 4) return cancelOf(random, live) ?? crossingCommand(random, live);
  if (dice < 8) return reduceOf(random, live) ?? crossingCommand(random, live);
  const isBid = random.chance(50);
  const make = isBid ? bid : ask;
  // Orders lean to their own side of 100, so that queues of small orders grow before a taker meets them.
  const lean = random.chance(92) ? 6 : 0;
  const price = BigInt(random.between(95, 105) + (isBid ? -lean : lean));
  const fields = { account: randomAccount(random), id: random.u64() };
  const small = BigInt(random.between(1, 2));
  const large = BigInt(random.pick([30, 60, 64, 65, 100, 130, 200, 4000]));
  if (dice < 72) return make(price, small, { ...fields, ...(random.chance(15) ? POST_ONLY : {}) });
  const quantity = random.chance(8) ? large : BigInt(random.between(1, 4));
  const reach = isBid ? price + 9n : price - 9n;
  if (dice < 79) return make(reach, quantity, { ...fields, ...IOC });
  if (dice < 86) return make(reach, quantity, { ...fields, ...FOK });
  if (dice < 90) return make(0n, quantity, { ...fields, ...MARKET, timeInForce: 2n });
  if (dice < 94)
    return make(0n, quantity, { ...fields, ...MARKET, timeInForce: random.chance(50) ? 1n : 0n });
  return make(reach, quantity, fields);
}

/**
 * How long each kind of pressure lasts, in sequences: first it fills the book, then it runs out of order
 * slots.
 */
const ORDER_PRESSURE = 7000n;
const LEVEL_PRESSURE = 5000n;

/**
 * Fills the book and keeps it full. First few prices and more than 4096 orders; then both sides move towards
 * each other, over more than 64 prices a side, away from worst levels so deep that 64 evictions do not empty
 * them.
 */
function pressureCommand(random: Random, live: LiveOrders): ModelCommand {
  const dice = random.below(1000);
  if (dice < 30) return cancelOf(random, live) ?? pressureCommand(random, live);
  if (dice < 40) return reduceOf(random, live) ?? pressureCommand(random, live);
  const fields = { account: randomAccount(random), id: random.u64() };
  // The side that gets more orders changes, so that the fuller side is at times the taker's and at times not.
  const isBid = random.chance((live.sequence / 3000n) % 2n === 0n ? 75 : 25);
  const make = isBid ? bid : ask;
  if (dice < 42) return make(0n, BigInt(random.between(1, 200)), { ...fields, ...MARKET });
  const cycle = live.sequence / (ORDER_PRESSURE + LEVEL_PRESSURE);
  const isLevelPressure = live.sequence % (ORDER_PRESSURE + LEVEL_PRESSURE) >= ORDER_PRESSURE;
  // The square of a fraction piles orders up on the worst prices.
  const fraction = random.below(1000) / 1000;
  const depth = Math.floor((isLevelPressure ? 90 : 50) * fraction * fraction);
  const improvement = isLevelPressure && dice < 50 ? random.between(0, 300) : 0;
  const inward = Number(cycle % 8n) * 90 + depth + improvement;
  return make(BigInt(isBid ? 1000 + inward : 3000 - inward), BigInt(random.between(1, 3)), fields);
}
