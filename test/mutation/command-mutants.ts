import type { Mutant } from './mutants.ts';

/** Bugs of the checks, of Replace, of the mass removals and of the market state (protocol §3, §4). */
export const COMMAND_MUTANTS: readonly Mutant[] = [
  {
    bug: 'a GTD order needs no expiry',
    file: 'order-checks.ts',
    from: '  if ((timeInForce == TimeInForce.GoodTillDate) != (extension.expiry != 0)) return true;\n',
    to: '',
  },
  {
    bug: 'a displayed part may be all but the whole quantity',
    file: 'order-checks.ts',
    from: 'if (extension.displayQuantity > quantity)',
    to: 'if (extension.displayQuantity >= quantity)',
  },
  {
    bug: 'an order that is expired as it comes is accepted',
    file: 'order-checks.ts',
    from: 'return isExpired(extension.expiry) ? Reason.ExpiryPassed : Reason.None;',
    to: 'return Reason.None;',
  },
  {
    bug: 'a market that is PostOnly takes every order',
    file: 'order-checks.ts',
    from: '(state == MarketState.PostOnly && flags & Flag.PostOnly)',
    to: 'state == MarketState.PostOnly',
  },
  {
    bug: 'a plain order is taken whatever the market state',
    file: 'order-checks.ts',
    from: 'return (header().marketState as u32) == MarketState.Open ? Reason.None : Reason.MarketClosed;',
    to: 'return Reason.None;',
  },
  {
    bug: 'nobody looks at the side byte of a Replace',
    file: 'order-checks.ts',
    from: '  if (isReplace && side != 0) return Reason.ReservedBits;\n',
    to: '',
  },
  {
    bug: 'a trigger may be off the tick',
    file: 'order-checks.ts',
    from: '  if (!isOnTick(extension.triggerPrice)) return Reason.OffTick;\n',
    to: '',
  },
  {
    bug: 'a Place may bring a replacement id',
    file: 'order-checks.ts',
    from: 'return !isReplace && extension.clientOrderId != 0;',
    to: 'return false;',
  },
  {
    bug: 'a Replace may be a market order',
    file: 'order-checks.ts',
    from: '(isReplace || timeInForce == TimeInForce.GoodTillDate)',
    to: 'timeInForce == TimeInForce.GoodTillDate',
  },
  {
    bug: 'a Replace forgets the clientOrderId',
    file: 'place.ts',
    from: 'replacement != 0 ? replacement : named.clientOrderId',
    to: 'replacement',
  },
  {
    bug: 'a Replace evicts others',
    file: 'place.ts',
    from: 'if (leaving == NIL) return makeRoom',
    to: 'if (leaving != 0xfffffffe) return makeRoom',
  },
  {
    bug: 'a Replace may not have the level that it leaves',
    file: 'room.ts',
    from: 'return lacksLevel(side, price) && (isWaitingStop(leaving) || levelAt(placeAt(leaving).level).orderCount != 1);',
    to: 'return lacksLevel(side, price);',
  },
  {
    bug: 'a CancelAll removes every order at once',
    file: 'mass-removal.ts',
    from: '      if (removed == MAX_REMOVALS) return removed;\n',
    to: '',
  },
  {
    bug: 'a CancelAll of one side is of both',
    file: 'mass-removal.ts',
    from: '(side == BOTH_SIDES || sideOf(order) == side)',
    to: '(side == BOTH_SIDES || sideOf(order) <= 1)',
  },
  {
    bug: 'a CancelAll leaves out the last order slots',
    file: 'mass-removal.ts',
    from: 'word < ORDERS / 32',
    to: 'word < ORDERS / 32 - 1',
  },
  {
    bug: 'a mass removal does not open the levels in the witness',
    file: 'mass-removal.ts',
    from: '  openEverything();\n',
    to: '',
  },
  {
    bug: 'a mass removal does not open the stop book in the witness',
    file: 'mass-removal.ts',
    from: '  openLevel(STOPS);\n',
    to: '',
  },
  {
    bug: 'anybody may halt the market',
    file: 'apply.ts',
    from: '  if (command.account != operatorAccount()) return Reason.NotOperator;\n',
    to: '',
  },
  {
    bug: 'a command is begun when 322 transitions are free',
    file: 'transition-log.ts',
    from: '(MAX_TRANSITIONS - MAX_TRANSITIONS_PER_COMMAND) * TRANSITION_BYTES',
    to: '(MAX_TRANSITIONS - MAX_TRANSITIONS_PER_COMMAND + 1) * TRANSITION_BYTES',
  },
];
