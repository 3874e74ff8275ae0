import { add, change, type Forgery, freeSlotOf, LIMIT, lie, STATUS } from './forgery.ts';
import { HEADER, type ImageParts, type LevelParts, setSlot, slotOf, TOTALS } from './image-parts.ts';

/** Lies about levels, header and totals. Their books have two levels a side at least, and an order in each. */
export const LEVEL_FORGERIES: readonly Forgery[] = [
  onLevel('a volume of one lot more than its orders have', [STATUS.digest], (level, parts) => {
    level.volume += 1n;
    add(parts.totals, TOTALS[level.side === 'bid' ? 'bidVolume' : 'askVolume'], 1n);
  }),
  onLevel('a hidden volume that its orders have not', [STATUS.digest, STATUS.level], (level) => {
    level.hidden += 1n;
  }),
  onLevel(
    'a count of one order more, in header and bitmap, too',
    [STATUS.order, STATUS.digest, STATUS.level],
    (level, parts) => {
      level.orderCount += 1n;
      add(parts.header, HEADER.orderCount, 1n);
      setSlot(parts.bitmap, freeSlotOf(parts));
    },
  ),
  onLevel('a level without orders', [STATUS.level, STATUS.header], (level, parts) => {
    for (const order of level.orders) setSlot(parts.bitmap, slotOf(order), false);
    add(parts.header, HEADER.orderCount, -level.orderCount);
    add(parts.totals, TOTALS[level.side === 'bid' ? 'bidVolume' : 'askVolume'], -level.volume);
    Object.assign(level, { volume: 0n, orderCount: 0n, hidden: 0n, orders: [] });
  }),
  onLevel('a price of 0', [STATUS.level], (level) => {
    level.price = 0n;
  }),
  onLevel('a price of 2^48', [STATUS.level], (level) => {
    level.price = LIMIT;
  }),
  onLevel('a slot of 64', [STATUS.level], (level) => {
    level.slot += 64;
  }),
  onLevel('opened 2', [STATUS.level], (level) => {
    level.opened = 2;
  }),
  lie('a crossed book: the best ask at the best bid', [STATUS.level], (parts) => {
    best(parts, 'ask').price = best(parts, 'bid').price;
  }),
  lie('two levels exchanged', [STATUS.level], ({ levels }) => {
    const [a, b] = [levels[0], levels[1]];
    if (a !== undefined && b !== undefined) [levels[0], levels[1]] = [b, a];
  }),
  lie('two levels of one price', [STATUS.level], ({ levels }) => {
    const [a, b] = [levels[0], levels[1]];
    if (a !== undefined && b !== undefined) b.price = a.price;
  }),
  lie('two levels in one slot', [STATUS.level], ({ levels }) => {
    const [a, b] = [levels[0], levels[1]];
    if (a !== undefined && b !== undefined) b.slot = a.slot;
  }),
  lie('a bid that is an ask', [STATUS.level, STATUS.header, STATUS.order], (parts) => {
    best(parts, 'bid').side = 'ask';
  }),
  onHeader('one order more', HEADER.orderCount, (count) => count + 1n),
  onHeader('one order less', HEADER.orderCount, (count) => count - 1n),
  onHeader('a bid level more in the bitmap', HEADER.bidBits, (bits) => bits | (bits + 1n)),
  onHeader('an ask level less in the bitmap', HEADER.askBits, (bits) => bits & (bits - 1n)),
  onHeader('market state 4', HEADER.marketState, () => 4n),
  onHeader('sequence 2^51', HEADER.sequence, () => 1n << 51n),
  onHeader('lastTradePrice 2^48', HEADER.lastTradePrice, () => LIMIT),
  onTotals('a bid volume of one lot more', TOTALS.bidVolume, [STATUS.totals]),
  onTotals('an ask volume of one lot more', TOTALS.askVolume, [STATUS.totals]),
  onTotals('a high word of the bid volume', TOTALS.bidHigh, [STATUS.totals]),
  onTotals('a high word of the ask volume', TOTALS.askHigh, [STATUS.totals]),
  onTotals('a reserved word', TOTALS.reserved, [STATUS.reserved]),
  lie('a slot that nobody is in', [STATUS.header], ({ bitmap }) => setSlot(bitmap, freeSlotOf({ bitmap }))),
];

function onLevel(
  name: string,
  statuses: readonly number[],
  tell: (level: LevelParts, parts: ImageParts) => void,
): Forgery {
  return lie(`a level: ${name}`, statuses, (parts) => tell(best(parts, 'bid'), parts));
}

function onHeader(name: string, word: number, to: (old: bigint) => bigint): Forgery {
  return lie(`a header: ${name}`, [STATUS.header], ({ header }) => change(header, word, to));
}

function onTotals(name: string, word: number, statuses: readonly number[]): Forgery {
  return lie(`totals: ${name}`, statuses, ({ totals }) => add(totals, word, 1n));
}

function best({ levels }: ImageParts, side: 'bid' | 'ask'): LevelParts {
  const level = levels.filter((candidate) => candidate.side === side).at(-1);
  if (level === undefined) throw new Error(`the book has no ${side} level`);
  return level;
}
