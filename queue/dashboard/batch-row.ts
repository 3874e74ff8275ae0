import { batchDetails } from './batch-details.ts';
import { progressOf } from './batch-progress.ts';
import type { BatchActions } from './batches-view.ts';
import { downloadButton } from './download.ts';
import { element, setText } from './element.ts';
import { ageText, counted } from './number-text.ts';
import { stageTrack } from './stage-track.ts';
import type { Batch, Market } from './wire.ts';

/** One batch of the timeline. */
export function batchRow(market: Market, actions: BatchActions) {
  const number = element('h3', { class: 'batch-number' });
  const age = element('span', { class: 'batch-age' });
  const contents = element('p', { class: 'batch-contents' });
  const track = stageTrack();
  const state = element('p', { class: 'batch-state' });
  const kind = element('span', { class: 'kind' });
  const receipt = element('div', { class: 'batch-receipt' });
  const details = batchDetails(market, actions);
  const row = element(
    'li',
    { class: 'batch' },
    element('div', { class: 'batch-name' }, number, age),
    contents,
    track.element,
    element('div', { class: 'batch-status' }, state, kind),
    receipt,
    details.button,
    details.panel,
  );
  return {
    element: row,
    show(batch: Batch) {
      const { batchNumber, commandCount, transitionCount, job } = batch;
      const progress = progressOf(batch);
      row.dataset.tone = progress.tone;
      setText(number, `#${batchNumber}`);
      setText(age, job === undefined ? '' : ageText(Date.now() - job.createdAtMs));
      setText(contents, `${counted(commandCount, 'command')}, ${counted(transitionCount, 'transition')}`);
      track.show(progress);
      setText(state, progress.text);
      showKind(kind, job?.receiptKind);
      if (progress.tone === 'proven' && receipt.childElementCount === 0) {
        receipt.append(receiptButton(market, batch, actions));
      }
      details.show(batch);
    },
  };
}

function showKind(kind: HTMLElement, receiptKind: string | undefined): void {
  kind.hidden = receiptKind === undefined;
  if (receiptKind === undefined) return;
  kind.dataset.kind = receiptKind;
  setText(kind, receiptKind === 'fake' ? 'fake: proves nothing' : receiptKind);
}

function receiptButton(market: Market, { batchNumber }: Batch, actions: BatchActions): HTMLElement {
  return downloadButton(actions, {
    words: 'Receipt',
    label: `Download the receipt of batch ${batchNumber}`,
    path: `markets/${market.marketId}/batches/${batchNumber}/receipt`,
    fileName: `market-${market.marketId}-batch-${batchNumber}.receipt`,
  });
}
