import { ask, bid, IOC, MARKET, type Terms, withTerms } from './command-builders.ts';
import {
  cancelOrReduce,
  limitOrder,
  MID,
  nearExpiry,
  randomAccount,
  smallDisplay,
  withSomeSelfTrade,
} from './flow-parts.ts';
import type { LiveOrders } from './live-orders.ts';
import type { ModelCommand } from './model-command.ts';
import type { Random } from './random.ts';

/** How long stops are piled up, and how long the price is pushed through them, in sequences. */
const PILE = 1800n;
const BREAK = 500n;

/**
 * Stops pile up on both sides of the last trade price, buy stops above and sell stops below, until there are as
 * many as can wait; then large takers push the price through them, so that one triggers the next and more are
 * due than one command may trigger.
 */
export function stopCommands(random: Random, live: LiveOrders): readonly ModelCommand[] {
  const isPiling = live.sequence % (PILE + BREAK) < PILE;
  const dice = random.below(100);
  if (dice < 4) return cancelOrReduce(random, live);
  if (dice < (isPiling ? 50 : 15)) return [stopOrder(random, live, isPiling ? 3 : 0)];
  if (dice < (isPiling ? 53 : 25)) return [push(random, isPiling ? 3 : 100)];
  // Orders far away stay, until every level slot of a side is taken and a triggered stop finds none.
  const depth = random.pick([10, 90]);
  const crossing = depth === 10 ? 4 : 0;
  const order = limitOrder(random, { mid: referencePrice(live), depth, crossing, lotsMax: 3 });
  return [withSomeSelfTrade(random, order, 10)];
}

/** The last trade price, drawn back to the middle before it is out of reach of the other orders. */
function referencePrice(live: LiveOrders): bigint {
  const { lastTradePrice } = live;
  return lastTradePrice > MID - 40n && lastTradePrice < MID + 40n ? lastTradePrice : MID;
}

/** A stop of any kind, its trigger at least `distanceMin` away from the last trade price. */
export function stopOrder(random: Random, live: LiveOrders, distanceMin: number): ModelCommand {
  const isBid = random.chance(50);
  const distance = BigInt(random.between(distanceMin, distanceMin + 9));
  const reference = referencePrice(live);
  const trigger = isBid ? reference + distance : reference - distance;
  const make = isBid ? bid : ask;
  const quantity = BigInt(random.between(1, 6));
  const fields = { account: randomAccount(random), id: random.u64() };
  const dice = random.below(100);
  if (dice < 35) {
    const timeInForce = random.chance(50) ? 1n : 0n;
    return withStopTerms(random, make(0n, quantity, { ...fields, ...MARKET, timeInForce }), { trigger });
  }
  const limit = BigInt(random.between(-1, 4));
  const order = make(isBid ? trigger + limit : trigger - limit, quantity, fields);
  if (dice < 50) return withStopTerms(random, { ...order, ...IOC }, { trigger });
  if (dice < 65) return withStopTerms(random, order, { trigger, expiry: nearExpiry(random, live) });
  if (dice < 75) return withStopTerms(random, order, { trigger, display: smallDisplay(random, quantity) });
  return withStopTerms(random, order, { trigger });
}

function withStopTerms(random: Random, order: ModelCommand, terms: Terms): ModelCommand {
  return withSomeSelfTrade(random, withTerms(order, terms), 15);
}

/** A market order that moves the price. */
function push(random: Random, lotsMax: number): ModelCommand {
  const fields = { account: randomAccount(random), id: random.u64(), ...MARKET };
  return (random.chance(50) ? bid : ask)(0n, BigInt(random.between(1, lotsMax)), fields);
}
