import type { IntegerRandom } from '../../queue/order-flow/integer-random.ts';
import type { CommandWriter } from './command-writer.ts';
import type { LiveSlots } from './live-slots.ts';

/** How a market behaves: `next` writes one command, of which the book's batch is made. */
export interface Scenario {
  /** Commands that fill the book before anything is measured. */
  readonly preload: number;
  readonly next: (market: Market) => void;
}

/** What a scenario knows and has to draw on. */
export interface Market {
  readonly random: IntegerRandom;
  readonly live: LiveSlots;
  readonly out: CommandWriter;
  /** Commands so far, the preload included. */
  index: number;
  mid: number;
}

const BID = 0;
const ASK = 1;

function sign(side: number): number {
  return side === BID ? -1 : 1;
}

/** Half of all distances are the least one, a quarter the next, and so on. */
function geometric(random: IntegerRandom, max: number): number {
  let distance = 0;
  while (distance < max && random.below(8) < 7) distance += 1;
  return distance;
}

function cancelAny({ random, live, out }: Market): boolean {
  if (live.count === 0) return false;
  const slot = live.slotAt(random.below(live.count));
  out.cancel(live.accountOf(slot), live.idOf(slot));
  return true;
}

/** A price near the mid, on its own side of it. */
function rest(market: Market, side: number, distance: number): void {
  market.out.place(side, market.mid + sign(side) * (1 + distance), 1 + market.random.below(100));
}

/** An order that reaches over the mid and does not rest. */
function take(market: Market, side: number, quantity: number): void {
  market.out.takeUpTo(side, market.mid - sign(side) * 40, quantity);
}

/** Some 45 % cancels, 10 % takers, and limit orders close to a mid that walks at random, around 10,000 of them resting. */
function balanced(market: Market): void {
  const { random } = market;
  if (random.below(64) === 0) market.mid += random.below(3) - 1;
  const draw = random.below(100);
  if (market.live.count > BALANCED_ORDERS && draw < 60 && cancelAny(market)) return;
  const side = random.below(2);
  if (draw >= 90) take(market, side, 1 + random.below(150));
  else rest(market, side, geometric(random, 60));
}

const BALANCED_ORDERS = 10_000;

/** 60,000 resting orders over 2 x 1000 prices; then orders come and go at random, and none trades. */
function staticBook(market: Market): void {
  const { random } = market;
  const isFull = market.index >= STATIC_ORDERS;
  if (isFull && market.index % 2 === 0 && cancelAny(market)) return;
  rest(market, random.below(2), random.below(1000));
}
const STATIC_ORDERS = 60_000;

/** The mid rises one tick every 16 commands, and the whole ladder of orders follows it; some 5000 rest. */
function trending(market: Market): void {
  const { random, index, live } = market;
  if (index % 16 === 0) market.mid += 1;
  const draw = random.below(100);
  if (live.count > TRENDING_ORDERS && draw < 60 && cancelAny(market)) return;
  if (draw >= 88) take(market, BID, 1 + random.below(200));
  else rest(market, random.below(2), random.below(50));
}

const TRENDING_ORDERS = 5000;

/** A ladder of 2000 prices is built; then sells sweep it 64 makers at a time while bids retreat; then it recovers. */
function flashCrash(market: Market): void {
  const { random, index } = market;
  const phase = index % CRASH_CYCLE;
  if (phase < CRASH_CYCLE * 0.6) {
    if (phase % 32 === 0 && market.mid < CRASH_TOP) market.mid += 20;
    if (phase % 4 === 3 && cancelAny(market)) return;
    rest(market, random.below(8) === 0 ? ASK : BID, random.below(2000));
  } else if (phase < CRASH_CYCLE * 0.9) {
    if (phase % 8 === 0) market.mid -= 4;
    if (random.below(100) < 30 && cancelAny(market)) return;
    if (random.below(100) < 50) market.out.takeUpTo(ASK, market.mid - 400, 200 + random.below(2000));
    else rest(market, ASK, random.below(50));
  } else {
    rest(market, BID, geometric(random, 200));
  }
}
const CRASH_CYCLE = 50_000;
const CRASH_TOP = 1_000_000;

/** Orders alone at prices all over 2 x 30,000 ticks, canceled again: nearly every command opens or closes a level. */
function levelSpam(market: Market): void {
  const { random } = market;
  if (market.index > SPAM_ORDERS && market.index % 2 === 0 && cancelAny(market)) return;
  rest(market, random.below(2), random.below(30_000));
}
const SPAM_ORDERS = 20_000;

export const DEEP_SCENARIOS = {
  balanced: { preload: 20_000, next: balanced },
  static: { preload: STATIC_ORDERS, next: staticBook },
  trending: { preload: 20_000, next: trending },
  flash_crash: { preload: 0, next: flashCrash },
  level_spam: { preload: SPAM_ORDERS, next: levelSpam },
} as const satisfies Readonly<Record<string, Scenario>>;

export type DeepScenarioName = keyof typeof DEEP_SCENARIOS;
