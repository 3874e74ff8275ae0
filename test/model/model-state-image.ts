import { hash } from './blake3-hash.ts';
import { type BookState, levelsWorstFirst, type PriceLevel, type Side } from './book-state.ts';
import {
  headerPreimage,
  levelPreimage,
  orderRecord,
  orderSlotBitmap,
  totalsPreimage,
} from './state-leaves.ts';
import { stateRootOf } from './state-tree.ts';
import { concatBytes, joinFields, magicOf, packWords } from './words.ts';

/** Says which levels a state image opens, that is, lists the orders of. */
export type IsOpened = (side: Side, price: bigint) => boolean;

export const ALL_OPENED: IsOpened = () => true;

/** The state image (protocol §8); `config` is the 64-byte market config. */
export function encodeStateImage(state: BookState, config: Uint8Array, isOpened: IsOpened): Uint8Array {
  const bids = levelsWorstFirst(state, 'bid');
  const asks = levelsWorstFirst(state, 'ask');
  const openedOrders = [
    ...bids.filter((level) => isOpened('bid', level.price)),
    ...asks.filter((level) => isOpened('ask', level.price)),
  ].flatMap((level) => level.orders);
  const version = 1n;
  return concatBytes([
    packWords([
      joinFields([magicOf('PBST'), 32n], [version, 32n]),
      joinFields([BigInt(bids.length), 32n], [BigInt(asks.length), 32n]),
      joinFields([BigInt(openedOrders.length), 32n], [0n, 32n]),
    ]),
    // The state root does not cover the config; this word lets a flipped bit of it be noticed.
    hash(config).subarray(0, 8),
    config,
    stateRootOf(state),
    headerPreimage(state),
    totalsPreimage(state),
    new Uint8Array(64),
    orderSlotBitmap(state),
    ...bids.map((level) => levelEntry(level, isOpened('bid', level.price))),
    ...asks.map((level) => levelEntry(level, isOpened('ask', level.price))),
    ...openedOrders.map(orderRecord),
  ]);
}

/** 72 bytes. */
function levelEntry(level: PriceLevel, opened: boolean): Uint8Array {
  const tail = packWords([joinFields([BigInt(level.slot), 32n], [opened ? 1n : 0n, 32n])]);
  return concatBytes([levelPreimage(level), tail]);
}
