import { type CumulativeLevel, cumulative, largest } from './cumulative-depth.ts';
import { element, setText } from './element.ts';
import type { MarketModel } from './market-model.ts';
import { decimalText, ratio } from './number-text.ts';
import { drawOn } from './redraw.ts';

const ROWS = 12;

/** One side of the book as a table, best price first, a bar behind each row for the volume up to there. */
export function ladder(model: MarketModel, side: 'bid' | 'ask'): HTMLElement {
  const rows = Array.from({ length: ROWS }, ladderRow);
  const heads = ['Price', 'Size', 'Total', 'Orders'].map((name) =>
    element('th', { scope: 'col', class: `ladder-${name.toLowerCase()}` }, name),
  );
  const table = element(
    'table',
    { class: 'ladder', 'data-side': side },
    element('caption', {}, side === 'bid' ? 'Bids' : 'Asks'),
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...rows.map((row) => row.element)),
  );
  const none = element('p', { class: 'quiet' }, side === 'bid' ? 'No bids' : 'No asks');
  drawOn(model, ['depth'], () => {
    const { bids = [], asks = [] } = model.depth ?? {};
    const levels = cumulative((side === 'bid' ? bids : asks).slice(0, ROWS));
    const totals = [bids, asks].map((other) => cumulative(other.slice(0, ROWS)).at(-1)?.total ?? 0n);
    const whole = largest(totals);
    rows.forEach((row, index) => {
      row.show(levels[index], whole, model);
    });
    none.hidden = levels.length > 0;
  });
  return element('div', { class: 'ladder-side' }, table, none);
}

function ladderRow() {
  const price = element('th', { scope: 'row', class: 'ladder-price' });
  const size = element('td', { class: 'ladder-size' });
  const total = element('td', { class: 'ladder-total' });
  const orders = element('td', { class: 'ladder-orders' });
  const row = element('tr', {}, price, size, total, orders);
  let shown = '';
  return {
    element: row,
    show(level: CumulativeLevel | undefined, whole: bigint, { market }: MarketModel) {
      row.hidden = level === undefined;
      if (level === undefined) return;
      setText(price, decimalText(level.price, market.priceDecimals));
      setText(size, decimalText(level.volume, market.quantityDecimals));
      setText(total, decimalText(level.total, market.quantityDecimals));
      setText(orders, String(level.orderCount));
      row.style.setProperty('--share', String(ratio(level.total, whole)));
      // Only the level that is still at its place and has another size is marked, not rows that moved.
      const now = `${level.price}:${level.volume}`;
      const isChanged = shown.startsWith(`${level.price}:`) && shown !== now;
      shown = now;
      if (isChanged) flash(size);
    },
  };
}

function flash(cell: HTMLElement): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const to = { backgroundColor: 'transparent' };
  cell.animate([{ backgroundColor: 'var(--flash)' }, to], { duration: 600, easing: 'ease-out' });
}
