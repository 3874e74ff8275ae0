import type { BatchActions } from './batches-view.ts';
import { copyButton } from './copy-button.ts';
import { downloadButton } from './download.ts';
import { element, setAttributes, setText } from './element.ts';
import { digestText, grouped, millisecondsOf, timeText } from './number-text.ts';
import type { Batch, Market } from './wire.ts';

const ROOTS = [
  ['preStateRoot', 'State root before'],
  ['postStateRoot', 'State root after'],
  ['commandsRoot', 'Commands root'],
  ['transitionsRoot', 'Transitions root'],
] as const;
const FILES = ['commands', 'transitions', 'journal'] as const;

/** Roots, sequence numbers and files of a batch: a button, and the panel it opens, made when it is first opened. */
export function batchDetails(market: Market, actions: BatchActions) {
  const button = element(
    'button',
    { type: 'button', class: 'disclosure', 'aria-expanded': 'false' },
    'Details',
  );
  const panel = element('div', { class: 'batch-more' });
  const journey = element('dd');
  panel.hidden = true;
  let batch: Batch | undefined;
  button.addEventListener('click', () => {
    if (batch === undefined) return;
    if (panel.childElementCount === 0) panel.append(...contentOf(market, batch, journey, actions));
    panel.hidden = !panel.hidden;
    setAttributes(button, { 'aria-expanded': String(!panel.hidden) });
  });
  return {
    button,
    panel,
    show(newBatch: Batch) {
      batch = newBatch;
      setAttributes(button, { 'aria-label': `Details of batch ${newBatch.batchNumber}` });
      setText(journey, journeyOf(newBatch));
    },
  };
}

function contentOf(
  market: Market,
  batch: Batch,
  journey: HTMLElement,
  actions: BatchActions,
): readonly HTMLElement[] {
  const facts = element(
    'dl',
    { class: 'facts' },
    ...fact('Sequence', `${grouped(String(batch.firstSequence))} to ${grouped(String(batch.lastSequence))}`),
    ...fact('Timestamp', new Date(millisecondsOf(batch.timestampNs)).toISOString()),
    ...ROOTS.flatMap(([field, name]) => rootFact(name, batch[field], actions)),
    element('dt', {}, 'Journey'),
    journey,
  );
  const base = `markets/${market.marketId}/batches/${batch.batchNumber}`;
  const files = FILES.map((name) =>
    downloadButton(actions, {
      words: name.replace(/^./, (letter) => letter.toUpperCase()),
      label: `Download the ${name} of batch ${batch.batchNumber}`,
      path: `${base}/${name}`,
      fileName: `market-${market.marketId}-batch-${batch.batchNumber}.${name}`,
    }),
  );
  const check = element('button', { type: 'button', class: 'button' }, 'Check inclusion in this batch');
  check.addEventListener('click', () => actions.checkInclusion(batch));
  return [facts, element('div', { class: 'buttons' }, ...files, check)];
}

function rootFact(name: string, digest: string, actions: BatchActions): readonly HTMLElement[] {
  const shown = element('code', { title: digest }, digestText(digest));
  return fact(name, element('span', { class: 'digest' }, shown, copyButton(digest, name, actions.announce)));
}

function fact(name: string, value: Node | string): readonly HTMLElement[] {
  return [element('dt', {}, name), element('dd', {}, value)];
}

function journeyOf({ job }: Batch): string {
  if (job === undefined) return 'sealed';
  const last = job.state === 'queued' ? '' : `, ${job.state} ${timeText(job.updatedAtMs)}`;
  return `sealed ${timeText(job.createdAtMs)}${last}`;
}
