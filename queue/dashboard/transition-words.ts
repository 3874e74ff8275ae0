import type { Transition } from '../../engine/transition.ts';
import { decimalText } from './number-text.ts';
import type { Market } from './wire.ts';

const TYPE_WORDS: Readonly<Record<Transition['type'], string>> = {
  accepted: 'Accepted',
  filled: 'Filled',
  canceled: 'Canceled',
  reduced: 'Reduced',
  replaced: 'Replaced',
  rejected: 'Rejected',
  expired: 'Expired',
  triggered: 'Triggered',
  evicted: 'Evicted',
  marketStateChanged: 'Market state changed',
  terms: 'Terms of an order',
};

/** A transition in a line: Filled 100 at 99.99. */
export function transitionSentence(transition: Transition, market: Market): string {
  const { type, reason } = transition;
  const words = TYPE_WORDS[type];
  if (type === 'marketStateChanged') return `${words}: ${transition.marketState}`;
  if (type === 'terms') return words;
  const quantity = decimalText(transition.quantity, market.quantityDecimals);
  const price = transition.price === 0n ? '' : ` at ${decimalText(transition.price, market.priceDecimals)}`;
  const why = reason === 'none' ? '' : ` (${reason})`;
  return `${words} ${quantity}${price}${why}`;
}

/** Its fields by name, in the order of the record; what the type does not use is left out. */
export function transitionFacts(
  transition: Transition,
  market: Market,
): readonly (readonly [string, string])[] {
  const { sequence, orderId, makerOrderId, account, makerAccount, side, remaining, commandIndex } =
    transition;
  const isFill = transition.type === 'filled';
  const facts: (readonly [string, string] | undefined)[] = [
    ['Sequence', String(sequence)],
    orderId === 0n ? undefined : [isFill ? 'Taker order' : 'Order', String(orderId)],
    ['Account', String(account)],
    ['Side', side === 0 ? 'bid' : side === 1 ? 'ask' : String(side)],
    isFill ? ['Maker order', String(makerOrderId)] : undefined,
    isFill ? ['Maker account', String(makerAccount)] : undefined,
    ['Remaining', decimalText(remaining, market.quantityDecimals)],
    ['Command', `number ${commandIndex} of the batch`],
  ];
  return facts.filter((fact) => fact !== undefined);
}
