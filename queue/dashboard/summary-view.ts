import { progressOf } from './batch-progress.ts';
import { largest } from './cumulative-depth.ts';
import { element, setText } from './element.ts';
import type { MarketModel } from './market-model.ts';
import { counted, decimalText, grouped } from './number-text.ts';
import { drawOn } from './redraw.ts';

/** The market at a glance: last price, spread, and how far sealing and proving have come. */
export function summaryView(model: MarketModel): HTMLElement {
  const last = figure('Last trade');
  const spread = figure('Spread');
  const sequence = figure('Transitions');
  const sealed = figure('Sealed batches');
  const proven = figure('Proven through');
  drawOn(model, ['market', 'depth', 'trades', 'batches'], () => {
    last.show(...lastTrade(model));
    spread.show(...spreadOf(model));
    const sealedThrough = model.sealedThrough();
    const newest = model.batches()[0];
    // Commands are applied before their batch is sealed: the book may know more than the batches.
    const lastSequence = largest([newest?.lastSequence ?? 0n, model.depth?.sequence ?? 0n]);
    sequence.show(grouped(String(lastSequence)), 'numbered without a gap');
    sealed.show(
      grouped(String(sealedThrough)),
      newest === undefined ? 'none yet' : `the last of ${counted(newest.commandCount, 'command')}`,
    );
    const behind = sealedThrough - model.provenThrough();
    proven.show(
      grouped(String(model.provenThrough())),
      sealedThrough === 0n ? 'none yet' : behindText(model),
    );
    proven.element.dataset.tone = behind === 0n && sealedThrough > 0n ? 'proven' : 'waiting';
  });
  const figures = [last, spread, sequence, sealed, proven].map((one) => one.element);
  return element('dl', { class: 'summary card', 'aria-label': 'Market summary' }, ...figures);
}

function figure(name: string) {
  const value = element('span', { class: 'figure-value' }, '–');
  const note = element('span', { class: 'figure-note' });
  const box = element('div', { class: 'figure' }, element('dt', {}, name), element('dd', {}, value, note));
  return {
    element: box,
    show(text: string, noteText: string) {
      setText(value, text);
      setText(note, noteText);
    },
  };
}

function lastTrade(model: MarketModel): [string, string] {
  const [trade] = model.trades();
  if (trade === undefined) return ['–', 'no trade yet'];
  const { priceDecimals, quantityDecimals } = model.market;
  const side = trade.takerSide === 'bid' ? 'bought' : 'sold';
  return [
    decimalText(trade.price, priceDecimals),
    `${decimalText(trade.quantity, quantityDecimals)} ${side}`,
  ];
}

function spreadOf(model: MarketModel): [string, string] {
  const bid = model.depth?.bids[0]?.price;
  const ask = model.depth?.asks[0]?.price;
  const { priceDecimals } = model.market;
  if (bid === undefined && ask === undefined) return ['–', 'no orders'];
  if (bid === undefined || ask === undefined) return ['–', bid === undefined ? 'no bids' : 'no asks'];
  return [
    decimalText(ask - bid, priceDecimals),
    `${decimalText(bid, priceDecimals)} / ${decimalText(ask, priceDecimals)}`,
  ];
}

function behindText(model: MarketModel): string {
  const proven = model.provenThrough();
  const next = model.batch(proven + 1n);
  if (next !== undefined && progressOf(next).tone === 'failed') return `held up by batch ${next.batchNumber}`;
  const behind = model.sealedThrough() - proven;
  if (behind === 0n) return 'every sealed batch';
  return behind === 1n ? '1 batch behind' : `${grouped(String(behind))} batches behind`;
}
