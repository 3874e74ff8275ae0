import { reduce, withTerms } from './command-builders.ts';
import { asTaker, cancelOf, limitOrder, nearExpiry, smallDisplay } from './flow-parts.ts';
import type { LiveOrders } from './live-orders.ts';
import { FLAG, type ModelCommand } from './model-command.ts';
import type { Random } from './random.ts';

/** What the market of this flow is quoted in. */
export const FLOW_TICK = 5n;
export const FLOW_LOT = 10n;

/** Orders of whole ticks and lots, of which every tenth value is not. */
export function tickAndLotCommands(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const dice = random.below(100);
  if (dice < 8) {
    const canceled = cancelOf(random, live);
    return canceled === undefined ? [] : [canceled];
  }
  if (dice < 16) {
    const order = live.pick(random);
    const quantity = offAtTimes(random, BigInt(random.between(1, 9)) * FLOW_LOT);
    return order === undefined ? [] : [reduce(order.orderId, quantity, { account: order.account })];
  }
  const order = scaled(random, limitOrder(random, { mid: 200n, depth: 8, crossing: 20, lotsMax: 9 }));
  if (dice < 40) return [order];
  if (dice < 55) return [asTaker(random, order)];
  if (dice < 70) return [{ ...order, flags: FLAG.postOnly | FLAG.slide }];
  if (dice < 85) {
    const display = offAtTimes(random, smallDisplay(random, order.quantity / FLOW_LOT) * FLOW_LOT);
    return [withTerms(order, { display })];
  }
  const trigger = offAtTimes(random, BigInt(random.between(192, 208)) * FLOW_TICK);
  const expiry = random.chance(30) ? { expiry: nearExpiry(random, live) } : {};
  return [withTerms(order, { trigger, ...expiry })];
}

function scaled(random: Random, order: ModelCommand): ModelCommand {
  const price = offAtTimes(random, order.price * FLOW_TICK);
  return { ...order, price, quantity: offAtTimes(random, order.quantity * FLOW_LOT) };
}

function offAtTimes(random: Random, value: bigint): bigint {
  return random.chance(5) ? value + BigInt(random.between(1, 4)) : value;
}
