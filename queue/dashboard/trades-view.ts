import { element } from './element.ts';
import type { MarketModel } from './market-model.ts';
import { decimalText, millisecondsOf, timeText } from './number-text.ts';
import { drawOn } from './redraw.ts';
import type { Trade } from './wire.ts';

const ROWS = 14;

/** The latest trades, newest first; the arrow says which side took. */
export function tradesView(model: MarketModel): HTMLElement {
  const heads = ['Price', 'Size', 'Time'].map((name) => element('th', { scope: 'col' }, name));
  const body = element('tbody');
  const table = element(
    'table',
    { class: 'trades' },
    element('caption', {}, 'Trades'),
    element('thead', {}, element('tr', {}, ...heads)),
    body,
  );
  const none = element('p', { class: 'quiet' }, 'No trade yet');
  drawOn(model, ['trades', 'market'], () => {
    const trades = model.trades().slice(0, ROWS);
    body.replaceChildren(...trades.map((trade) => tradeRow(trade, model)));
    table.hidden = trades.length === 0;
    none.hidden = trades.length > 0;
  });
  return element('div', { class: 'trades-side' }, table, none);
}

function tradeRow(trade: Trade, { market }: MarketModel): HTMLElement {
  const isBuy = trade.takerSide === 'bid';
  const arrow = element('span', { 'aria-hidden': true, class: 'trade-arrow' }, isBuy ? '▲' : '▼');
  const spoken = element('span', { class: 'unseen' }, isBuy ? 'bought at ' : 'sold at ');
  return element(
    'tr',
    { 'data-side': trade.takerSide },
    element('td', { class: 'trade-price' }, arrow, spoken, decimalText(trade.price, market.priceDecimals)),
    element('td', {}, decimalText(trade.quantity, market.quantityDecimals)),
    element('td', { class: 'trade-time' }, timeText(millisecondsOf(trade.timestampNs))),
  );
}
