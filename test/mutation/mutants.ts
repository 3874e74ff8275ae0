/** A deliberate bug: one text of a consensus source replaced by another. */
export interface Mutant {
  readonly bug: string;
  /** File under engine/assembly. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Bugs that matching engines and provers are known for. Each must make a test fail. */
export const MUTANTS: readonly Mutant[] = [
  {
    bug: "a fill is reported at the taker's price",
    file: 'place.ts',
    from: 'logFilled(side, command.account, orderId, maker, price, quantity, remaining)',
    to: 'logFilled(side, command.account, orderId, maker, command.price, quantity, remaining)',
  },
  {
    bug: 'a partly filled maker goes to the back of its queue',
    file: 'place.ts',
    from: 'else reduceOrder(slot, quantity);',
    to: 'else { const rest = maker.remaining - quantity; removeOrder(slot); takeSlot(); maker.remaining = rest; addOrder(slot, makerSide, price); }',
  },
  {
    bug: 'the rest of an IOC comes to rest',
    file: 'place.ts',
    from: 'const mayRest = timeInForceOf(command.head) == TimeInForce.GoodTillCanceled &&',
    to: 'const mayRest = timeInForceOf(command.head) != TimeInForce.FillOrKill &&',
  },
  {
    bug: 'FOK looks at the first maker only',
    file: 'place.ts',
    from: 'if (crossedVolume(makerSide, limit, quantity) < quantity) return Reason.Unfillable;',
    to: 'if (!crosses(makerSide, limit) || orderAt(queueAt(bestLevel(makerSide)).head as u32).remaining < quantity) return Reason.Unfillable;',
  },
  {
    bug: 'FOK fills in part when it needs too many makers',
    file: 'place.ts',
    from: 'return makersNeeded(makerSide, quantity) > MAX_FILLS ? Reason.MatchLimit : Reason.None;',
    to: 'return Reason.None;',
  },
  {
    bug: 'post-only takes',
    file: 'place.ts',
    from: 'return crosses(makerSide, limit) ? Reason.WouldTake : Reason.None;',
    to: 'return Reason.None;',
  },
  {
    bug: 'an order at exactly the best price does not cross',
    file: 'place.ts',
    from: 'levelAt(bestLevel(makerSide)).price) >= limit',
    to: 'levelAt(bestLevel(makerSide)).price) > limit',
  },
  {
    bug: 'a limit order sweeps one maker past the bound',
    file: 'place.ts',
    from: 'fills < MAX_FILLS && crosses',
    to: 'fills <= MAX_FILLS && crosses',
  },
  {
    bug: 'the oldest order of the worst level is evicted',
    file: 'place.ts',
    from: 'queueAt(worst).tail as u32',
    to: 'queueAt(worst).head as u32',
  },
  {
    bug: 'one side can brick the other by filling every slot',
    file: 'place.ts',
    from: '!lacksLevel && bookSide(other).orderCount > bookSide(side).orderCount ? other : side',
    to: 'side',
  },
  {
    bug: 'an order that is no better than the worst evicts it',
    file: 'place.ts',
    from: 'betterness(side, price) <= betterness(side, worstPrice)',
    to: 'betterness(side, price) < betterness(side, worstPrice)',
  },
  {
    bug: 'the slot of an order that did not come to rest is lost',
    file: 'place.ts',
    from: 'if (mayRest) releaseSlot(slot);',
    to: '',
  },
  {
    bug: 'traded lots do not carry into their high word',
    file: 'place.ts',
    from: 'if (sums.tradedLots < quantity) sums.tradedLotsHigh += 1;',
    to: '',
  },
  {
    bug: 'last trade price is forgotten',
    file: 'place.ts',
    from: 'header().lastTradePrice = price;',
    to: '',
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
    from: 'if (next == NIL) queue.tail = previous as u16;',
    to: 'if (next == NIL && previous == NIL) queue.tail = previous as u16;',
  },
  {
    bug: 'anybody may cancel any order',
    file: 'apply.ts',
    from: 'if (orderAt(slot).account != command.account)',
    to: 'if (false)',
  },
  {
    bug: 'a reduce to nothing leaves an order of nothing',
    file: 'apply.ts',
    from: 'if (command.quantity >= orderAt(slot).remaining)',
    to: 'if (command.quantity > orderAt(slot).remaining)',
  },
  {
    bug: 'orders behind a removed one keep their old chain digests',
    file: 'order-book.ts',
    from: '    unchainFrom(index, next);\n',
    to: '',
  },
  {
    bug: 'a level that the batch needs is not opened in the witness',
    file: 'order-book.ts',
    from: '  store<u8>(touchedFlagOf(level), 1);',
    to: '',
  },
  {
    bug: 'an opaque level may be matched into',
    file: 'order-book.ts',
    from: 'if (queueAt(level).opaque) unreachable();',
    to: '',
  },
  {
    bug: 'an order that the prover hides is taken for unknown',
    file: 'order-book.ts',
    from: 'if (order.orderId == 0) unreachable();',
    to: 'if (order.orderId == 0) return NO_ORDER;',
  },
  {
    bug: 'a queue in another order than its digest says is accepted',
    file: 'state-image.ts',
    from: 'return volume == level.volume && sameDigest(link, ordersDigestOf(index)) ?',
    to: 'return volume == level.volume ?',
  },
  {
    bug: 'the last page is not padded with zeros',
    file: 'batch-tree.ts',
    from: 'memory.fill(records + length, 0, width * PAGE_BYTES - length);',
    to: '',
  },
  {
    bug: 'a leaf that became empty keeps its old digest',
    file: 'state-tree.ts',
    from: '  setOccupied(node, false);\n',
    to: '',
  },
  {
    bug: 'bytes may follow the last command of a witness',
    file: 'circuit.ts',
    from: 'if (length - commands > commandBytes) return Status.Trailing;',
    to: '',
  },
];
