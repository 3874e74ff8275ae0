import type { Mutant } from './mutants.ts';

/** Bugs of expiry, self-trade modes, icebergs and fill-or-kill orders (protocol §3, 16 and 17, and §4.3). */
export const ORDER_TYPE_MUTANTS: readonly Mutant[] = [
  {
    bug: 'an expired maker is filled',
    file: 'match.ts',
    from: '  if (isExpired(maker.expiry)) {',
    to: '  if (false) {',
  },
  {
    bug: 'an expired maker of its own account is a self-trade',
    file: 'match.ts',
    from: 'maker.account == taker.account && !isPast(maker)',
    to: 'maker.account == taker.account',
  },
  {
    bug: 'cancelMaker cancels the taker, too',
    file: 'match.ts',
    from: 'if (selfTrade != SelfTrade.CancelMaker) {',
    to: 'if (true) {',
  },
  {
    bug: 'cancelTaker removes the maker, too',
    file: 'match.ts',
    from: 'if (selfTrade != SelfTrade.CancelTaker) {',
    to: 'if (true) {',
  },
  {
    bug: 'decrement leaves the hidden part out',
    file: 'match.ts',
    from: 'const quantity = min(taker.remaining, totalRemaining(maker));',
    to: 'const quantity = min(taker.remaining, maker.remaining);',
  },
  {
    bug: 'an order loses its self-trade mode on the way',
    file: 'place.ts',
    from: '(flags & (Flag.Market | Flag.SelfTradeMask)) << 16',
    to: '(flags & Flag.Market) << 16',
  },
  {
    bug: 'an iceberg leaves the book when what it displays is filled',
    file: 'match.ts',
    from: '  else if (maker.hiddenRemaining != 0) refillOrder(slot);\n',
    to: '',
  },
  {
    bug: 'an iceberg displays all of its lots',
    file: 'match.ts',
    from: 'const displayed = min(order.displaySize, order.remaining);',
    to: 'const displayed = order.remaining;',
  },
  {
    bug: 'a refilled iceberg keeps its place',
    file: 'order-book.ts',
    from: '  unlink(slot, index);\n  const order = orderAt(slot);\n  const level = levelAt(index);\n  level.volume -= order.remaining;\n  order.remaining = min(order.displaySize, order.hiddenRemaining);\n  order.hiddenRemaining -= order.remaining;\n  level.hiddenVolume -= order.remaining;\n  appendToQueue(slot, index);\n',
    to: '  rechain(slot, index);\n  const order = orderAt(slot);\n  const level = levelAt(index);\n  level.volume -= order.remaining;\n  order.remaining = min(order.displaySize, order.hiddenRemaining);\n  order.hiddenRemaining -= order.remaining;\n  level.hiddenVolume -= order.remaining;\n',
  },
  {
    bug: 'the hidden volume of a level forgets a refill',
    file: 'order-book.ts',
    from: '  level.hiddenVolume -= order.remaining;\n',
    to: '',
  },
  {
    bug: 'a refill displays more than is hidden',
    file: 'order-book.ts',
    from: 'order.remaining = min(order.displaySize, order.hiddenRemaining);',
    to: 'order.remaining = order.displaySize;',
  },
  {
    bug: 'a removed iceberg leaves its hidden part in the volume',
    file: 'order-book.ts',
    from: 'if (isSpecial(order)) removeHidden(index, order.hiddenRemaining);',
    to: '',
  },
  {
    bug: 'a Reduce takes displayed lots first',
    file: 'order-book.ts',
    from: 'const fromHidden = min(quantity, order.hiddenRemaining);',
    to: 'const fromHidden = quantity < order.remaining ? (0 as u64) : quantity - order.remaining + 1;',
  },
  {
    bug: 'FOK does not ask for the volume first',
    file: 'fill-or-kill.ts',
    from: 'if (crossedVolume(makerSide, limit, quantity) < quantity) return Reason.Unfillable;',
    to: '',
  },
  {
    bug: 'FOK looks at the first maker of a level only',
    file: 'fill-or-kill.ts',
    from: '    if (wanted == 0) return Reason.None;\n  }\n  return Reason.None;',
    to: '    return wanted == 0 ? Reason.None : Reason.Unfillable;\n  }\n  return Reason.None;',
  },
  {
    bug: 'FOK fills in part when it needs too many makers',
    file: 'fill-or-kill.ts',
    from: '    if (met == MAX_FILLS) return Reason.MatchLimit;\n',
    to: '',
  },
  {
    bug: 'FOK counts on expired lots',
    file: 'fill-or-kill.ts',
    from: '    if (isExpired(maker.expiry)) continue;\n',
    to: '',
  },
  {
    bug: 'FOK takes expired makers for no work',
    file: 'fill-or-kill.ts',
    from: '    met += 1;\n    const maker = orderAt(slot);\n    if (isExpired(maker.expiry)) continue;\n',
    to: '    const maker = orderAt(slot);\n    if (isExpired(maker.expiry)) continue;\n    met += 1;\n',
  },
  {
    bug: 'FOK passes over its own makers in every mode',
    file: 'fill-or-kill.ts',
    from: '      if (selfTrade != SelfTrade.CancelMaker) return Reason.SelfTrade;\n',
    to: '',
  },
  {
    bug: 'FOK counts on its own makers that it is to cancel',
    file: 'fill-or-kill.ts',
    from: '      continue;\n    }\n',
    to: '    }\n',
  },
  {
    bug: 'FOK does not count on hidden lots',
    file: 'fill-or-kill.ts',
    from: 'if (wanted == 0 || hidden == 0) return;',
    to: 'if (hidden != u64.MAX_VALUE) return;',
  },
  {
    bug: 'FOK takes a refill for no work',
    file: 'fill-or-kill.ts',
    from: '    met += 1;\n    const iceberg',
    to: '    const iceberg',
  },
  {
    bug: 'FOK that has done all its work at the end of the book is Unfillable',
    file: 'fill-or-kill.ts',
    from: 'return met == MAX_FILLS ? Reason.MatchLimit : Reason.Unfillable;',
    to: 'return Reason.Unfillable;',
  },
];
