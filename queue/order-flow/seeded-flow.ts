import type { Command } from '../../engine/command.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import type { CommandSource, TimedCommand } from './command-source.ts';
import { IntegerRandom } from './integer-random.ts';
import { ScoutEngine } from './scout-engine.ts';

// 2023-11-14T22:13:20Z: a fixed start, for a root depends on the timestamp and a seed must give the same roots.
const START_NS = 1_700_000_000_000_000_000n;
// Time between two commands: 1 ns .. 4 ms, most of them short.
const GAP_BITS_MAX = 22;

const START_MID_TICKS = 10_000;
const MID_MIN_TICKS = 1_000;
const ACCOUNTS = 50;
// The book is filled to this many orders before cancels reach their share, as an exchange's opening does.
const CANCEL_LIVE_MIN = 20;
const DEPTH_MAX_TICKS = 18;

// Shares in 1/1000 of all commands, the rest being plain limit orders. About 45 % cancels is what real order flow shows.
const SHARES = { cancel: 450, reduce: 20, market: 10, ioc: 30, fok: 10, postOnly: 60 } as const;

/**
 * Order flow that looks like a market's, from a seed: about 45 % cancels of live orders, limit orders clustered near a
 * drifting mid price with geometrically falling depth, some reduces, IOC, FOK, market and post-only orders, sizes with
 * a long tail. Integers only: one seed gives one flow everywhere.
 *
 * @param seed u64
 * @param commandCount commands in all
 */
export function seededFlow(seed: bigint, commandCount: number): CommandSource {
  const trader = new FlowMaker(seed);
  const commands: TimedCommand[] = [];
  for (let i = 0; i < commandCount; i++) commands.push(trader.next());
  return { description: `seed ${seed}`, marketConfig: DEFAULT_MARKET_CONFIG, commands };
}

class FlowMaker {
  readonly #random: IntegerRandom;
  readonly #scout = new ScoutEngine(DEFAULT_MARKET_CONFIG);
  #midTicks = START_MID_TICKS;
  #nextClientOrderId = 1n;
  #nowNs = START_NS;

  constructor(seed: bigint) {
    this.#random = new IntegerRandom(seed);
  }

  next(): TimedCommand {
    this.#drift();
    this.#nowNs += BigInt(1 + this.#random.below(2 ** this.#random.below(GAP_BITS_MAX)));
    const command = this.#choose();
    this.#scout.apply(command);
    return { command, timestampNs: this.#nowNs };
  }

  #choose(): Command {
    let draw = this.#random.below(1000);
    const falls = (share: number): boolean => {
      draw -= share;
      return draw < 0;
    };
    if (falls(SHARES.cancel)) return this.#cancel() ?? this.#limit('GTC', false);
    if (falls(SHARES.reduce)) return this.#reduce() ?? this.#limit('GTC', false);
    if (falls(SHARES.market)) return this.#market();
    if (falls(SHARES.ioc)) return this.#marketable('IOC');
    if (falls(SHARES.fok)) return this.#marketable('FOK');
    if (falls(SHARES.postOnly)) return this.#limit('GTC', true);
    return this.#limit('GTC', false);
  }

  #cancel(): Command | undefined {
    const { live } = this.#scout;
    if (live.count < CANCEL_LIVE_MIN) return undefined;
    const order = live.at(this.#random.below(live.count));
    return order && { kind: 'cancel', account: order.account, orderId: order.orderId };
  }

  #reduce(): Command | undefined {
    const { live } = this.#scout;
    const order = live.count === 0 ? undefined : live.at(this.#random.below(live.count));
    if (order === undefined || order.remaining < 2n) return undefined;
    const quantity = order.remaining / 2n;
    return { kind: 'reduce', account: order.account, orderId: order.orderId, quantity };
  }

  #market(): Command {
    return { ...this.#place(), timeInForce: 'IOC', market: true, price: 0n };
  }

  /** An order priced to trade: at the other side's best or a little through it. */
  #marketable(timeInForce: 'IOC' | 'FOK'): Command {
    const order = this.#place();
    const best = this.#scout.levels(order.side === 'bid' ? 'ask' : 'bid')[0]?.price;
    const reach = BigInt(this.#random.geometric(3));
    const price =
      best === undefined ? BigInt(this.#midTicks) : best + (order.side === 'bid' ? reach : -reach);
    return { ...order, timeInForce, price: price < 1n ? 1n : price };
  }

  /** An order near the mid: one tick away most often, each tick further about half as often; one in twelve may cross. */
  #limit(timeInForce: 'GTC', postOnly: boolean): Command {
    const order = this.#place();
    const depth = 1 + this.#random.geometric(DEPTH_MAX_TICKS) + this.#random.geometric(DEPTH_MAX_TICKS);
    const away = !postOnly && this.#random.chance(1, 12) ? -this.#random.geometric(2) : depth;
    const price = BigInt(this.#midTicks + (order.side === 'bid' ? -away : away));
    return { ...order, timeInForce, price, ...(postOnly ? { postOnly } : {}) };
  }

  #place() {
    return {
      kind: 'place',
      side: this.#random.chance(1, 2) ? 'bid' : 'ask',
      account: 1 + this.#random.below(ACCOUNTS),
      clientOrderId: this.#nextClientOrderId++,
      quantity: this.#size(),
    } as const;
  }

  /** Half are round lots of 100; the others have a scale of 2^0 .. 2^11, as a logarithmic normal has, without a float. */
  #size(): bigint {
    if (this.#random.chance(1, 2)) return BigInt(100 * (1 + this.#random.geometric(6)));
    let exponent = 0;
    // A sum of coin tosses is nearly normal; the size is exponential in it.
    for (let toss = 0; toss < 12; toss++) exponent += this.#random.below(2);
    const scale = 2 ** exponent;
    return BigInt(scale + this.#random.below(scale));
  }

  #drift(): void {
    if (!this.#random.chance(1, 10)) return;
    const step = this.#random.chance(1, 2) ? 1 : -1;
    this.#midTicks = Math.max(MID_MIN_TICKS, this.#midTicks + step);
  }
}
