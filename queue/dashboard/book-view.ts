import { depthChart } from './depth-chart.ts';
import { element, setText } from './element.ts';
import { ladder } from './ladder.ts';
import type { MarketModel } from './market-model.ts';
import { grouped } from './number-text.ts';
import { drawOn } from './redraw.ts';
import { section } from './section.ts';
import { tradesView } from './trades-view.ts';

/** The live book: depth chart, both sides level by level, and the latest trades. */
export function bookView(model: MarketModel): HTMLElement {
  const asOf = element('span', { class: 'section-note' });
  const empty = element(
    'div',
    { class: 'empty' },
    element('p', { class: 'empty-title' }, 'The book is empty'),
    element('p', {}, 'Orders appear here as soon as they are accepted.'),
  );
  const sides = element('div', { class: 'ladders' }, ladder(model, 'bid'), ladder(model, 'ask'));
  const book = element('div', { class: 'book' }, depthChart(model), sides);
  drawOn(model, ['depth', 'market'], () => {
    const { depth } = model;
    const isEmpty = depth === undefined || depth.bids.length + depth.asks.length === 0;
    empty.hidden = !isEmpty;
    book.hidden = isEmpty;
    setText(asOf, isEmpty ? '' : `as of transition ${grouped(String(depth.sequence))}`);
  });
  const { element: card, body } = section('book', 'Book', asOf);
  body.append(empty, element('div', { class: 'book-columns' }, book, tradesView(model)));
  return card;
}
