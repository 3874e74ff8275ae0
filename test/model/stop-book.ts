import { type Side, sideCode, type WaitingStop } from './book-order.ts';
import type { BookState } from './book-state.ts';
import { FLAG } from './model-command.ts';
import { chainDigest } from './orders-digest.ts';
import { concatBytes, joinFields, packWords } from './words.ts';

/** State leaf 130 (protocol §6): lowest trigger of the bids, highest of the asks, count, digest. */
export function stopBookPreimage(state: BookState): Uint8Array {
  const bidTriggers = triggerPrices(state, 'bid');
  const askTriggers = triggerPrices(state, 'ask');
  return concatBytes([
    packWords([bidTriggers[0] ?? 0n, askTriggers.at(-1) ?? 0n, BigInt(state.stops.length), 0n]),
    chainDigest(state.stops.map(stopRecord)),
  ]);
}

/** One waiting stop, 64 bytes. */
export function stopRecord(stop: WaitingStop): Uint8Array {
  const flags = (stop.isMarket ? FLAG.market : 0n) | (stop.selfTradeMode << 4n);
  return packWords([
    stop.orderId,
    joinFields([sideCode(stop.side), 8n], [stop.timeInForce, 8n], [flags, 8n], [0n, 8n], [stop.account, 32n]),
    stop.remaining,
    stop.triggerPrice,
    stop.displayQuantity,
    stop.expiry,
    stop.clientOrderId,
    stop.price,
  ]);
}

/** Trigger prices of the waiting stops of a side, the lowest first. */
function triggerPrices(state: BookState, side: Side): bigint[] {
  const stops = state.stops.filter((stop) => stop.side === side);
  return stops.map(({ triggerPrice }) => triggerPrice).sort((a, b) => (a < b ? -1 : 1));
}
