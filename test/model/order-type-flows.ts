import { FOK, IOC, replace, SLIDE, sweep, withSelfTrade, withTerms } from './command-builders.ts';
import {
  asTaker,
  cancelOrReduce,
  limitOrder,
  MID,
  nearExpiry,
  smallDisplay,
  withSomeSelfTrade,
  withSomeTerms,
} from './flow-parts.ts';
import { VALUE_MAX } from './geometry.ts';
import type { LiveOrders } from './live-orders.ts';
import { FLAG, type ModelCommand } from './model-command.ts';
import type { Random } from './random.ts';

/** Orders that expire before they are met, and takers of all kinds that meet them afterwards; a Sweep now and then. */
export function timedCommands(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const dice = random.below(200);
  if (dice < 2) return [sweep({ account: BigInt(random.between(1, 9)) })];
  if (dice < 14) return cancelOrReduce(random, live);
  const order = limitOrder(random, { depth: 12, crossing: 8, lotsMax: 4 });
  if (dice < 150) {
    const display = random.chance(15) ? { display: smallDisplay(random, order.quantity) } : {};
    return [withTerms(order, { expiry: nearExpiry(random, live), ...display })];
  }
  const reaching = limitOrder(random, { depth: 10, crossing: 90, lotsMax: 40 });
  if (dice < 180) return [withSomeSelfTrade(random, asTaker(random, reaching), 20)];
  return [withSomeSelfTrade(random, order, 20)];
}

/** Icebergs on few prices, so that a taker meets the same one again after its refill. */
export function icebergCommands(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const dice = random.below(100);
  if (dice < 12) return cancelOrReduce(random, live);
  const order = limitOrder(random, { depth: 4, crossing: 10, lotsMax: 60 });
  if (dice < 60) {
    const expiry = random.chance(10) ? { expiry: nearExpiry(random, live) } : {};
    const iceberg = withTerms(order, { display: smallDisplay(random, order.quantity), ...expiry });
    return [random.chance(10) ? { ...iceberg, flags: iceberg.flags | FLAG.postOnly } : iceberg];
  }
  const lotsMax = random.pick([10, 80, 400]);
  const reaching = limitOrder(random, { depth: 4, crossing: 90, lotsMax });
  if (dice < 85) return [withSomeSelfTrade(random, asTaker(random, reaching), 15)];
  return [withSomeSelfTrade(random, order, 15)];
}

/** Three accounts that meet their own orders in every mode, with hidden parts, as FOK too. */
export function selfTradeCommands(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const dice = random.below(100);
  if (dice < 8) return cancelOrReduce(random, live);
  const lotsMax = random.pick([3, 3, 3, 20, 120]);
  const order = limitOrder(random, { depth: 5, crossing: 8, lotsMax, accountMax: 3 });
  const mode = BigInt(random.between(0, 4));
  if (dice < 20) return [withTerms(order, { display: smallDisplay(random, order.quantity) })];
  if (dice < 60) return [withSelfTrade(order, mode)];
  const reaching = limitOrder(random, { depth: 5, crossing: 95, lotsMax, accountMax: 3 });
  if (dice < 70) return [withSelfTrade({ ...reaching, ...FOK }, mode)];
  if (dice < 85) return [withSelfTrade(asTaker(random, reaching), mode)];
  return [withSelfTrade(withSomeTerms(random, live, reaching), mode)];
}

/** Replaces of all that can be replaced by all that can replace it, on more prices than there are levels. */
export function replaceCommands(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const dice = random.below(100);
  if (dice < 5) return cancelOrReduce(random, live);
  const depth = random.pick([8, 90]);
  const order = limitOrder(random, { depth, crossing: depth === 8 ? 5 : 0, lotsMax: 9 });
  if (dice < 55) return [withSomeTerms(random, live, order)];
  if (dice < 58) return [asTaker(random, limitOrder(random, { depth: 8, crossing: 90, lotsMax: 30 }))];
  return [replaceCommand(random, live, depth) ?? order];
}

function replaceCommand(random: Random, live: LiveOrders, depth: number): ModelCommand | undefined {
  const named = live.pick(random);
  if (named === undefined) return undefined;
  // The side is the named order's, so half of the prices reach over the middle.
  const crossing = depth === 8 ? 10 : 1;
  const { price, quantity } = limitOrder(random, { depth, crossing, lotsMax: 9 });
  const account = random.chance(3) ? named.account ^ 1n : named.account;
  const orderId = random.chance(4) ? (live.pickGone(random) ?? 1n) : named.orderId;
  const plain = replace(orderId, price, quantity, { account });
  const dice = random.below(100);
  if (dice < 10) return { ...plain, ...IOC };
  if (dice < 20) return withSomeSelfTrade(random, { ...plain, ...FOK }, 30);
  if (dice < 30) return { ...plain, flags: random.pick([FLAG.postOnly, FLAG.postOnly | FLAG.slide]) };
  if (dice < 40) return withTerms(plain, { replacementId: random.u64() });
  if (dice < 50) return withTerms(plain, { trigger: MID + BigInt(random.between(-5, 5)) });
  if (dice < 53) return { ...plain, flags: FLAG.market, price: 0n };
  return withSomeSelfTrade(random, withSomeTerms(random, live, plain), 15);
}

/** Post-only orders that reach over the book and slide back, at both ends of the price range too. */
export function slideCommands(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const phase = Number((live.sequence / 300n) % 4n);
  const mid = [MID, 3n, MID, VALUE_MAX - 3n][phase] ?? MID;
  return slideCommandsAround(random, live, mid);
}

/** As {@link slideCommands}, around one price. */
export function slideCommandsAround(random: Random, live: LiveOrders, mid: bigint): readonly ModelCommand[] {
  const dice = random.below(100);
  if (dice < 20) return cancelOrReduce(random, live);
  const shape = { mid, depth: mid < 100n || mid > VALUE_MAX - 100n ? 2 : 6, lotsMax: 9 };
  if (dice < 60) {
    const order = { ...limitOrder(random, { ...shape, crossing: 50 }), ...SLIDE };
    return [random.chance(25) ? withSomeTerms(random, live, order) : order];
  }
  if (dice < 65) return [{ ...limitOrder(random, { ...shape, crossing: 50 }), flags: FLAG.postOnly }];
  if (dice < 80) return [limitOrder(random, { ...shape, crossing: 10 })];
  return [asTaker(random, limitOrder(random, { ...shape, crossing: 90 }))];
}
