import { type Command, encodeCommands } from '../../engine/command.ts';
import { Engine, type SealedBatch } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG, type MarketConfig } from '../../engine/market-config.ts';
import type { MarketStateName, SelfTradeModeName } from '../../engine/protocol-codes.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import { Random } from '../model/random.ts';

const OPERATOR = 9;
const ACCOUNTS = 4;
const MIDDLE = 100;
const FIRST_TIMESTAMP = 1_000n;
const KNOWN_MAX = 200;
const STATES: readonly [MarketStateName, ...MarketStateName[]] = ['cancelOnly', 'postOnly', 'halted'];
const MODES: readonly [SelfTradeModeName, ...SelfTradeModeName[]] = [
  'none',
  'none',
  'cancelTaker',
  'cancelMaker',
  'cancelBoth',
  'decrement',
];

/** The market of a mixed history: its operator is no trader. */
export const MIXED_CONFIG: MarketConfig = { ...DEFAULT_MARKET_CONFIG, operatorAccount: OPERATOR };

/** One batch of a history, what it gave, and the snapshot after it. */
export interface HistoryStep {
  readonly commands: Uint8Array;
  readonly timestampNs: bigint;
  readonly sealed: SealedBatch;
  readonly snapshot: Uint8Array;
}

interface KnownOrder {
  readonly account: number;
  readonly orderId: bigint;
}

/**
 * A market day in which every kind of command and order has its share: few prices and accounts, so that orders meet, stops trigger,
 * icebergs refill, orders expire and accounts meet themselves. The seed alone decides it.
 */
export function mixedHistory(seed: bigint, batchCount: number, commandsMax: number): readonly HistoryStep[] {
  const random = new Random(seed);
  const engine = Engine.create(MIXED_CONFIG);
  const known: KnownOrder[] = [];
  let timestampNs = FIRST_TIMESTAMP;
  return Array.from({ length: batchCount }, () => {
    timestampNs += BigInt(random.below(3));
    const list = Array.from({ length: random.between(1, commandsMax) }, () =>
      mixedCommand(random, known, timestampNs),
    );
    const sealed = engine.applyBatch(encodeCommands(list), timestampNs);
    for (const { type, account, orderId } of decodeTransitions(sealed.transitions)) {
      if (type === 'accepted' || type === 'replaced') known.push({ account, orderId });
    }
    known.splice(0, known.length - KNOWN_MAX);
    return { commands: sealed.commands, timestampNs, sealed, snapshot: engine.snapshot() };
  });
}

function mixedCommand(random: Random, known: readonly KnownOrder[], now: bigint): Command {
  const dice = random.below(100);
  const account = random.between(1, ACCOUNTS);
  const named = known.length > 0 ? known[random.below(known.length)] : undefined;
  if (dice < 70 || named === undefined) return placeCommand(random, now);
  if (dice < 78) return { kind: 'cancel', ...named };
  if (dice < 84) return { kind: 'reduce', ...named, quantity: BigInt(random.between(1, 12)) };
  if (dice < 92) {
    const { kind, side, clientOrderId, market, ...order } = placeCommand(random, now);
    const price = market ? BigInt(MIDDLE) : order.price;
    const id = random.chance(50) ? { replacementClientOrderId: random.u64() } : {};
    return { ...order, kind: 'replace', ...named, price, ...id };
  }
  if (dice < 94) return { kind: 'cancelAll', account, side: random.pick(['bid', 'ask', 'both']) };
  if (dice < 97) return { kind: 'sweep', account };
  // The market is open most of the time; a trader who is not its operator may try, too.
  const marketState = random.chance(70) ? 'open' : random.pick(STATES);
  return { kind: 'setMarketState', account: random.chance(80) ? OPERATOR : account, marketState };
}

function placeCommand(random: Random, now: bigint): Extract<Command, { kind: 'place' }> {
  const side = random.chance(50) ? 'bid' : 'ask';
  const away = random.between(-3, 9);
  const quantity = random.between(1, 20);
  const order = {
    kind: 'place',
    side,
    account: random.between(1, ACCOUNTS),
    clientOrderId: random.u64(),
    price: BigInt(side === 'bid' ? MIDDLE - away : MIDDLE + away),
    quantity: BigInt(quantity),
    selfTradeMode: random.pick(MODES),
  } as const;
  const dice = random.below(100);
  if (dice < 8) return { ...order, timeInForce: 'IOC' };
  if (dice < 14) return { ...order, timeInForce: 'FOK' };
  if (dice < 20) return { ...order, timeInForce: 'IOC', market: true, price: 0n };
  if (dice < 28) return { ...order, timeInForce: 'GTC', postOnly: true, slide: random.chance(50) };
  if (dice < 44) return { ...order, timeInForce: 'GTD', expiry: now + BigInt(random.between(0, 6)) };
  if (dice < 60)
    return {
      ...order,
      timeInForce: 'GTC',
      displayQuantity: BigInt(random.between(1, Math.min(4, quantity))),
    };
  if (dice < 76) {
    // A stop of a side waits beyond the middle on that side; at the middle or within it is due at once.
    const trigger = random.between(-1, 6);
    const triggerPrice = BigInt(side === 'bid' ? MIDDLE + trigger : MIDDLE - trigger);
    const kind = random.chance(30) ? ({ timeInForce: 'IOC', market: true, price: 0n } as const) : {};
    return { ...order, timeInForce: 'GTC', ...kind, triggerPrice };
  }
  return { ...order, timeInForce: 'GTC' };
}
