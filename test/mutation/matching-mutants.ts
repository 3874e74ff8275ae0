import type { Mutant } from './mutants.ts';

/** Bugs of matching, of queues and of room (protocol §4.1, §4.3, §4.4). */
export const MATCHING_MUTANTS: readonly Mutant[] = [
  {
    bug: "a fill is reported at the taker's price",
    file: 'match.ts',
    from: 'logFilled(taker, maker, price, quantity);',
    to: 'logFilled(taker, maker, taker.limitPrice, quantity);',
  },
  {
    bug: 'a partly filled or reduced order goes to the back of its queue',
    file: 'order-book.ts',
    from: '  rechain(slot, index);\n  orderAt(slot).remaining -= quantity;',
    to: '  unlink(slot, index);\n  appendToQueue(slot, index);\n  orderAt(slot).remaining -= quantity;',
  },
  {
    bug: 'the rest of an IOC comes to rest',
    file: 'match.ts',
    from: 'const resting = timeInForce == TimeInForce.GoodTillCanceled || timeInForce == TimeInForce.GoodTillDate;',
    to: 'const resting = timeInForce != TimeInForce.FillOrKill;',
  },
  {
    bug: 'an order at exactly the best price does not cross',
    file: 'match.ts',
    from: 'levelAt(bestLevel(makerSide)).price) >= limit',
    to: 'levelAt(bestLevel(makerSide)).price) > limit',
  },
  {
    bug: 'an order meets one maker past the bound',
    file: 'match.ts',
    from: 'work < MAX_FILLS && crosses',
    to: 'work <= MAX_FILLS && crosses',
  },
  {
    bug: 'an order that has done all its work may not rest',
    file: 'match.ts',
    from: 'if (work == MAX_FILLS && crosses(makerSide, limit)) canceled',
    to: 'if (work == MAX_FILLS) canceled',
  },
  {
    bug: 'the slot of an order that did not come to rest is lost',
    file: 'match.ts',
    from: 'if (slot != UNSLOTTED) releaseSlot(slot);',
    to: '',
  },
  {
    bug: 'traded lots do not carry into their high word',
    file: 'match.ts',
    from: 'if (sums.tradedLots < quantity) sums.tradedLotsHigh += 1;',
    to: '',
  },
  {
    bug: 'last trade price is forgotten',
    file: 'match.ts',
    from: 'header().lastTradePrice = price;',
    to: '',
  },
  {
    bug: 'post-only takes',
    file: 'place.ts',
    from: 'if (crosses(makerSide, limit) && !(flags & Flag.Slide && slide(side))) return Reason.WouldTake;',
    to: 'if (crosses(makerSide, limit) && flags & Flag.Slide && !slide(side)) return Reason.WouldTake;',
  },
  {
    bug: 'a slide is by 1, whatever the tick',
    file: 'place.ts',
    from: 'best - tickSize() : best + tickSize()',
    to: 'best - 1 : best + 1',
  },
  {
    bug: 'a bid slides to price 0',
    file: 'place.ts',
    from: 'return limitPrice != 0 && limitPrice < VALUE_LIMIT;',
    to: 'return limitPrice < VALUE_LIMIT;',
  },
  {
    bug: 'an ask slides above every price',
    file: 'place.ts',
    from: 'return limitPrice != 0 && limitPrice < VALUE_LIMIT;',
    to: 'return limitPrice != 0;',
  },
  {
    bug: 'the oldest order of the worst level is evicted',
    file: 'room.ts',
    from: 'queueAt(worst).tail as u32',
    to: 'queueAt(worst).head as u32',
  },
  {
    bug: 'one side can brick the other by filling every slot',
    file: 'room.ts',
    from: '!needsLevel && bookSide(other).orderCount > bookSide(side).orderCount ? other : side',
    to: 'side',
  },
  {
    bug: 'an order that is no better than the worst evicts it',
    file: 'room.ts',
    from: 'betterness(side, price) <= betterness(side, worstPrice)',
    to: 'betterness(side, price) < betterness(side, worstPrice)',
  },
  {
    bug: 'level total is not reduced on a partial fill',
    file: 'order-book.ts',
    from: '  levelAt(index).volume -= quantity;',
    to: '',
  },
  {
    bug: 'an emptied level stays the best one',
    file: 'order-book.ts',
    from: 'if (level.orderCount == 0) removeLevel(index);',
    to: 'if (level.orderCount == 0 && bookSide(sideOfLevel(index)).levelCount > 1) removeLevel(index);',
  },
  {
    bug: 'an id of an order that left reaches the one that took its slot',
    file: 'order-book.ts',
    from: 'return order.orderId == orderId ? slot : NO_ORDER;',
    to: 'return slot;',
  },
  {
    bug: 'the tail of a queue is not moved back when the last order leaves',
    file: 'order-book.ts',
    from: 'if (next == NIL) queue.tail = previous as Handle;',
    to: 'if (next == NIL && previous == NIL) queue.tail = previous as Handle;',
  },
  {
    bug: 'anybody may cancel, reduce and replace any order',
    file: 'own-order.ts',
    from: 'return orderAt(slot).account == account ? Reason.None : Reason.NotOwner;',
    to: 'return Reason.None;',
  },
  {
    bug: 'a reduce to nothing leaves an order of nothing',
    file: 'own-order.ts',
    from: 'if (quantity >= (isStop',
    to: 'if (quantity > (isStop',
  },
];
