import { type Command, encodeCommands } from '../../engine/command.ts';
import { Engine, type SealedBatch } from '../../engine/engine.ts';
import { DEFAULT_MARKET_CONFIG } from '../../engine/market-config.ts';
import { decodeTransitions } from '../../engine/transition.ts';
import { seededBytes } from './random-bytes.ts';

const FIRST_TIMESTAMP_NS = 1_700_000_000_000_000_000n;
const ACCOUNTS = 20;
const MID_PRICE = 1_000;

/** Batches of one market from genesis on, made by the real engine from orders that the seed alone decides. */
export function sampleBatches(
  batchCount: number,
  commandsPerBatch: number,
  seed: number,
): readonly SealedBatch[] {
  const engine = Engine.create(DEFAULT_MARKET_CONFIG);
  const orders: { account: number; orderId: bigint }[] = [];
  return Array.from({ length: batchCount }, (_, batch) => {
    const commands = sampleCommands(commandsPerBatch, seed + batch, orders);
    const sealed = engine.applyBatch(
      encodeCommands(commands),
      FIRST_TIMESTAMP_NS + BigInt(batch) * 1_000_000n,
    );
    for (const { type, account, orderId } of decodeTransitions(sealed.transitions)) {
      if (type === 'accepted') orders.push({ account, orderId });
    }
    return sealed;
  });
}

function sampleCommands(
  count: number,
  seed: number,
  orders: readonly { readonly account: number; readonly orderId: bigint }[],
): Command[] {
  const dice = seededBytes(count * 8, seed);
  return Array.from({ length: count }, (_, index): Command => {
    const die = (face: number) => dice[index * 8 + face] ?? 0;
    const known = orders[(die(1) * 256 + die(2)) % Math.max(orders.length, 1)];
    if (known !== undefined && die(0) < 60) return { kind: 'cancel', ...known };
    if (known !== undefined && die(0) < 75)
      return { kind: 'reduce', ...known, quantity: BigInt(1 + (die(3) % 5)) };
    const isMarket = die(0) > 248;
    return {
      kind: 'place',
      side: die(4) % 2 === 0 ? 'bid' : 'ask',
      timeInForce: die(0) > 235 ? 'IOC' : die(0) > 225 ? 'FOK' : 'GTC',
      market: isMarket,
      account: 1 + (die(5) % ACCOUNTS),
      clientOrderId: BigInt(index),
      // Bids below and asks above the middle, with an overlap of three ticks where they trade.
      price: isMarket ? 0n : BigInt(MID_PRICE + (die(4) % 2 === 0 ? 3 - (die(6) % 20) : (die(6) % 20) - 3)),
      quantity: BigInt(1 + (die(7) % 50)),
    };
  });
}
