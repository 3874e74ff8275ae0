import { hash } from './blake3-hash.ts';
import type { Side } from './book-order.ts';
import { type BookState, levelsWorstFirst, type PriceLevel } from './book-state.ts';
import {
  headerPreimage,
  levelPreimage,
  orderRecord,
  orderSlotBitmap,
  totalsPreimage,
} from './state-leaves.ts';
import { stateRootOf } from './state-tree.ts';
import { stopBookPreimage, stopRecord } from './stop-book.ts';
import { concatBytes, joinFields, magicOf, packWords } from './words.ts';

/** Says which parts a state image opens, that is, lists the orders of. */
export interface Opening {
  isLevelOpened(side: Side, price: bigint): boolean;
  readonly areStopsOpened: boolean;
}

export const ALL_OPENED: Opening = { isLevelOpened: () => true, areStopsOpened: true };

/** The state image (protocol §8); `config` is the 64-byte market config. */
export function encodeStateImage(state: BookState, config: Uint8Array, opening: Opening): Uint8Array {
  const bids = levelsWorstFirst(state, 'bid');
  const asks = levelsWorstFirst(state, 'ask');
  const openedOrders = [
    ...bids.filter((level) => opening.isLevelOpened('bid', level.price)),
    ...asks.filter((level) => opening.isLevelOpened('ask', level.price)),
  ].flatMap((level) => level.orders);
  // A stop book without stops has nothing to open and counts as opened.
  const stopsOpened = opening.areStopsOpened || state.stops.length === 0;
  const openedStops = stopsOpened ? state.stops : [];
  const version = 1n;
  return concatBytes([
    packWords([
      joinFields([magicOf('PBST'), 32n], [version, 32n]),
      joinFields([BigInt(bids.length), 32n], [BigInt(asks.length), 32n]),
      joinFields([BigInt(openedOrders.length + openedStops.length), 32n], [stopsOpened ? 1n : 0n, 32n]),
    ]),
    // The state root does not cover the config; this word lets a flipped bit of it be noticed.
    hash(config).subarray(0, 8),
    config,
    stateRootOf(state),
    headerPreimage(state),
    totalsPreimage(state),
    stopBookPreimage(state),
    orderSlotBitmap(state),
    ...bids.map((level) => levelEntry(level, opening.isLevelOpened('bid', level.price))),
    ...asks.map((level) => levelEntry(level, opening.isLevelOpened('ask', level.price))),
    ...openedOrders.map(orderRecord),
    ...openedStops.map(stopRecord),
  ]);
}

/** 72 bytes. */
function levelEntry(level: PriceLevel, opened: boolean): Uint8Array {
  const tail = packWords([joinFields([BigInt(level.slot), 32n], [opened ? 1n : 0n, 32n])]);
  return concatBytes([levelPreimage(level), tail]);
}
